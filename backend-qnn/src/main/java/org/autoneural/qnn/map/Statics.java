package org.autoneural.qnn.map;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;
import org.autoneural.ir.DType;
import org.autoneural.ir.TensorData;
import org.autoneural.qnn.graph.StaticData;

/** Static tensors from constants of the integer graph, block by block, and small ones from numbers. */
final class Statics {
    private static final int BLOCK = 8192;
    /** Low nibble: the vendor wants the upper one of a 4-bit weight cleared. */
    private static final int NIBBLE = 0x0F;

    private Statics() {}

    /** {@code weights} [O, ...] as [..., O], one signed byte a value; of s4 the low nibble. */
    static StaticData channelsLast(TensorData weights) {
        int mask = weights.dtype() == DType.S4 ? NIBBLE : 0xFF;
        int channels = weights.shape().dim(0);
        long inner = weights.elements() / channels;
        return new Blocks(weights, 1, v -> v & mask, i -> i % inner * channels + i / inner);
    }

    /** Activations, tables of rows and of angles: s8 as u8, s16 as u16, by adding half the range. */
    static StaticData unsigned(TensorData data) {
        int bytes = data.dtype() == DType.S16 ? 2 : 1;
        int half = data.dtype() == DType.S16 ? 1 << 15 : 1 << 7;
        return new Blocks(data, bytes, v -> v + half, i -> i);
    }

    /** A table of s4 or s8 rows, one byte a value, as u8. */
    static StaticData unsignedBytes(TensorData data) {
        return new Blocks(data, 1, v -> v + (1 << 7), i -> i);
    }

    /** {@code data} [P, ...] as {@link #unsigned}, with the last row {@code times} times more. */
    static StaticData unsignedWithLastRow(TensorData data, int times) {
        StaticData once = unsigned(data);
        long row = once.sizeBytes() / data.shape().dim(0);
        return new Written(once.sizeBytes() + times * row, target -> {
            int start = target.position();
            once.writeTo(target);
            ByteBuffer last = target.duplicate();
            for (int i = 0; i < times; i++) {
                target.put(last.limit(start + (int) once.sizeBytes()).position((int) (start + once.sizeBytes() - row)).slice());
            }
        });
    }

    /** Integers of 32 bits. */
    static StaticData ints(int... values) {
        return new Written(4L * values.length, target -> {
            for (int v : values) {
                target.putInt(v);
            }
        });
    }

    /** The low byte of each value. */
    static StaticData bytes(int... values) {
        return new Written(values.length, target -> {
            for (int v : values) {
                target.put((byte) v);
            }
        });
    }

    /** The low 16 bits of each value. */
    static StaticData shorts(int... values) {
        return new Written(2L * values.length, target -> {
            for (int v : values) {
                target.putShort((short) v);
            }
        });
    }

    /** Where element {@code index} of the source goes. */
    @FunctionalInterface
    private interface Place {
        long of(long index);
    }

    @FunctionalInterface
    private interface Writer {
        void writeTo(ByteBuffer target);
    }

    private record Written(long sizeBytes, Writer writer) implements StaticData {
        @Override
        public void writeTo(ByteBuffer target) {
            target.order(ByteOrder.LITTLE_ENDIAN);
            writer.writeTo(target);
        }
    }

    /** Elements of {@code data}, read in order, each made {@code bytes} bytes and put at its place. */
    private record Blocks(TensorData data, int bytes, IntUnaryOperator stored, Place place) implements StaticData {
        @Override
        public long sizeBytes() {
            return data.elements() * bytes;
        }

        @Override
        public void writeTo(ByteBuffer target) {
            target.order(ByteOrder.LITTLE_ENDIAN);
            int start = target.position();
            int[] block = new int[BLOCK];
            long all = data.elements();
            for (long from = 0; from < all; from += BLOCK) {
                int count = (int) Math.min(BLOCK, all - from);
                data.readInts(from, block, 0, count);
                for (int i = 0; i < count; i++) {
                    int at = start + Math.toIntExact(place.of(from + i) * bytes);
                    if (bytes == 1) {
                        target.put(at, (byte) stored.applyAsInt(block[i]));
                    } else {
                        target.putShort(at, (short) stored.applyAsInt(block[i]));
                    }
                }
            }
            target.position(start + Math.toIntExact(sizeBytes()));
        }
    }
}

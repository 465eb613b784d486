package org.autoneural.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.autoneural.ir.DType;
import org.autoneural.ir.StorageLayout;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.Tile32;

/**
 * The elements of a tensor as the bytes of a segment, in blocks, in the layout that the tensor asks for (row-major s4: the
 * high nibble behind the last element of an odd number is 0). Elements that are computed when they are read (quantized weights)
 * are computed block by block on all processors; never more than a few blocks are held.
 */
final class PackedBytes {
    // Even, so that a block of s4 ends on a whole byte.
    private static final int BLOCK_ELEMENTS = 1 << 17;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int BLOCKS_AT_ONCE = 32;

    private PackedBytes() {}

    /** Takes the next bytes, between position and limit; may move the position. */
    @FunctionalInterface
    interface Sink {
        void write(ByteBuffer bytes) throws IOException;
    }

    /** Whether tensors of this type can be packed and read back exactly. */
    static boolean supports(DType dtype) {
        return dtype != DType.F64 && dtype != DType.F16;
    }

    /**
     * Sends all of {@code data} to {@code sink} without holding it in memory.
     *
     * @throws IllegalArgumentException naming the element when the tensor breaks the promise of its type
     */
    static void copy(TensorData data, Sink sink) throws IOException {
        Optional<ByteBuffer> storage = data.storage();
        if (storage.isPresent()) {
            copyStorage(data, storage.get(), sink);
            return;
        }
        if (data.layout() == StorageLayout.TILE32) {
            copyTiles(data, new Tile32(data.dtype(), data.shape()), sink);
            return;
        }
        int blocks = Math.toIntExact((data.elements() + BLOCK_ELEMENTS - 1) / BLOCK_ELEMENTS);
        copyBlocks(blocks, i -> pack(data, (long) i * BLOCK_ELEMENTS, Math.min(data.elements(), (i + 1L) * BLOCK_ELEMENTS)), sink);
    }

    /** Sends blocks 0 .. count-1 to {@code sink}, in order; {@code block} is called by several threads. */
    private static void copyBlocks(int count, IntFunction<ByteBuffer> block, Sink sink) throws IOException {
        for (int from = 0; from < count; from += BLOCKS_AT_ONCE) {
            int first = from;
            ByteBuffer[] blocks = new ByteBuffer[Math.min(BLOCKS_AT_ONCE, count - from)];
            RuntimeException[] failures = new RuntimeException[blocks.length];
            IntStream.range(0, blocks.length).parallel().forEach(i -> {
                try {
                    blocks[i] = block.apply(first + i);
                } catch (RuntimeException e) {
                    failures[i] = e;
                }
            });
            for (int i = 0; i < blocks.length; i++) {
                if (failures[i] != null) {
                    // The first in order, whichever thread was faster.
                    throw failures[i];
                }
                sink.write(blocks[i]);
            }
        }
    }

    private static void copyStorage(TensorData data, ByteBuffer storage, Sink sink) throws IOException {
        long sizeBytes = data.layout().sizeBytes(data.dtype(), data.shape());
        if (storage.remaining() != sizeBytes) {
            throw new IllegalArgumentException("storage of " + storage.remaining() + " bytes for " + data.dtype().text()
                    + data.shape() + ", which takes " + sizeBytes);
        }
        boolean halfByte = data.layout() == StorageLayout.ROW_MAJOR && data.dtype() == DType.S4 && data.elements() % 2 != 0;
        int end = storage.limit() - (halfByte ? 1 : 0);
        for (int at = storage.position(); at < end; ) {
            int size = Math.min(BLOCK_BYTES, end - at);
            sink.write(storage.duplicate().limit(at + size).position(at));
            at += size;
        }
        if (halfByte) {
            sink.write(ByteBuffer.wrap(new byte[] {(byte) (storage.get(end) & 0xF)}));
        }
    }

    private static void copyTiles(TensorData data, Tile32 tiles, Sink sink) throws IOException {
        int step = (int) Math.max(1, BLOCK_BYTES / Math.max(1, tiles.tileBytes()));
        copyBlocks((tiles.tiles() + step - 1) / step, i -> {
            int from = i * step;
            int to = Math.min(tiles.tiles(), from + step);
            ByteBuffer block = ByteBuffer.allocate(Math.toIntExact((to - from) * tiles.tileBytes()));
            tiles.pack(data, from, to, block);
            return block.flip();
        }, sink);
    }

    /** Elements {@code from .. to-1} in bytes of their own, from position to limit. */
    private static ByteBuffer pack(TensorData data, long from, long to) {
        DType dtype = data.dtype();
        int count = (int) (to - from);
        ByteBuffer block = ByteBuffer.allocate(Math.toIntExact(dtype.sizeBytes(count))).order(ByteOrder.LITTLE_ENDIAN);
        if (dtype.isFloat()) {
            float[] values = new float[count];
            data.readFloats(from, values, 0, count);
            for (int i = 0; i < count; i++) {
                int bits = Float.floatToRawIntBits(values[i]);
                if (dtype == DType.BF16) {
                    block.putShort(bf16(bits, from + i));
                } else {
                    block.putInt(bits);
                }
            }
        } else if (dtype == DType.S64 || dtype == DType.U32) {
            for (long i = from; i < to; i++) {
                long value = integer(dtype, data.getLong(i), i);
                if (dtype == DType.S64) {
                    block.putLong(value);
                } else {
                    block.putInt((int) value);
                }
            }
        } else {
            int[] values = new int[count];
            data.readInts(from, values, 0, count);
            for (int i = 0; i < count; i++) {
                integer(dtype, values[i], from + i);
            }
            pack(dtype, values, block);
        }
        return block.flip();
    }

    private static void pack(DType dtype, int[] values, ByteBuffer block) {
        if (dtype == DType.S4) {
            for (int i = 0; i < values.length; i += 2) {
                int high = i + 1 < values.length ? values[i + 1] : 0;
                block.put((byte) (values[i] & 0xF | high << 4));
            }
            return;
        }
        for (int value : values) {
            switch (dtype.bits()) {
                case 16 -> block.putShort((short) value);
                case 32 -> block.putInt(value);
                default -> block.put((byte) value);
            }
        }
    }

    private static long integer(DType dtype, long value, long index) {
        if (value < dtype.min() || value > dtype.max()) {
            throw new IllegalArgumentException("element " + index + " = " + value + " outside " + dtype.text() + " ["
                    + dtype.min() + ", " + dtype.max() + "]");
        }
        return value;
    }

    private static short bf16(int bits, long index) {
        if ((bits & 0xFFFF) != 0) {
            throw new IllegalArgumentException("element " + index + " = " + Float.intBitsToFloat(bits) + ", which is no bf16 number");
        }
        return (short) (bits >>> 16);
    }
}

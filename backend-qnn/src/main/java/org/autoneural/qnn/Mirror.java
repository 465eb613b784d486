package org.autoneural.qnn;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import org.autoneural.backend.BackendException;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.ir.TensorType;
import org.autoneural.qnn.binding.GraphInfo.TensorInfo;
import org.autoneural.qnn.graph.DataType;

/**
 * A tensor on the Java side, where callers read and write our integers, and its copies to and from the library's memory, where
 * signed values are stored unsigned: half the range is added, which turns the highest bit.
 */
final class Mirror {
    private static final int HALF_16 = 0x8000;
    private static final int HALF_8 = 0x80;

    private final TensorBuffer buffer;
    private final boolean turned;

    private Mirror(TensorBuffer buffer, boolean turned) {
        this.buffer = buffer;
        this.turned = turned;
    }

    /**
     * A fresh tensor of {@code type} for the library's {@code tensor}.
     *
     * @throws BackendException when their elements do not correspond
     */
    static Mirror of(TensorType type, TensorInfo tensor) {
        int elements = Math.toIntExact(type.shape().elements());
        boolean sameCount = tensor.dims().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact) == elements;
        int code = tensor.type();
        Object array = switch (type.dtype()) {
            case S8, U8 -> new byte[elements];
            case S16 -> new short[elements];
            case S32 -> new int[elements];
            default -> throw mismatch(type, tensor);
        };
        boolean turned = switch (type.dtype()) {
            case S8 -> code == DataType.U8.code();
            case S16 -> code == DataType.U16.code();
            default -> false;
        };
        boolean fits = turned || switch (type.dtype()) {
            case S8 -> code == DataType.S8.code();
            case U8 -> code == DataType.U8.code() || code == DataType.B8.code();
            case S16 -> code == DataType.S16.code();
            default -> code == DataType.I32.code();
        };
        if (!fits || !sameCount) {
            throw mismatch(type, tensor);
        }
        return new Mirror(new TensorBuffer(type, array, 0), turned);
    }

    private static BackendException mismatch(TensorType type, TensorInfo tensor) {
        return new BackendException("tensor " + tensor.name() + " is " + type + " in the integer graph, and of type " + tensor.type() + " " + tensor.dims()
                + " in the context binary. Compile the model again");
    }

    /** Whether {@code tensor} stands for {@code type} step by step: same elements, same scale and zero point. */
    static boolean corresponds(TensorType type, TensorInfo tensor) {
        boolean unsigned = tensor.type() == DataType.U16.code() || tensor.type() == DataType.U8.code();
        return type.quant().filter(q -> !q.isPerChannel()).isPresent() && tensor.scale().isPresent()
                && (tensor.type() == DataType.U16.code() ? 16 : 8) == type.dtype().bits() && unsigned
                && tensor.scale().get() == (float) type.quant().get().scale()
                && tensor.offset() == type.dtype().min() - type.quant().get().zeroPoint()
                && tensor.dims().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact) == type.shape().elements();
    }

    TensorBuffer buffer() {
        return buffer;
    }

    void writeTo(ByteBuffer memory) {
        switch (buffer.dtype()) {
            case S8, U8 -> {
                byte[] from = buffer.bytes();
                memory.put(0, from);
                for (int i = 0; turned && i < from.length; i++) {
                    memory.put(i, (byte) (from[i] ^ HALF_8));
                }
            }
            case S16 -> {
                short[] from = buffer.shorts();
                ShortBuffer to = memory.asShortBuffer();
                for (int i = 0; i < from.length; i++) {
                    to.put(i, (short) (turned ? from[i] ^ HALF_16 : from[i]));
                }
            }
            default -> memory.asIntBuffer().put(0, buffer.ints());
        }
    }

    void readFrom(ByteBuffer memory) {
        switch (buffer.dtype()) {
            case S8, U8 -> {
                byte[] to = buffer.bytes();
                memory.get(0, to);
                for (int i = 0; turned && i < to.length; i++) {
                    to[i] ^= (byte) HALF_8;
                }
            }
            case S16 -> {
                short[] to = buffer.shorts();
                ShortBuffer from = memory.asShortBuffer();
                for (int i = 0; i < to.length; i++) {
                    to[i] = (short) (turned ? from.get(i) ^ HALF_16 : from.get(i));
                }
            }
            default -> {
                IntBuffer from = memory.asIntBuffer();
                from.get(0, buffer.ints());
            }
        }
    }
}

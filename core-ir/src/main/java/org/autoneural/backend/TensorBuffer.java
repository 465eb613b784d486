package org.autoneural.backend;

import java.lang.reflect.Array;
import java.util.Arrays;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * A tensor in an execution context's memory: a range of a {@code byte[]} (s8, u8), {@code short[]} (s16), {@code int[]}
 * (s32) or {@code long[]} (s64). Reading and writing it touches the context's memory; it is valid as long as the context is.
 */
public final class TensorBuffer implements TensorData {
    private final TensorType type;
    private final Object array;
    private final int offset;

    /** @param array a primitive array of the kind that {@code type} needs, with room for all elements from {@code offset} */
    public TensorBuffer(TensorType type, Object array, int offset) {
        Class<?> needed = switch (type.dtype()) {
            case S8, U8 -> byte[].class;
            case S16 -> short[].class;
            case S32 -> int[].class;
            case S64 -> long[].class;
            default -> throw new IllegalArgumentException("no buffers of " + type.dtype().text());
        };
        if (!needed.isInstance(array)) {
            throw new IllegalArgumentException(type + " needs a " + needed.getSimpleName() + ", got " + array.getClass().getSimpleName());
        }
        if (offset < 0 || offset + type.shape().elements() > Array.getLength(array)) {
            throw new IllegalArgumentException(type + " does not fit at offset " + offset);
        }
        this.type = type;
        this.array = array;
        this.offset = offset;
    }

    /** Element type, shape and encoding. */
    public TensorType type() {
        return type;
    }

    @Override
    public DType dtype() {
        return type.dtype();
    }

    @Override
    public Shape shape() {
        return type.shape();
    }

    /** Index in the array of element 0. */
    public int offset() {
        return offset;
    }

    /** Backing array of an s8 or u8 tensor. */
    public byte[] bytes() {
        return (byte[]) array;
    }

    /** Backing array of an s16 tensor. */
    public short[] shorts() {
        return (short[]) array;
    }

    /** Backing array of an s32 tensor. */
    public int[] ints() {
        return (int[]) array;
    }

    /** Backing array of an s64 tensor. */
    public long[] longs() {
        return (long[]) array;
    }

    @Override
    public long getLong(long index) {
        int i = offset + (int) index;
        return switch (type.dtype()) {
            case S8 -> bytes()[i];
            case U8 -> bytes()[i] & 0xFF;
            case S16 -> shorts()[i];
            case S32 -> ints()[i];
            default -> longs()[i];
        };
    }

    @Override
    public float getFloat(long index) {
        return getLong(index);
    }

    /** Stores {@code value}; an {@link ArithmeticException} when the type cannot hold it. */
    public void set(int index, long value) {
        if (value < type.dtype().min() || value > type.dtype().max()) {
            throw new ArithmeticException(value + " is outside " + type.dtype().text());
        }
        int i = offset + index;
        switch (type.dtype()) {
            case S8, U8 -> bytes()[i] = (byte) value;
            case S16 -> shorts()[i] = (short) value;
            case S32 -> ints()[i] = (int) value;
            default -> longs()[i] = value;
        }
    }

    /** Sets every element to {@code value}. */
    public void fill(long value) {
        int n = (int) elements();
        switch (type.dtype()) {
            case S8, U8 -> Arrays.fill(bytes(), offset, offset + n, (byte) value);
            case S16 -> Arrays.fill(shorts(), offset, offset + n, (short) value);
            case S32 -> Arrays.fill(ints(), offset, offset + n, (int) value);
            default -> Arrays.fill(longs(), offset, offset + n, value);
        }
    }

    /** Copies all elements of {@code source}, which has the same element type and count. */
    public void copyFrom(TensorBuffer source) {
        if (source.type.dtype() != type.dtype() || source.elements() != elements()) {
            throw new IllegalArgumentException("cannot copy " + source.type + " to " + type);
        }
        System.arraycopy(source.array, source.offset, array, offset, (int) elements());
    }

    /** An independent copy with memory of its own. */
    public TensorBuffer copy() {
        int n = (int) elements();
        Object fresh = switch (type.dtype()) {
            case S8, U8 -> Arrays.copyOfRange(bytes(), offset, offset + n);
            case S16 -> Arrays.copyOfRange(shorts(), offset, offset + n);
            case S32 -> Arrays.copyOfRange(ints(), offset, offset + n);
            default -> Arrays.copyOfRange(longs(), offset, offset + n);
        };
        return new TensorBuffer(type, fresh, 0);
    }
}

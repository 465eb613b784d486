package org.autoneural.ir;

import java.util.Arrays;

/**
 * A tensor on the heap, as the interpreters use it: f32 in a {@code float[]}, every integer type of at most 32 bits in
 * an {@code int[]}, s64 in a {@code long[]}. Width and sign are checked on every store, so that an op that leaves its
 * range is found at once.
 */
public final class Tensor implements TensorData {
    private final DType dtype;
    private final Shape shape;
    private final float[] floats;
    private final int[] ints;
    private final long[] longs;

    private Tensor(DType dtype, Shape shape, float[] floats, int[] ints, long[] longs) {
        this.dtype = dtype;
        this.shape = shape;
        this.floats = floats;
        this.ints = ints;
        this.longs = longs;
    }

    /** All zeros. {@code dtype} is f32 or an integer type other than u32. */
    public static Tensor zeros(DType dtype, Shape shape) {
        int n = Math.toIntExact(shape.elements());
        return switch (dtype) {
            case F32 -> new Tensor(dtype, shape, new float[n], null, null);
            case S64 -> new Tensor(dtype, shape, null, null, new long[n]);
            case S4, S8, U8, S16, U16, S32, BOOL -> new Tensor(dtype, shape, null, new int[n], null);
            case F64, F16, BF16, U32 -> throw new IllegalArgumentException(
                    "no heap tensors of " + dtype.text() + "; read it as f32 or s64");
        };
    }

    /** Wraps {@code values} (not copied). */
    public static Tensor ofFloats(Shape shape, float... values) {
        requireLength(shape, values.length);
        return new Tensor(DType.F32, shape, values, null, null);
    }

    /** Wraps {@code values} (not copied), each of which must lie in the range of {@code dtype}. */
    public static Tensor ofInts(DType dtype, Shape shape, int... values) {
        requireLength(shape, values.length);
        for (int v : values) {
            requireRange(dtype, v);
        }
        return new Tensor(dtype, shape, null, values, null);
    }

    /** An s64 tensor that wraps {@code values}. */
    public static Tensor ofLongs(Shape shape, long... values) {
        requireLength(shape, values.length);
        return new Tensor(DType.S64, shape, null, null, values);
    }

    /** An s32 index tensor of shape [1]. */
    public static Tensor index(int value) {
        return ofInts(DType.S32, Shape.of(1), value);
    }

    /** A heap copy of {@code data}: f32 for floating storage, the same type otherwise. {@code data} itself if it is one. */
    public static Tensor copyOf(TensorData data) {
        if (data instanceof Tensor tensor) {
            return tensor;
        }
        if (data.dtype().isFloat()) {
            return ofFloats(data.shape(), data.toFloats());
        }
        if (data.dtype() == DType.S64) {
            return ofLongs(data.shape(), data.toLongs());
        }
        return ofInts(data.dtype(), data.shape(), data.toInts());
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public float getFloat(long index) {
        int i = Math.toIntExact(index);
        return floats != null ? floats[i] : ints != null ? ints[i] : longs[i];
    }

    @Override
    public long getLong(long index) {
        int i = Math.toIntExact(index);
        if (floats != null) {
            throw new IllegalStateException("an f32 tensor has no integer elements");
        }
        return ints != null ? ints[i] : longs[i];
    }

    /** Sets element {@code index} (row-major) of a floating-point tensor. */
    public void setFloat(int index, float value) {
        floats[index] = value;
    }

    /** Stores {@code value}; an {@link ArithmeticException} when the type cannot hold it. */
    public void setLong(int index, long value) {
        requireRange(dtype, value);
        if (ints != null) {
            ints[index] = (int) value;
        } else {
            longs[index] = value;
        }
    }

    @Override
    public void readFloats(long from, float[] target, int offset, int count) {
        if (floats != null) {
            System.arraycopy(floats, Math.toIntExact(from), target, offset, count);
        } else {
            TensorData.super.readFloats(from, target, offset, count);
        }
    }

    /** The backing array of an f32 tensor (not a copy): ops write their result here. */
    @Override
    public float[] toFloats() {
        return floats != null ? floats : TensorData.super.toFloats();
    }

    /** The backing array of an integer tensor of at most 32 bits (not a copy). */
    @Override
    public int[] toInts() {
        return ints != null ? ints : TensorData.super.toInts();
    }

    @Override
    public long[] toLongs() {
        return longs != null ? longs : TensorData.super.toLongs();
    }

    /** The same values seen with another shape of as many elements; shares the storage. */
    public Tensor reshaped(Shape other) {
        requireLength(other, Math.toIntExact(elements()));
        return new Tensor(dtype, other, floats, ints, longs);
    }

    /** Copies elements {@code from .. from+count-1} of {@code source} (same kind of type) to {@code at ..} here. */
    public void copyRange(int at, TensorData source, int from, int count) {
        if (floats != null) {
            System.arraycopy(source.toFloats(), from, floats, at, count);
        } else if (ints != null) {
            System.arraycopy(source.toInts(), from, ints, at, count);
        } else {
            System.arraycopy(source.toLongs(), from, longs, at, count);
        }
    }

    /** Equal type, shape and elements (floats by bits). */
    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor t && t.dtype == dtype && t.shape.equals(shape)
                && Arrays.equals(t.floats, floats) && Arrays.equals(t.ints, ints) && Arrays.equals(t.longs, longs);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(floats) + Arrays.hashCode(ints) + Arrays.hashCode(longs);
    }

    @Override
    public String toString() {
        return dtype.text() + shape;
    }

    private static void requireLength(Shape shape, int length) {
        if (shape.elements() != length) {
            throw new IllegalArgumentException("shape " + shape + " has " + shape.elements() + " elements, got " + length);
        }
    }

    private static void requireRange(DType dtype, long value) {
        if (value < dtype.min() || value > dtype.max()) {
            throw new ArithmeticException(value + " is outside " + dtype.text() + " ["
                    + dtype.min() + ", " + dtype.max() + "]");
        }
    }
}

package org.autoneural.ir;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lazy views of a tensor: nothing is copied, each element is computed when it is read, so that a pass can rewrite a weight
 * of a gigabyte for the price of an object.
 */
public final class TensorViews {
    private TensorViews() {}

    /** {@code base[.., c, ..] * factors[c]} along {@code axis}, in f32. */
    public static TensorData scaled(TensorData base, int axis, float[] factors) {
        if (factors.length != base.shape().dim(axis)) {
            throw new IllegalArgumentException(factors.length + " factors for axis " + axis + " of " + base.shape());
        }
        return new Scaled(base, factors.clone(), base.shape().inner(axis));
    }

    /** {@code base * factor}, in f32. */
    public static TensorData scaled(TensorData base, float factor) {
        return new Scaled(base, new float[] {factor}, Integer.MAX_VALUE);
    }

    /** The same elements with another shape. */
    public static TensorData reshaped(TensorData base, Shape shape) {
        if (shape.elements() != base.elements()) {
            throw new IllegalArgumentException(base.shape() + " cannot be seen as " + shape);
        }
        return new Reshaped(base, shape);
    }

    /** Rows {@code first .. first+count-1}: a range of the outermost axis. */
    public static TensorData rows(TensorData base, int first, int count) {
        if (first < 0 || count < 0 || first > base.shape().dim(0) - count) {
            throw new IllegalArgumentException("rows " + first + " to " + (first + count - 1) + " of " + base.shape());
        }
        List<Integer> dims = new ArrayList<>(base.shape().dims());
        dims.set(0, count);
        Shape shape = new Shape(dims);
        return new Range(base, shape, base.shape().dim(0) == 0 ? 0 : first * (base.elements() / base.shape().dim(0)));
    }

    /** The same elements, to be stored in the layout {@code layout}, which must fit them. */
    public static TensorData stored(TensorData base, StorageLayout layout) {
        if (!layout.fits(base.dtype(), base.shape())) {
            throw new IllegalArgumentException(base.dtype().text() + base.shape() + " cannot be stored as " + layout.text());
        }
        return base.layout() == layout ? base : new StoredAs(base, layout);
    }

    /** Axis i of the result is axis {@code permutation[i]} of {@code base}. */
    public static TensorData permuted(TensorData base, List<Integer> permutation) {
        Shape from = base.shape();
        long[] steps = new long[from.rank()];
        for (int a = 0; a < steps.length; a++) {
            steps[a] = from.inner(permutation.get(a));
        }
        return new Permuted(base, new Shape(permutation.stream().map(from::dim).toList()), steps);
    }

    private record Scaled(TensorData base, float[] factors, int inner) implements TensorData {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public Shape shape() {
            return base.shape();
        }

        @Override
        public float getFloat(long index) {
            return base.getFloat(index) * factors[(int) (index / inner % factors.length)];
        }

        @Override
        public void readFloats(long from, float[] target, int offset, int count) {
            base.readFloats(from, target, offset, count);
            int channel = (int) (from / inner % factors.length);
            int left = (int) (inner - from % inner);
            for (int at = offset; at < offset + count;) {
                int end = Math.min(offset + count, left > offset + count - at ? offset + count : at + left);
                float factor = factors[channel];
                for (; at < end; at++) {
                    target[at] *= factor;
                }
                channel = channel + 1 == factors.length ? 0 : channel + 1;
                left = inner;
            }
        }

        @Override
        public long getLong(long index) {
            throw new IllegalStateException("a scaled tensor has no integer elements");
        }
    }

    private record Reshaped(TensorData base, Shape shape) implements TensorData {
        @Override
        public DType dtype() {
            return base.dtype();
        }

        @Override
        public float getFloat(long index) {
            return base.getFloat(index);
        }

        @Override
        public void readFloats(long from, float[] target, int offset, int count) {
            base.readFloats(from, target, offset, count);
        }

        @Override
        public long getLong(long index) {
            return base.getLong(index);
        }

        @Override
        public void readInts(long from, int[] target, int offset, int count) {
            base.readInts(from, target, offset, count);
        }

        /** Another shape has other rows, by which the other layouts go. */
        @Override
        public Optional<ByteBuffer> storage() {
            return base.layout() == StorageLayout.ROW_MAJOR ? base.storage() : Optional.empty();
        }
    }

    private record Range(TensorData base, Shape shape, long first) implements TensorData {
        @Override
        public DType dtype() {
            return base.dtype();
        }

        @Override
        public float getFloat(long index) {
            return base.getFloat(first + index);
        }

        @Override
        public void readFloats(long from, float[] target, int offset, int count) {
            base.readFloats(first + from, target, offset, count);
        }

        @Override
        public long getLong(long index) {
            return base.getLong(first + index);
        }

        @Override
        public void readInts(long from, int[] target, int offset, int count) {
            base.readInts(first + from, target, offset, count);
        }
    }

    private record StoredAs(TensorData base, StorageLayout layout) implements TensorData {
        @Override
        public DType dtype() {
            return base.dtype();
        }

        @Override
        public Shape shape() {
            return base.shape();
        }

        @Override
        public float getFloat(long index) {
            return base.getFloat(index);
        }

        @Override
        public void readFloats(long from, float[] target, int offset, int count) {
            base.readFloats(from, target, offset, count);
        }

        @Override
        public long getLong(long index) {
            return base.getLong(index);
        }

        @Override
        public void readInts(long from, int[] target, int offset, int count) {
            base.readInts(from, target, offset, count);
        }
    }

    private record Permuted(TensorData base, Shape shape, long[] steps) implements TensorData {
        @Override
        public DType dtype() {
            return base.dtype();
        }

        private long source(long index) {
            long rest = index;
            long from = 0;
            for (int a = steps.length - 1; a >= 0; a--) {
                from += rest % shape.dim(a) * steps[a];
                rest /= shape.dim(a);
            }
            return from;
        }

        @Override
        public float getFloat(long index) {
            return base.getFloat(source(index));
        }

        /** Runs along the innermost axis: one division a run, not one an element and axis. */
        @Override
        public void readFloats(long from, float[] target, int offset, int count) {
            int width = steps.length == 0 ? 1 : shape.dim(steps.length - 1);
            long step = steps.length == 0 ? 1 : steps[steps.length - 1];
            for (int done = 0; done < count;) {
                int run = (int) Math.min(count - done, width - (from + done) % width);
                long at = source(from + done);
                if (step == 1) {
                    base.readFloats(at, target, offset + done, run);
                } else {
                    for (int i = 0; i < run; i++) {
                        target[offset + done + i] = base.getFloat(at + i * step);
                    }
                }
                done += run;
            }
        }

        @Override
        public long getLong(long index) {
            return base.getLong(source(index));
        }
    }
}

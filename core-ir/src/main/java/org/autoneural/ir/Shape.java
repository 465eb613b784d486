package org.autoneural.ir;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A static, dense, row-major shape. Rank 0 is a scalar with one element.
 *
 * @param dims extents, outermost first; each at least 0
 */
public record Shape(List<Integer> dims) {
    public Shape {
        dims = List.copyOf(dims);
        long elements = 1;
        for (int d : dims) {
            if (d < 0) {
                throw new IllegalArgumentException("shape " + dims + " has a negative extent");
            }
            elements = Math.multiplyExact(elements, (long) d);
        }
    }

    /** A shape of these extents; none at all is the shape of one number. */
    public static Shape of(int... dims) {
        Integer[] boxed = new Integer[dims.length];
        Arrays.setAll(boxed, i -> dims[i]);
        return new Shape(List.of(boxed));
    }

    /** Number of axes. */
    public int rank() {
        return dims.size();
    }

    /** Extent of axis {@code axis}; a negative axis counts from the end ({@code -1} is the innermost). */
    public int dim(int axis) {
        return dims.get(axis < 0 ? axis + rank() : axis);
    }

    /** Number of elements. */
    public long elements() {
        long n = 1;
        for (int d : dims) {
            n *= d;
        }
        return n;
    }

    /** Product of the extents before {@code axis} (outer) — how often the axis repeats. */
    public int outer(int axis) {
        return product(0, axis < 0 ? axis + rank() : axis);
    }

    /** Product of the extents after {@code axis} — the stride of one step along it. */
    public int inner(int axis) {
        return product((axis < 0 ? axis + rank() : axis) + 1, rank());
    }

    /** This shape with {@code axis} replaced by {@code extent}. */
    public Shape with(int axis, int extent) {
        Integer[] copy = dims.toArray(Integer[]::new);
        copy[axis < 0 ? axis + rank() : axis] = extent;
        return new Shape(List.of(copy));
    }

    private int product(int from, int to) {
        int n = 1;
        for (int i = from; i < to; i++) {
            n = Math.multiplyExact(n, dims.get(i));
        }
        return n;
    }

    /** {@code [1,64,64,32]} */
    @Override
    public String toString() {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }
}

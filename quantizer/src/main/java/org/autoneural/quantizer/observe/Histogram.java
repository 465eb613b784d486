package org.autoneural.quantizer.observe;

import java.util.Arrays;

/**
 * How often values of each size were seen: counts of bins that tile the reals symmetrically around zero. The bin width is a
 * power of two; a value that does not fit doubles it, which joins bins in pairs. So the outcome depends on the values seen,
 * never on their order: histograms of parts of the data, merged, equal bit for bit the histogram of the whole.
 *
 * <p>{@value #BINS} bins; the largest magnitude seen lies beyond a quarter of them, so a bin is at most 1/1024 of it wide.
 */
final class Histogram {
    static final int BINS = 4096;
    private static final int HALF = BINS / 2;

    private final MinMax extremes = new MinMax();
    /** Bin b holds values in [b - HALF, b - HALF + 1) * 2^exponent; zeros are counted apart: they fit any width. */
    private final long[] bins = new long[BINS];
    private long zeros;
    private int exponent = Double.MIN_EXPONENT - 64;

    /** @throws IllegalArgumentException for a value that is not finite */
    void add(float[] values, int from, int count) {
        for (int i = from; i < from + count; i++) {
            double v = values[i];
            extremes.add(v);
            if (v == 0) {
                zeros++;
                continue;
            }
            // floats are 2^-149 or more: the exponent stays in the range of doubles
            int needed = Math.getExponent(v) + 1 - Integer.numberOfTrailingZeros(HALF);
            if (needed > exponent) {
                widen(needed);
            }
            bins[(int) Math.floor(Math.scalb(v, -exponent)) + HALF]++;
        }
    }

    /** Doubles the width up to 2^to. */
    private void widen(int to) {
        int by = Math.min(30, to - exponent);
        exponent = to;
        long[] old = bins.clone();
        Arrays.fill(bins, 0);
        for (int b = 0; b < BINS; b++) {
            if (old[b] != 0) {
                bins[((b - HALF) >> by) + HALF] += old[b];
            }
        }
    }

    /** Takes in all that {@code other} has seen. */
    void merge(Histogram other) {
        if (other.exponent > exponent) {
            widen(other.exponent);
        }
        int by = Math.min(30, exponent - other.exponent);
        for (int b = 0; b < BINS; b++) {
            bins[((b - HALF) >> by) + HALF] += other.bins[b];
        }
        zeros += other.zeros;
        extremes.merge(other.extremes);
    }

    MinMax extremes() {
        return extremes;
    }

    /** Values in bin {@code b}; zeros count in the bin that begins at zero. */
    long count(int b) {
        return b == HALF ? bins[b] + zeros : bins[b];
    }

    long total() {
        return Arrays.stream(bins).sum() + zeros;
    }

    /** Smallest value that bin {@code b} holds; bin {@code b + 1} begins where it ends. */
    double edge(int b) {
        return Math.scalb((double) (b - HALF), exponent);
    }

    /** The middle of bin {@code b}. */
    double middle(int b) {
        return Math.scalb(b - HALF + 0.5, exponent);
    }
}

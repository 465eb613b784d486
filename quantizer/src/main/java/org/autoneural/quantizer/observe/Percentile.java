package org.autoneural.quantizer.observe;

import java.util.Arrays;
import java.util.Optional;

/**
 * Leaves out the rarest large values: the range holds {@code percent} of what was seen, the rest split evenly between the two
 * tails.
 *
 * <p>A histogram of {@value #BINS} bins around zero whose width is a power of two. A value that does not fit doubles the width,
 * which joins bins in pairs: exact, so that neither the order of the values nor a merge changes the outcome. Range ends are bin
 * edges, at most one bin (1/1024 of the largest magnitude's power of two) outside the exact quantile, never beyond the extremes.
 */
public final class Percentile implements Observer {
    private static final int BINS = 4096;
    private static final int HALF = BINS / 2;

    private final double percent;
    private final MinMax extremes = new MinMax();
    /** Bin b holds values in [b - HALF, b - HALF + 1) * 2^exponent; zeros are counted apart: they fit any width. */
    private final long[] bins = new long[BINS];
    private long zeros;
    private int exponent = Double.MIN_EXPONENT - 64;

    /** @param percent share of the values that the range must hold, above 50, at most 100 */
    public Percentile(double percent) {
        if (!(percent > 50 && percent <= 100)) {
            throw new IllegalArgumentException("percentile " + percent + " (allowed: above 50, at most 100)");
        }
        this.percent = percent;
    }

    @Override
    public void observe(float[] values, int from, int count) {
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

    @Override
    public void merge(Observer other) {
        if (!(other instanceof Percentile p) || p.percent != percent) {
            throw new IllegalArgumentException("a percentile observer of " + percent + " cannot take in another kind");
        }
        if (p.exponent > exponent) {
            widen(p.exponent);
        }
        int by = Math.min(30, exponent - p.exponent);
        for (int b = 0; b < BINS; b++) {
            bins[((b - HALF) >> by) + HALF] += p.bins[b];
        }
        zeros += p.zeros;
        extremes.merge(p.extremes);
    }

    @Override
    public Optional<Range> range() {
        return extremes.range().map(r -> percent == 100 ? r : quantiles(r));
    }

    private Range quantiles(Range r) {
        long total = zeros;
        for (long n : bins) {
            total += n;
        }
        long tail = (long) Math.floor(total * (100 - percent) / 200);
        int low = 0;
        for (long left = tail; low < BINS && (left -= count(low)) >= 0; low++) { }
        int high = BINS - 1;
        for (long left = tail; high >= 0 && (left -= count(high)) >= 0; high--) { }
        double min = Math.max(r.min(), Math.scalb((double) (low - HALF), exponent));
        double max = Math.min(r.max(), Math.scalb((double) (high - HALF + 1), exponent));
        return min <= max ? new Range(min, max) : r;
    }

    private long count(int bin) {
        return bin == HALF ? bins[bin] + zeros : bins[bin];
    }
}

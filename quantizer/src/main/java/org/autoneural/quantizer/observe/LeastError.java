package org.autoneural.quantizer.observe;

import java.util.Optional;

/**
 * The range whose quantization loses least: the expected squared error of rounding and clipping, over the values of the
 * {@link Histogram}, is smallest among {@value #STEPS} shares of the range seen (Banner, Nahshan and Soudry, "Post training
 * 4-bit quantization of convolutional networks for rapid-deployment", NeurIPS 2019, balance the same two errors in closed form
 * for a Laplace distribution; here they are summed over what was measured).
 *
 * <p>A value that rounds is taken to lose {@code step^2 / 12}, one that is clipped the square of its distance to the range.
 */
public final class LeastError implements Observer {
    private static final int STEPS = 100;
    private static final double LEAST_SHARE = 0.2;

    private final int bits;
    private final Histogram histogram = new Histogram();

    /** @param bits width that the tensor will have: narrow ones clip more */
    public LeastError(int bits) {
        this.bits = bits;
    }

    @Override
    public void observe(float[] values, int from, int count) {
        histogram.add(values, from, count);
    }

    @Override
    public void merge(Observer other) {
        if (!(other instanceof LeastError o) || o.bits != bits) {
            throw new IllegalArgumentException("a least-error observer of " + bits + " bits cannot take in another kind");
        }
        histogram.merge(o.histogram);
    }

    @Override
    public Optional<Range> range() {
        return histogram.extremes().range().map(this::best);
    }

    private Range best(Range r) {
        Range best = r;
        double least = error(r);
        for (int i = STEPS - 1; i >= STEPS * LEAST_SHARE; i--) {
            Range candidate = new Range(r.min() * i / STEPS, r.max() * i / STEPS);
            double error = error(candidate);
            if (error < least) {
                least = error;
                best = candidate;
            }
        }
        return best;
    }

    private double error(Range r) {
        double min = Math.min(0, r.min());
        double max = Math.max(0, r.max());
        double step = (max - min) / ((1 << bits) - 1);
        double sum = histogram.total() * step * step / 12;
        for (int b = 0; b < Histogram.BINS; b++) {
            long n = histogram.count(b);
            if (n > 0) {
                double v = histogram.middle(b);
                double outside = v < min ? min - v : v > max ? v - max : 0;
                sum += n * outside * outside;
            }
        }
        return sum;
    }
}

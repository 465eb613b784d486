package org.autoneural.quantizer.observe;

import java.util.Optional;

/**
 * The symmetric share of the range whose distribution, rounded to {@value #LEVELS} magnitudes, diverges least from the one seen
 * (Kullback-Leibler; S. Migacz, "8-bit inference with TensorRT", GTC 2017). Magnitudes beyond the range count in its last bin.
 * Both signs are narrowed by the same threshold.
 */
public final class Entropy implements Observer {
    private static final int LEVELS = 128;
    private static final int MAGNITUDES = Histogram.BINS / 2;
    /** Thresholds tried, in bins. */
    private static final int STRIDE = 16;

    private final Histogram histogram = new Histogram();

    @Override
    public void observe(float[] values, int from, int count) {
        histogram.add(values, from, count);
    }

    @Override
    public void merge(Observer other) {
        if (!(other instanceof Entropy e)) {
            throw new IllegalArgumentException("an entropy observer cannot take in " + other.getClass().getSimpleName());
        }
        histogram.merge(e.histogram);
    }

    @Override
    public Optional<Range> range() {
        return histogram.extremes().range().map(r -> {
            double threshold = threshold();
            return new Range(Math.max(r.min(), Math.min(-threshold, r.max())), Math.min(r.max(), Math.max(threshold, r.min())));
        });
    }

    private double threshold() {
        double[] seen = new double[MAGNITUDES];
        int last = 0;
        for (int m = 0; m < MAGNITUDES; m++) {
            seen[m] = histogram.count(MAGNITUDES + m) + (double) histogram.count(MAGNITUDES - 1 - m);
            last = seen[m] > 0 ? m + 1 : last;
        }
        int best = Math.max(1, last);
        double least = Double.POSITIVE_INFINITY;
        for (int bins = Math.max(LEVELS, STRIDE); bins < last + STRIDE; bins += STRIDE) {
            int tried = Math.min(bins, last);
            double divergence = divergence(seen, tried, last);
            if (divergence < least) {
                least = divergence;
                best = tried;
            }
        }
        return histogram.edge(MAGNITUDES + best);
    }

    /** Of the first {@code bins} bins, the rest counted in the last of them, from the same spread evenly over each level's bins. */
    private static double divergence(double[] seen, int bins, int last) {
        double total = 0;
        double outside = 0;
        for (int m = 0; m < last; m++) {
            total += seen[m];
            outside += m >= bins ? seen[m] : 0;
        }
        double inside = total - outside;
        double sum = 0;
        for (int level = 0; level < LEVELS; level++) {
            int from = (int) ((long) level * bins / LEVELS);
            int to = (int) ((long) (level + 1) * bins / LEVELS);
            double mass = 0;
            int used = 0;
            for (int m = from; m < to; m++) {
                mass += seen[m];
                used += seen[m] > 0 ? 1 : 0;
            }
            for (int m = from; m < to; m++) {
                double p = (seen[m] + (m == bins - 1 ? outside : 0)) / total;
                if (p > 0) {
                    // a bin that only the outside filled has no counterpart: it costs as if it held one value
                    double q = seen[m] > 0 ? mass / used / inside : 1 / total;
                    sum += p * Math.log(p / q);
                }
            }
        }
        return sum;
    }
}

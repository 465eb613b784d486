package org.autoneural.quantizer.observe;

import java.util.Optional;

/**
 * Leaves out the rarest large values: the range holds {@code percent} of what was seen, the rest split evenly between the two
 * tails. Range ends are edges of the {@link Histogram}'s bins, at most one bin outside the exact quantile, never beyond the
 * extremes.
 */
public final class Percentile implements Observer {
    private final double percent;
    private final Histogram histogram = new Histogram();

    /** @param percent share of the values that the range must hold, above 50, at most 100 */
    public Percentile(double percent) {
        if (!(percent > 50 && percent <= 100)) {
            throw new IllegalArgumentException("percentile " + percent + " (allowed: above 50, at most 100)");
        }
        this.percent = percent;
    }

    @Override
    public void observe(float[] values, int from, int count) {
        histogram.add(values, from, count);
    }

    @Override
    public void merge(Observer other) {
        if (!(other instanceof Percentile p) || p.percent != percent) {
            throw new IllegalArgumentException("a percentile observer of " + percent + " cannot take in another kind");
        }
        histogram.merge(p.histogram);
    }

    @Override
    public Optional<Range> range() {
        return histogram.extremes().range().map(r -> percent == 100 ? r : quantiles(r));
    }

    private Range quantiles(Range r) {
        long tail = (long) Math.floor(histogram.total() * (100 - percent) / 200);
        int low = 0;
        for (long left = tail; low < Histogram.BINS && (left -= histogram.count(low)) >= 0; low++) { }
        int high = Histogram.BINS - 1;
        for (long left = tail; high >= 0 && (left -= histogram.count(high)) >= 0; high--) { }
        double min = Math.max(r.min(), histogram.edge(low));
        double max = Math.min(r.max(), histogram.edge(high + 1));
        return min <= max ? new Range(min, max) : r;
    }
}

package org.autoneural.quantizer.observe;

import java.util.Optional;

/** The smallest and the largest value seen. */
public final class MinMax implements Observer {
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    @Override
    public void observe(float[] values, int from, int count) {
        for (int i = from; i < from + count; i++) {
            add(values[i]);
        }
    }

    void add(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("found " + value + "; allowed: finite values; the weights or the input are broken");
        }
        min = Math.min(min, value);
        max = Math.max(max, value);
    }

    @Override
    public void merge(Observer other) {
        if (!(other instanceof MinMax m)) {
            throw new IllegalArgumentException("a min-max observer cannot take in " + other.getClass().getSimpleName());
        }
        min = Math.min(min, m.min);
        max = Math.max(max, m.max);
    }

    @Override
    public Optional<Range> range() {
        // -0.0 and 0.0 would make equal ranges unequal
        return min > max ? Optional.empty() : Optional.of(new Range(min + 0.0, max + 0.0));
    }
}

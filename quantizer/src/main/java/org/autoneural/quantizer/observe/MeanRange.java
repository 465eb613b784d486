package org.autoneural.quantizer.observe;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * The mean of the smallest and of the largest values of the pieces shown. It stands for what is elsewhere called a moving
 * average: an exponential one depends on the order of the samples, which would make a calibration in parts differ from one of
 * the whole; this is its order-free form, every piece weighing the same. A piece is what one call of {@link #observe} shows.
 * Sums are exact, so that no order of additions changes a bit.
 */
public final class MeanRange implements Observer {
    private final MinMax all = new MinMax();
    private BigDecimal lows = BigDecimal.ZERO;
    private BigDecimal highs = BigDecimal.ZERO;
    private long pieces;

    @Override
    public void observe(float[] values, int from, int count) {
        MinMax piece = new MinMax();
        piece.observe(values, from, count);
        piece.range().ifPresent(r -> {
            lows = lows.add(new BigDecimal(r.min()));
            highs = highs.add(new BigDecimal(r.max()));
            pieces++;
        });
        all.merge(piece);
    }

    @Override
    public void merge(Observer other) {
        if (!(other instanceof MeanRange m)) {
            throw new IllegalArgumentException("a mean-range observer cannot take in " + other.getClass().getSimpleName());
        }
        lows = lows.add(m.lows);
        highs = highs.add(m.highs);
        pieces += m.pieces;
        all.merge(m.all);
    }

    @Override
    public Optional<Range> range() {
        return all.range().map(r -> new Range(Math.max(r.min(), lows.doubleValue() / pieces), Math.min(r.max(), highs.doubleValue() / pieces)));
    }
}

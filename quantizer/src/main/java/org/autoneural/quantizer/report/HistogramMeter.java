package org.autoneural.quantizer.report;

import java.util.Arrays;
import org.autoneural.ir.QuantParams;

/** Collects a {@link ValueHistogram} of a tensor with one scale. */
final class HistogramMeter {
    private static final int BINS = 40;

    private final double scale;
    private final double min;
    private final double max;
    private final long[] bins = new long[BINS];
    private long below;
    private long above;

    HistogramMeter(QuantParams q) {
        scale = q.scale();
        min = scale * ((double) q.qMin() - q.zeroPoint());
        max = scale * ((double) q.qMax() - q.zeroPoint());
    }

    void add(float[] values) {
        for (float v : values) {
            if (v < min - scale / 2) {
                below++;
            } else if (v > max + scale / 2) {
                above++;
            } else {
                bins[(int) Math.max(0, Math.min(BINS - 1, (v - min) / (max - min) * BINS))]++;
            }
        }
    }

    ValueHistogram result() {
        return new ValueHistogram(min, max, below, above, Arrays.stream(bins).boxed().toList());
    }
}

package org.autoneural.quantizer.report;

import java.util.List;

/**
 * Where the real values of a tensor lie in the range that its integers cover.
 *
 * @param min   real value of the smallest integer
 * @param max   real value of the largest
 * @param below values that are cut off at {@code min}: more than half a step less
 * @param above the same at {@code max}
 * @param bins  counts of equal parts of min..max
 */
public record ValueHistogram(double min, double max, long below, long above, List<Long> bins) {
    public ValueHistogram {
        bins = List.copyOf(bins);
    }

    /** Share of the values that are cut off, 0 to 1. */
    public double saturation() {
        long total = below + above + bins.stream().mapToLong(b -> b).sum();
        return total == 0 ? 0 : (double) (below + above) / total;
    }
}

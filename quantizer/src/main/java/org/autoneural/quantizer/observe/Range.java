package org.autoneural.quantizer.observe;

/**
 * The real values that a tensor takes.
 *
 * @param min smallest value, finite
 * @param max largest value, finite, at least {@code min}
 */
public record Range(double min, double max) {
    public Range {
        if (!(min <= max) || Double.isInfinite(min) || Double.isInfinite(max)) {
            throw new IllegalArgumentException("a range from " + min + " to " + max + " (allowed: finite, min at most max)");
        }
    }

    /** Largest magnitude. */
    public double absMax() {
        return Math.max(Math.abs(min), Math.abs(max));
    }
}

package org.autoneural.ir.math;

/**
 * Mean of integers, halves away from zero: {@code (sum + n/2) / n} for a positive sum, {@code (sum - n/2) / n} otherwise, with
 * {@code n/2} the floor and a division that drops the fraction.
 *
 * <p>Source: TFLite reference kernel of the 8- and 16-bit average pool; CMSIS-NN. See {@code docs/integer-semantics.md}, section 13.
 */
public final class IntMean {
    private IntMean() {
    }

    /** @param count n, 1 or more */
    public static int of(long sum, int count, int min, int max) {
        long half = count / 2;
        return Rescale.clamp(sum > 0 ? (sum + half) / count : (sum - half) / count, min, max);
    }
}

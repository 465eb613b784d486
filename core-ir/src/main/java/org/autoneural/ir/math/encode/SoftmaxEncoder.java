package org.autoneural.ir.math.encode;

/** The factor of {@link org.autoneural.ir.math.IntSoftmax}. */
public final class SoftmaxEncoder {
    private static final double LOG2_E = 1.4426950408889634;

    private SoftmaxEncoder() {
    }

    /**
     * From steps of the score to the exponent in Q16: {@code scale * log2(e) * 2^16}.
     *
     * @param scoreScale scale of the scores, with any 1/sqrt(d) that is not yet in them multiplied in
     */
    public static Multiplier encode(double scoreScale) {
        return MultiplierEncoder.encode(scoreScale * LOG2_E * 65536);
    }
}

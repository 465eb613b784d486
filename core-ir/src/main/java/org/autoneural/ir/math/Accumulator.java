package org.autoneural.ir.math;

/**
 * The register in which a sum of products ends. The exact sum is formed first; {@link #narrow} says what the register keeps.
 * For {@link #I32_WRAP} this equals wrapping at every step; {@link #I32_SAT} saturates once, at the end.
 */
public enum Accumulator {
    /** 32 bits, modulo 2^32. */
    I32_WRAP(32),
    /** 32 bits, clamped to [-2^31, 2^31 - 1]. */
    I32_SAT(32),
    /** 48 bits; a sum outside [-2^47, 2^47 - 1] is an error (the lowering proves that it cannot happen). */
    I48(48),
    /** 64 bits. */
    I64(64);

    private final int bits;

    Accumulator(int bits) {
        this.bits = bits;
    }

    /** Width of the register, in bits. */
    public int bits() {
        return bits;
    }

    /**
     * What the register holds after the exact sum.
     *
     * @throws ArithmeticException for {@link #I48} when the sum needs more than 48 bits
     */
    public long narrow(long exactSum) {
        return switch (this) {
            case I32_WRAP -> (int) exactSum;
            case I32_SAT -> Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, exactSum));
            case I48 -> {
                if (exactSum != exactSum << 16 >> 16) {
                    throw new ArithmeticException("the sum " + exactSum + " does not fit an accumulator of 48 bits (allowed: "
                            + -(1L << 47) + " to " + ((1L << 47) - 1) + "); declare I64, or narrow the operands");
                }
                yield exactSum;
            }
            case I64 -> exactSum;
        };
    }
}

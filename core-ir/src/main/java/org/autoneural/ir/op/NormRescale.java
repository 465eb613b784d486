package org.autoneural.ir.op;

/**
 * Integers of a normalisation (docs/integer-semantics.md): {@code epsilon} is added to the sum of squares of the integers,
 * {@code multiplier * 2^-shift} carries the scales of gain and result.
 */
public record NormRescale(long epsilon, int multiplier, int shift, int zeroIn, int zeroOut, int min, int max) {
    /** Keeps the sum of squares plus epsilon within what {@code ir.math.Rsqrt} takes. */
    private static final long MAX_EPSILON = 1L << 61;

    /** What {@link Op#verify} asks of every norm. */
    void verify(NodeCheck check) {
        Verify.zeroOfOperand(check, 0, zeroIn);
        Verify.result(check, zeroOut, min, max);
        Verify.factor(check, "", multiplier, shift, 1);
        Verify.number(check, epsilon >= 0 && epsilon <= MAX_EPSILON, "epsilon " + epsilon, "0..2^61");
    }
}

package org.autoneural.ir.op;

import org.autoneural.ir.math.IntAdd;

/**
 * Rescale of a sum of two tensors with one rounding (half up) after the exact sum:
 * {@code y = clamp(zeroOut + ((a - zeroA) * multiplierA + (b - zeroB) * multiplierB + 2^(shift-1)) >> shift, min, max)}.
 */
public record PairRescale(int multiplierA, int multiplierB, int shift, int zeroA, int zeroB, int zeroOut, int min, int max) {
    /** One element of the result from one of each operand. */
    int apply(int a, int b) {
        return IntAdd.element(a - zeroA, b - zeroB, multiplierA, multiplierB, shift, zeroOut, min, max);
    }

    /** What {@link Op#verify} asks of an op with this form. */
    void verify(NodeCheck check) {
        Verify.zeroOfOperand(check, 0, zeroA);
        Verify.zeroOfOperand(check, 1, zeroB);
        Verify.result(check, zeroOut, min, max);
        // A negative second multiplier subtracts.
        Verify.factor(check, "", multiplierA, shift, 1);
    }
}

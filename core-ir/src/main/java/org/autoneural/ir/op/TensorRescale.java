package org.autoneural.ir.op;

import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;

/**
 * One rescale for a whole tensor: {@code y = clamp(zeroOut + round((v - zeroIn) * multiplier * 2^-shift), min, max)}, where
 * {@code v} is what the op computes from its operand.
 */
public record TensorRescale(int multiplier, int shift, Rounding rounding, int zeroIn, int zeroOut, int min, int max) {
    /** From {@code v - zeroIn}, exact, to the result's integer. */
    int apply(long v) {
        return Rescale.requantize(v, multiplier, shift, rounding, zeroOut, min, max);
    }

    /** What {@link Op#verify} asks of every op with this form. */
    void verify(NodeCheck check) {
        Verify.zeroOfOperand(check, 0, zeroIn);
        Verify.result(check, zeroOut, min, max);
        Verify.factor(check, "", multiplier, shift, 0);
    }
}

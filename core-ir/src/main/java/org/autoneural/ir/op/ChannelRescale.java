package org.autoneural.ir.op;

import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;

/**
 * How a sum of products becomes an output integer when multiplier and shift are given per output channel as operands:
 * {@code y = clamp(zeroOut + round(acc * multiplier[c] * 2^-shift[c]), min, max)}.
 *
 * @param accumulator width of the sum; the verifier proves from the weights that it cannot overflow (or that wrapping is meant)
 * @param rounding    rounding of the rescale
 * @param zeroIn      zero point of the activation operand
 * @param zeroOut     zero point of the result
 * @param min         smallest result
 * @param max         largest result
 */
public record ChannelRescale(Accumulator accumulator, Rounding rounding, int zeroIn, int zeroOut, int min, int max) {
    /** From the exact sum of one output to its integer, with the multiplier and shift of its channel. */
    int apply(long exactSum, int multiplier, int shift) {
        return Rescale.requantize(accumulator.narrow(exactSum), multiplier, shift, rounding, zeroOut, min, max);
    }

    /** What {@link Op#verify} asks of every op with this form, but for the accumulator. */
    void verify(NodeCheck check, int x, int multiplierOperand, int channels) {
        Verify.zeroOfOperand(check, x, zeroIn);
        Verify.result(check, zeroOut, min, max);
        Verify.channels(check, multiplierOperand, channels);
        Verify.rounding(check, rounding, accumulator);
    }
}

package org.autoneural.ir.op;

import org.autoneural.ir.math.Accumulator;
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
public record ChannelRescale(Accumulator accumulator, Rounding rounding, int zeroIn, int zeroOut, int min, int max) {}

package org.autoneural.ir.op;

import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;

/**
 * Rescale of (sums of) products of two activations:
 * {@code y = clamp(zeroOut + round(acc * multiplier * 2^-shift), min, max)} with {@code acc = sum (a - zeroA) * (b - zeroB)}.
 */
public record ProductRescale(Accumulator accumulator, int multiplier, int shift, Rounding rounding, int zeroA, int zeroB,
        int zeroOut, int min, int max) {
    /** From the exact sum of one output to its integer. */
    int apply(long exactSum) {
        return Rescale.requantize(accumulator.narrow(exactSum), multiplier, shift, rounding, zeroOut, min, max);
    }

    /** What {@link Op#verify} asks of every op with this form, whose results are sums of {@code count} products. */
    void verify(NodeCheck check, long count) {
        Verify.zeroOfOperand(check, 0, zeroA);
        Verify.zeroOfOperand(check, 1, zeroB);
        Verify.result(check, zeroOut, min, max);
        Verify.factor(check, "", multiplier, shift, 0);
        Verify.rounding(check, rounding, accumulator);
        Verify.accumulator(check, accumulator,
                AccumulatorProof.ofProducts(check.in(0).dtype(), zeroA, check.in(1).dtype(), zeroB, count));
    }
}

package org.autoneural.sim.conformance;

import java.util.Arrays;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.AccumulatorProof;
import org.autoneural.ir.op.ChannelRescale;

/**
 * How the suites bring a sum with constant weights to its output type. The width of the bias decides: with 32 bits the
 * 31-bit multiplier and two roundings, with 64 bits the 15-bit multiplier and one.
 *
 * @param wideBias   whether the bias has 64 bits
 * @param bias       one for each output channel
 * @param multiplier 31-bit multipliers, one for each output channel
 * @param shift      right shifts of the 31-bit multipliers, one for each output channel
 */
record SumRule(boolean wideBias, long[] bias, int[] multiplier, int[] shift) {
    Rounding rounding() {
        return wideBias ? Rounding.SINGLE : Rounding.DOUBLE;
    }

    /** An accumulator for weights {@code w} that the verifier accepts: saturation that nothing reaches is the exact sum. */
    private Accumulator accumulator(DType x, int zeroIn, Tensor w) {
        if (wideBias) {
            return Accumulator.I64;
        }
        boolean proven = AccumulatorProof.of(x, zeroIn, w, java.util.Optional.of(Tensor.ofLongs(Shape.of(bias.length), bias)))
                .fits(Accumulator.I32_WRAP);
        return proven ? Accumulator.I32_WRAP : Accumulator.I32_SAT;
    }

    ChannelRescale form(DType x, int zeroIn, DType weightType, int channels, long[] weights, int zeroOut, int min, int max) {
        Tensor w = Tensor.zeros(weightType, Shape.of(channels, weights.length / channels));
        for (int i = 0; i < weights.length; i++) {
            w.setLong(i, weights[i]);
        }
        return new ChannelRescale(accumulator(x, zeroIn, w), rounding(), zeroIn, zeroOut, min, max);
    }

    /** Constants bias, multiplier and shift, in the order of the operands. */
    String[] operands(CaseGraph g) {
        int[] m = multiplier;
        int[] n = shift;
        if (wideBias) {
            m = Arrays.stream(multiplier).map(SumRule::to15Bits).toArray();
            n = Arrays.stream(shift).map(s -> s - 16).toArray();
        }
        return new String[] {g.constant(wideBias ? DType.S64 : DType.S32, Shape.of(bias.length), bias), g.constant(DType.S32, m),
                g.constant(DType.S8, n)};
    }

    /** The 15-bit form of a 31-bit multiplier: rounded, at most 32767. */
    static int to15Bits(int multiplier) {
        return (int) Math.min(Short.MAX_VALUE, ((long) multiplier + (1 << 15)) >> 16);
    }
}

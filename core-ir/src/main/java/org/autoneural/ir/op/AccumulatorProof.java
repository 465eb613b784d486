package org.autoneural.ir.op;

import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;
import org.autoneural.ir.DType;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.math.Accumulator;

/**
 * How wide an accumulator must be so that a sum of products cannot leave it, whatever the activations are. For constant
 * weights the bound is {@code max|x - zero| * sum|w[o]| + |bias[o]|}, from the actual weights of each output channel: far
 * tighter than from their type and count (integer-semantics, A3). Padding contributes zero and is within the bound.
 *
 * @param channel output channel that needs most; 0 for products of two activations
 * @param bound   greatest absolute value of its sum, partial sums included
 * @param bits    bits of a signed register that holds every value of {@code -bound..bound}
 */
public record AccumulatorProof(int channel, BigInteger bound, int bits) {
    private static AccumulatorProof of(int channel, BigInteger bound) {
        return new AccumulatorProof(channel, bound, bound.bitLength() + 1);
    }

    /**
     * For weights w: [O, ...] with one sum for each index of the outermost axis, known by {@link TensorData#rowMagnitudes}.
     *
     * @param input  type of the activation
     * @param zeroIn zero point of the activation
     * @param bias   [O], added to the sum
     */
    public static AccumulatorProof of(DType input, int zeroIn, TensorData w, Optional<? extends TensorData> bias) {
        BigInteger greatest = BigInteger.valueOf(magnitude(input, zeroIn));
        AccumulatorProof worst = of(0, BigInteger.ZERO);
        long[] l1 = w.rowMagnitudes();
        for (int o = 0; o < l1.length; o++) {
            int channel = o;
            BigInteger offset = bias.map(b -> BigInteger.valueOf(b.getLong(channel)).abs()).orElse(BigInteger.ZERO);
            BigInteger bound = greatest.multiply(BigInteger.valueOf(l1[o])).add(offset);
            if (bound.compareTo(worst.bound) > 0) {
                worst = of(o, bound);
            }
        }
        return worst;
    }

    /** For any weights of type {@code w}, {@code taps} of them in a sum: from their types alone, nothing is read but the bias. */
    public static AccumulatorProof ofTypes(DType input, int zeroIn, DType w, long taps, TensorData bias) {
        long greatest = 0;
        for (long o = 0; o < bias.elements(); o++) {
            greatest = Math.max(greatest, Math.abs(bias.getLong(o)));
        }
        return of(0, BigInteger.valueOf(magnitude(input, zeroIn)).multiply(BigInteger.valueOf(magnitude(w, 0)))
                .multiply(BigInteger.valueOf(taps)).add(BigInteger.valueOf(greatest)));
    }

    /** For a sum of {@code count} products of two activations: from their types alone. */
    public static AccumulatorProof ofProducts(DType a, int zeroA, DType b, int zeroB, long count) {
        return of(0, BigInteger.valueOf(magnitude(a, zeroA)).multiply(BigInteger.valueOf(magnitude(b, zeroB)))
                .multiply(BigInteger.valueOf(count)));
    }

    /** Greatest {@code |x - zero|} over the type's values. */
    private static long magnitude(DType type, int zero) {
        return Math.max(type.max() - zero, zero - type.min());
    }

    /** Whether {@code accumulator} gives the exact sum; {@code i32_sat} does what it says with any sum, so it always fits. */
    public boolean fits(Accumulator accumulator) {
        return accumulator == Accumulator.I32_SAT || bits <= accumulator.bits();
    }

    /** The narrowest accumulator that gives the exact sum: i32_wrap, i48, i64. */
    public Optional<Accumulator> narrowest() {
        return Stream.of(Accumulator.I32_WRAP, Accumulator.I48, Accumulator.I64).filter(this::fits).findFirst();
    }
}

package org.autoneural.ir.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.OracleRow;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.ChannelMultipliers;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.junit.jupiter.api.Test;

/**
 * The gated short convolution, {@code y = C * conv(B * x)} with carried state, from integers to integers, against the real
 * chain on the same operands, exact (all scales are binary fractions, so BigDecimal holds every product and sum).
 */
public class GatedConvolutionOracleTest {
    private static final int T = 40, D = 24, L = 3;
    private static final double S_B = 3.3 / 32767, S_X = 0.9 / 32767, S_C = 2.1 / 32767;
    /** No product B * x leaves s16 at this scale, no sum over the taps at the next, no product with C at the last. */
    private static final double S_V = 32767 * S_B * S_X, S_Z = S_V * 3 * 127 * 0.011, S_Y = 32767 * S_C * S_Z;

    @Test
    void isWithinItsBoundOfTheExactChain() {
        System.out.println("[measured] gated convolution: " + measure().worst() + " of its bound");
    }

    public static OracleRow measure() {
        double worst = 0;
        long cases = 0;
        for (long seed = 81; seed < 89; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            boolean extreme = seed % 2 == 0;
            Tensor b = values(random, T, extreme), x = values(random, T, extreme), c = values(random, T, extreme);
            Tensor w = Tensor.ofInts(DType.S8, Shape.of(D, L), random.ints(D * L, -127, 128).map(v -> extreme ? v < 0 ? -127 : 127 : v).toArray());
            double[] wScale = random.doubles(D, 1e-4, 0.011).toArray();
            Tensor y = run(b, x, c, w, wScale, T);
            // However the tokens are cut into chunks, and whatever padding follows them: the same integers.
            for (int chunk : new int[] {1, 7, 16}) {
                assertThat(run(b, x, c, w, wScale, chunk)).as("seed %d, chunks of %d", seed, chunk).isEqualTo(y);
            }
            for (int t = 0; t < T; t++) {
                for (int d = 0; d < D; d++) {
                    BigDecimal z = BigDecimal.ZERO;
                    double taps = 0;
                    for (int j = 0; j < L; j++) {
                        int row = t - (L - 1) + j;
                        if (row >= 0) {
                            BigDecimal v = exact(b, row, d).multiply(exact(x, row, d)).multiply(new BigDecimal(S_B)).multiply(new BigDecimal(S_X));
                            z = z.add(v.multiply(exact(w, d, j)).multiply(new BigDecimal(wScale[d])));
                            taps += Math.abs(w.getLong(d * L + j)) * wScale[d];
                        }
                    }
                    BigDecimal real = z.multiply(exact(c, t, d)).multiply(new BigDecimal(S_C));
                    double error = real.subtract(new BigDecimal(y.getLong(t * D + d)).multiply(new BigDecimal(S_Y))).abs().doubleValue() / S_Y;
                    // Half a step each of v through the taps, of z through C, and of y; 2^-31 relative for each of three multipliers.
                    double gain = Math.abs(c.getLong(t * D + d)) * S_C / S_Y;
                    double bound = 0.5 + gain * (S_Z / 2 + taps * S_V / 2) + 32767 * 3 * 0x1p-31;
                    worst = Math.max(worst, error / bound);
                    cases++;
                    if (error > bound) {
                        throw new AssertionError("seed " + seed + ", token " + t + ", channel " + d + ": error " + error + ", bound " + bound);
                    }
                }
            }
        }
        return new OracleRow("gated convolution with state, 40 tokens in chunks of 1, 7, 16, 40, seeds 81 to 88", cases,
                "of the bound at causal_conv1d", 1, worst);
    }

    private static BigDecimal exact(Tensor tensor, int row, int column) {
        return new BigDecimal(tensor.getLong((long) row * tensor.shape().dim(1) + column));
    }

    private static Tensor values(SplittableRandom random, int rows, boolean extreme) {
        return Tensor.ofInts(DType.S16, Shape.of(rows, D), random.ints((long) rows * D, -32767, 32768)
                .map(v -> extreme ? v < 0 ? -32767 : 32767 : v).toArray());
    }

    /** y: [T, D], computed in chunks that are padded with junk to their size. */
    private static Tensor run(Tensor b, Tensor x, Tensor c, Tensor w, double[] wScale, int chunk) {
        double[] ratios = new double[D];
        for (int d = 0; d < D; d++) {
            ratios[d] = S_V * wScale[d] / S_Z;
        }
        ChannelMultipliers m = MultiplierEncoder.encodeChannels(ratios);
        Tensor multiplier = Tensor.ofInts(DType.S32, Shape.of(D), m.multiplier()), shift = Tensor.ofInts(DType.S8, Shape.of(D), m.shift());
        Op conv = new CausalConv1d(Optional.of(new ChannelRescale(Accumulator.I32_WRAP, Rounding.SINGLE, 0, 0, -32767, 32767)));
        Tensor state = Tensor.zeros(DType.S16, Shape.of(L - 1, D)), bias = Tensor.zeros(DType.S32, Shape.of(D));
        Tensor y = Tensor.zeros(DType.S16, Shape.of(T, D));
        for (int from = 0; from < T; from += chunk) {
            int valid = Math.min(chunk, T - from);
            Tensor v = OpRun.integer(mul(S_B * S_X / S_V), DType.S16, rows(b, from, chunk), rows(x, from, chunk));
            List<Tensor> z = OpRun.integers(conv, List.of(DType.S16, DType.S16), v, state, Tensor.index(valid), w, bias, multiplier, shift);
            state = z.get(1);
            y.copyRange(from * D, OpRun.integer(mul(S_C * S_Z / S_Y), DType.S16, rows(c, from, chunk), z.get(0)), 0, valid * D);
        }
        return y;
    }

    private static Op mul(double ratio) {
        Multiplier m = MultiplierEncoder.encode(ratio);
        return new Mul(Optional.of(new ProductRescale(Accumulator.I32_WRAP, m.multiplier(), m.shift(), Rounding.SINGLE, 0, 0, 0, -32767, 32767)));
    }

    /** Rows from .. from+count-1; those beyond the end hold junk. */
    private static Tensor rows(Tensor all, int from, int count) {
        Tensor rows = Tensor.zeros(DType.S16, Shape.of(count, D));
        int there = Math.min(count, all.shape().dim(0) - from) * D;
        rows.copyRange(0, all, from * D, there);
        for (int i = there; i < count * D; i++) {
            rows.setLong(i, 12345);
        }
        return rows;
    }
}

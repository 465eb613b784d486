package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.OracleRow;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.math.encode.SoftmaxEncoder;
import org.junit.jupiter.api.Test;

/**
 * Attention with s16 queries and s8 keys and values, {@code matmul, softmax, matmul}, against the real attention on the same
 * operands in double precision: its sums of 4096 terms are good to 2^-40, a millionth of the least bound here.
 */
public class AttentionOracleTest {
    private static final int H = 2, D = 32, CONTEXT = 4096;
    private static final double S_Q = 8.0 / 32767, S_K = 6.0 / 127, S_V = 3.0 / 127;
    private static final double S_S = 24.0 / 32767, S_P = 0x1p-15, S_O = 3.0 / 32767;
    /** |score| at most 24: queries are scaled so that none saturates. */
    private static final double MOST_SCORE = 24;

    @Test
    void isWithinItsBoundOfTheRealAttention() {
        measure().forEach(row -> System.out.println("[measured] " + row.function() + ": " + row.worst() + " steps, bound " + row.bound()));
    }

    public static List<OracleRow> measure() {
        return List.of(measure(1), measure(16), measure(300), measure(3855), measure(CONTEXT));
    }

    /**
     * In output steps: half a step; scores off by half a step of S_S each, so probabilities by a factor within e^(±S_S); each
     * probability off by at most 0.68 steps of 2^-15 (section 5); values of at most 128 steps of S_V.
     */
    private static double bound(int live) {
        double largest = 128 * S_V / S_O;
        return 0.5 + largest * (StrictMath.expm1(S_S * (1 + 0x1p-12)) + live * 0.68 * S_P) + 0x1p-8;
    }

    private static OracleRow measure(int live) {
        double worst = 0;
        long cases = 0;
        long seed = 90 + live;
        SplittableRandom random = new SplittableRandom(seed);
        for (int kind = 0; kind < 6; kind++) {
            int of = kind;
            // Keys and values beyond the live ones hold the greatest numbers: reading one would show.
            Tensor k = Tensor.ofInts(DType.S8, Shape.of(1, CONTEXT, D), random.ints(CONTEXT * D, -127, 128).toArray());
            Tensor v = Tensor.ofInts(DType.S8, Shape.of(1, CONTEXT, D), random.ints(CONTEXT * D, -128, 128).toArray());
            for (int i = 0; i < CONTEXT * D; i++) {
                if (i >= live * D) {
                    k.setLong(i, 127);
                    v.setLong(i, 127);
                } else if (of == 0) {
                    k.setLong(i, 1);
                } else if (of == 1) {
                    v.setLong(i, 100);
                } else if (of == 2) {
                    v.setLong(i, i % 2 == 0 ? 100 : -100);
                } else if (of == 3) {
                    // All keys alike, all values alike: roundings of the probabilities add up, and room is left for it to show.
                    k.setLong(i, 1);
                    v.setLong(i, 100);
                }
            }
            int range = of == 4 ? 300 : (int) (MOST_SCORE / (D * 127 * S_K * S_Q));
            Tensor q = Tensor.ofInts(DType.S16, Shape.of(H, 1, D), random.ints(H * D, -range, range + 1).toArray());
            Tensor out = run(q, k, v, live);
            for (int h = 0; h < H; h++) {
                double[] exact = real(q, k, v, h, live);
                for (int d = 0; d < D; d++) {
                    double error = Math.abs(out.getLong(h * D + d) - Math.max(-32767, Math.min(32767, exact[d] / S_O)));
                    worst = Math.max(worst, error);
                    cases++;
                    if (error > bound(live)) {
                        throw new AssertionError("seed " + seed + ", kind " + kind + ", head " + h + ", value " + d + ": "
                                + out.getLong(h * D + d) + ", exact " + exact[d] / S_O + ", bound " + bound(live));
                    }
                }
            }
        }
        return new OracleRow("attention, 8-bit keys and values, " + live + " live of 4096 keys, seed " + seed, cases, "steps of s16",
                bound(live), worst);
    }

    private static double[] real(Tensor q, Tensor k, Tensor v, int h, int live) {
        double[] e = new double[live], out = new double[D];
        double max = Double.NEGATIVE_INFINITY, sum = 0;
        for (int i = 0; i < live; i++) {
            long dot = 0;
            for (int d = 0; d < D; d++) {
                dot += q.getLong(h * D + d) * k.getLong(i * D + d);
            }
            e[i] = dot * S_Q * S_K;
            max = Math.max(max, e[i]);
        }
        for (int i = 0; i < live; i++) {
            e[i] = StrictMath.exp(e[i] - max);
            sum += e[i];
        }
        for (int i = 0; i < live; i++) {
            for (int d = 0; d < D; d++) {
                out[d] += e[i] / sum * v.getLong(i * D + d) * S_V;
            }
        }
        return out;
    }

    private static Tensor run(Tensor q, Tensor k, Tensor v, int live) {
        Tensor pos = Tensor.index(live - 1);
        Tensor scores = OpRun.integer(new MatMul(true, true, Optional.of(rescale(S_Q * S_K / S_S))), DType.S16, q, k, pos);
        Multiplier m = SoftmaxEncoder.encode(S_S);
        Tensor p = OpRun.integer(new Softmax(true, Optional.of(new TensorRescale(m.multiplier(), m.shift(), Rounding.SINGLE, 0, 0, 0, 32767))),
                DType.S16, scores, pos);
        return OpRun.integer(new MatMul(false, true, Optional.of(rescale(S_P * S_V / S_O))), DType.S16, p, v, pos);
    }

    private static ProductRescale rescale(double ratio) {
        Multiplier m = MultiplierEncoder.encode(ratio);
        return new ProductRescale(Accumulator.I48, m.multiplier(), m.shift(), Rounding.SINGLE, 0, 0, 0, -32767, 32767);
    }
}

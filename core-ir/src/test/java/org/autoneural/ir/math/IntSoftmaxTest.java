package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.SoftmaxEncoder;
import org.junit.jupiter.api.Test;

class IntSoftmaxTest {
    /** Half a step of rounding, 0.11 for the Q16 exponent and the table, 0.07 for the steps of 2^-30 of 4096 keys. */
    private static final double BOUND_STEPS = 0.68;

    private static final double BOUND_STEPS_8 = 0.51;

    private double worst16;
    private double worst8;
    private long cases;

    @Test
    void isWithinItsBoundOfTheRealSoftmax() {
        measure();
        System.out.println("[measured] softmax: " + worst16 + " steps of 2^-15, " + worst8 + " steps of 2^-8");
    }

    /** 1 to 4096 live keys and five masked ones, which hold the greatest score. */
    List<OracleRow> measure() {
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        for (int live : new int[] {1, 2, 3, 7, 16, 64, 200, 1000, 4096}) {
            for (double scale : new double[] {1e-5, 1.0 / 4096, 1.0 / 1500, 0.02, 0.7}) {
                for (int kind = 0; kind < 8; kind++) {
                    compare(scores(random, live, kind), live, scale, "seed " + seed + ", live " + live + ", scale " + scale
                            + ", kind " + kind);
                }
            }
        }
        return List.of(new OracleRow("softmax to s16, 1 to 4096 live keys, masks, seed " + seed, cases, "steps of 2^-15", BOUND_STEPS, worst16),
                new OracleRow("softmax to s8, 1 to 4096 live keys, masks, seed " + seed, cases, "steps of 2^-8", BOUND_STEPS_8, worst8));
    }

    private static short[] scores(SplittableRandom random, int live, int kind) {
        short[] x = new short[live + 5];
        for (int i = 0; i < live; i++) {
            x[i] = (short) switch (kind) {
                case 0 -> -32767;
                case 1 -> 32767;
                case 2 -> i == live / 2 ? 32767 : -32767;
                case 3 -> i % 2 == 0 ? 32767 : -32767;
                case 4 -> i % 2 == 0 ? 100 : 101;
                case 5 -> random.nextInt(-32767, 32768);
                case 6 -> random.nextInt(-400, 400);
                default -> 32767 - Math.min(65534, i * 37);
            };
        }
        return x;
    }

    private void compare(short[] x, int live, double scale, String what) {
        int length = x.length;
        Multiplier m = SoftmaxEncoder.encode(scale);
        double max = -1e9;
        for (int i = 0; i < live; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        double[] p = new double[live];
        for (int i = 0; i < live; i++) {
            p[i] = StrictMath.exp((x[i] - max) * scale);
            sum += p[i];
        }
        // Masked keys hold the greatest score: reading one would show.
        Arrays.fill(x, live, length, Short.MAX_VALUE);
        short[] y = new short[length + 2];
        byte[] y8 = new byte[length + 2];
        int[] scratch = new int[live + 3];
        IntSoftmax.row(x, 0, live, length, m.multiplier(), m.shift(), scratch, 3, y, 2);
        IntSoftmax.row(x, 0, live, length, m.multiplier(), m.shift(), scratch, 3, y8, 2);
        for (int i = 0; i < live; i++) {
            double error = Math.abs(y[i + 2] - Math.min(32767, p[i] / sum * 32768));
            double error8 = Math.abs(y8[i + 2] + 128 - Math.min(255, p[i] / sum * 256));
            worst16 = Math.max(worst16, error);
            worst8 = Math.max(worst8, error8);
            if (error > BOUND_STEPS || error8 > BOUND_STEPS_8) {
                throw new AssertionError(what + ", key " + i + ": " + y[i + 2] + " and " + y8[i + 2] + ", exact " + p[i] / sum);
            }
        }
        cases += live;
        for (int i = live; i < length; i++) {
            assertThat(y[i + 2]).isZero();
            assertThat(y8[i + 2]).isEqualTo((byte) -128);
        }
    }

    @Test
    void eightBitScoresGiveTheSameAsTheirSixteenBitCopies() {
        long seed = 12;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] x = new byte[100];
        short[] wide = new short[100];
        for (int i = 0; i < x.length; i++) {
            x[i] = (byte) random.nextInt();
            wide[i] = x[i];
        }
        Multiplier m = SoftmaxEncoder.encode(0.05);
        byte[] y = new byte[100];
        byte[] expected = new byte[100];
        IntSoftmax.row(x, 0, 90, 100, m.multiplier(), m.shift(), new int[90], 0, y, 0);
        IntSoftmax.row(wide, 0, 90, 100, m.multiplier(), m.shift(), new int[90], 0, expected, 0);
        assertThat(y).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void oneLiveKeyTakesAll() {
        short[] y = new short[4];
        IntSoftmax.row(new short[] {-32767, 5, 5, 5}, 0, 1, 4, 1 << 30, 31, new int[1], 0, y, 0);
        assertThat(y).containsExactly(32767, 0, 0, 0);
    }

    @Test
    void inPlaceEqualsOutOfPlace() {
        short[] x = {5, 900, -300, 7, 8};
        short[] y = new short[5];
        IntSoftmax.row(x, 0, 4, 5, 1 << 30, 24, new int[4], 0, y, 0);
        IntSoftmax.row(x, 0, 4, 5, 1 << 30, 24, new int[4], 0, x, 0);
        assertThat(x).isEqualTo(y);
    }

    @Test
    void refusesARowWithoutLiveKeys() {
        assertThatThrownBy(() -> IntSoftmax.row(new short[3], 0, 0, 3, 1 << 30, 20, new int[3], 0, new short[3], 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0 live keys");
        assertThatThrownBy(() -> IntSoftmax.row(new short[3], 0, 1, 3, 1 << 30, 63, new int[3], 0, new short[3], 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2^-63");
    }
}

package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.math.encode.TfliteSoftmaxTables;
import org.junit.jupiter.api.Test;

/** The variants for models made by TFLite: against their steps written out, and against real numbers. */
class TfliteVariantsTest {
    /** Rounded doubled high half, then a division by a power of two with halves away from zero. */
    private static BigInteger twoSteps(BigInteger x, int multiplier, int shift) {
        BigInteger high = x.multiply(BigInteger.valueOf(multiplier)).add(BigInteger.ONE.shiftLeft(30)).shiftRight(31);
        return new BigDecimal(high).divide(new BigDecimal(BigInteger.ONE.shiftLeft(shift - 31)), 0, RoundingMode.HALF_UP).toBigInteger();
    }

    @Test
    void stagedAddEqualsItsStepsWrittenOut() {
        long seed = 61;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 100_000; i++) {
            int left = random.nextBoolean() ? 20 : 15;
            int bound = left == 20 ? 255 : 32767;
            int a = i % 5 == 0 ? bound : random.nextInt(-bound, bound + 1);
            int b = i % 7 == 0 ? -bound : random.nextInt(-bound, bound + 1);
            int mA = random.nextInt(1 << 30, Integer.MAX_VALUE), mB = random.nextInt(1 << 30, Integer.MAX_VALUE);
            int mY = random.nextInt(1 << 30, Integer.MAX_VALUE);
            int nA = random.nextInt(32, 40), nB = random.nextInt(32, 40), nY = random.nextInt(40, 55), zero = random.nextInt(-128, 128);
            BigInteger sum = twoSteps(BigInteger.valueOf((long) a << left), mA, nA).add(twoSteps(BigInteger.valueOf((long) b << left), mB, nB));
            int wanted = Math.max(-32767, Math.min(32767, twoSteps(sum, mY, nY).intValueExact() + zero));
            int got = IntStagedAdd.result(IntStagedAdd.scaled(a, left, mA, nA), IntStagedAdd.scaled(b, left, mB, nB), mY, nY, zero, -32767, 32767);
            assertThat(got).as("seed %d, round %d", seed, i).isEqualTo(wanted);
        }
    }

    @Test
    void stagedAddRefusesWhatDoesNotFit() {
        assertThatThrownBy(() -> IntStagedAdd.scaled(65535, 20, 1 << 30, 31)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> IntStagedAdd.scaled(255, 20, Integer.MAX_VALUE, 0)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void meanRoundsHalvesAwayFromZero() {
        for (int count = 1; count <= 40; count++) {
            for (int sum = -200; sum <= 200; sum++) {
                int wanted = BigDecimal.valueOf(sum).divide(BigDecimal.valueOf(count), 0, RoundingMode.HALF_UP).intValueExact();
                assertThat(IntMean.of(sum, count, -128, 127)).as("%d / %d", sum, count).isEqualTo(Math.max(-128, Math.min(127, wanted)));
            }
        }
    }

    @Test
    void exponentialOfFixedPoint() {
        double worst = 0;
        for (long x = 0; x >= Integer.MIN_VALUE; x -= 997) {
            worst = Math.max(worst, Math.abs(TfliteSoftmax.exp((int) x) * 0x1p-31 - StrictMath.exp(x * 0x1p-26)));
        }
        System.out.println("[measured] TFLite exp, Q31: error " + worst);
        assertThat(worst).isLessThan(5e-7);
    }

    @Test
    void reciprocalOfFixedPoint() {
        double worst = 0;
        for (long x = 0; x <= Integer.MAX_VALUE; x += 4099) {
            worst = Math.max(worst, Math.abs(TfliteSoftmax.reciprocal((int) x) * 0x1p-31 - 1 / (1 + x * 0x1p-31)));
        }
        System.out.println("[measured] TFLite reciprocal, Q31: error " + worst);
        assertThat(worst).isLessThan(3e-8);
    }

    /** e^(s * (x - max)) over the row, divided by their sum. */
    private static double[] real(int[] x, double scale) {
        int max = Arrays.stream(x).max().orElseThrow();
        double[] e = Arrays.stream(x).mapToDouble(v -> StrictMath.exp(scale * (v - max))).toArray();
        double sum = Arrays.stream(e).sum();
        return Arrays.stream(e).map(v -> v / sum).toArray();
    }

    @Test
    void softmaxOf8BitScores() {
        long seed = 62;
        SplittableRandom random = new SplittableRandom(seed);
        double[] worst = new double[2];
        for (int round = 0; round < 2000; round++) {
            double scale = StrictMath.pow(2, random.nextDouble(-6, 0));
            Multiplier m = MultiplierEncoder.encode(scale * (1 << 26));
            int left = 31 - m.shift();
            int diffMin = -(int) Math.floor(31.0 * (1 << 26) / (1L << left));
            int n = 1 + random.nextInt(round % 10 == 0 ? 2000 : 40);
            int[] x = random.ints(n, -128, 128).toArray();
            double[] wanted = real(x, scale);
            for (int wide = 0; wide < 2; wide++) {
                int bits = wide == 0 ? 8 : 16, min = -1 << (bits - 1), max = -min - 1;
                int[] y = new int[n];
                TfliteSoftmax.row8(x, 0, n, m.multiplier(), left, diffMin, bits, min, max, y, 0);
                for (int i = 0; i < n; i++) {
                    double steps = Math.min(wanted[i] * (1 << bits), (1 << bits) - 1);
                    worst[wide] = Math.max(worst[wide], Math.abs(y[i] - min - steps));
                }
            }
        }
        System.out.println("[measured] TFLite softmax of 8 bits, steps of the result: s8 " + worst[0] + ", s16 " + worst[1]);
        assertThat(worst[0]).as("seed %d", seed).isLessThan(0.6);
        assertThat(worst[1]).as("seed %d", seed).isLessThan(MOST_OF_8_TO_16);
    }

    private static final double MOST_OF_8_TO_16 = 0.9;
    private static final double MOST_OF_16 = 3;

    @Test
    void softmaxOf16BitScores() {
        long seed = 63;
        SplittableRandom random = new SplittableRandom(seed);
        double worst = 0;
        for (int round = 0; round < 2000; round++) {
            // Rows within the table's range of 10: beyond it, keys do not reach zero.
            double scale = StrictMath.pow(2, random.nextDouble(-16, -13));
            Multiplier m = MultiplierEncoder.encode(scale * 65535 / 10);
            int n = 1 + random.nextInt(40);
            int reach = (int) Math.min(32767, 4.9 / scale);
            int[] x = random.ints(n, -reach, reach + 1).toArray();
            double[] wanted = real(x, scale);
            int[] y = new int[n];
            TfliteSoftmax.row16(x, 0, n, m.multiplier(), m.shift(), TfliteSoftmaxTables.exponential(), TfliteSoftmaxTables.reciprocal(), y, 0);
            for (int i = 0; i < n; i++) {
                worst = Math.max(worst, Math.abs(y[i] - Math.min(32767, wanted[i] * 32768)));
            }
        }
        System.out.println("[measured] TFLite softmax of 16 bits, steps of the result: " + worst);
        assertThat(worst).as("seed %d", seed).isLessThan(MOST_OF_16);
    }

    /** Why it is no softmax for long rows: keys out of reach of the table count all the same. */
    @Test
    void softmaxOf16BitScoresCountsFarKeys() {
        int[] x = new int[4096];
        Arrays.fill(x, 16, x.length, -32768);
        int[] y = new int[4096];
        Multiplier m = MultiplierEncoder.encode(65535 / 10.0 / 1024);
        TfliteSoftmax.row16(x, 0, x.length, m.multiplier(), m.shift(), TfliteSoftmaxTables.exponential(), TfliteSoftmaxTables.reciprocal(), y, 0);
        System.out.println("[measured] TFLite softmax of 16 bits, 16 keys of 4096 live: loses " + (2048 - y[0]) + " steps of 2048");
        assertThat(y[0]).isBetween(2000, 2040);
    }

    /** A threshold that nothing passes leaves no sum: all probabilities are the least number. */
    @Test
    void softmaxWithoutALiveKey() {
        int[] y = new int[3];
        TfliteSoftmax.row8(new int[] {1, 2, 3}, 0, 3, 1 << 30, 20, Integer.MAX_VALUE, 8, -128, 127, y, 0);
        assertThat(y).containsOnly(-128);
    }

    @Test
    void tablesAreSamplesLoweredByHalfTheBulge() {
        int[] exp = TfliteSoftmaxTables.exponential();
        int[] reciprocal = TfliteSoftmaxTables.reciprocal();
        assertThat(exp).hasSize(513).isSorted();
        assertThat(exp[512]).isEqualTo(32767);
        assertThat(reciprocal).hasSize(513);
        assertThat(reciprocal[0]).isEqualTo(32767);
        assertThat(reciprocal[512]).isEqualTo(16384);
        for (int i = 0; i < 512; i++) {
            assertThat(exp[i] - StrictMath.exp(i * 10 / 512.0 - 10) * 32768).as("exp %d", i).isBetween(-2.0, 1.51);
            assertThat(reciprocal[i] - 32768 / (1 + i / 512.0)).as("reciprocal %d", i).isBetween(-1.51, 1.51);
            assertThat(reciprocal[i + 1]).isLessThanOrEqualTo(reciprocal[i]);
        }
    }
}

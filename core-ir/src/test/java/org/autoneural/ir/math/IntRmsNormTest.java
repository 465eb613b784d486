package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.autoneural.ir.math.encode.NormEncoder;
import org.autoneural.ir.math.encode.NormParams;
import org.junit.jupiter.api.Test;

class IntRmsNormTest {
    private static final MathContext MC = new MathContext(40);
    private static final int NO_LIMIT = 1 << 30;

    private double worst;
    private long cases;

    @Test
    void isWithinItsBoundOfTheExactFormula() {
        System.out.println("[measured] rms norm: " + measure().worst() + " output steps beyond the relative 2^-29");
    }

    OracleRow measure() {
        long seed = 21;
        SplittableRandom random = new SplittableRandom(seed);
        for (int n : new int[] {1, 2, 8, 64, 640, 2048}) {
            for (int kind = 0; kind < 8; kind++) {
                for (int zIn : new int[] {0, -77, 32767}) {
                    short[] x = values(random, n, kind, zIn);
                    short[] gamma = gamma(random, n, kind);
                    NormParams p = NormEncoder.rms(n, 1e-6, 1e-3 * (1 + random.nextInt(9)), 2.0 / 32767, 8.0 / 32767);
                    compare(x, n, zIn, gamma, p, "seed " + seed + ", n " + n + ", kind " + kind + ", zero " + zIn);
                }
            }
        }
        return new OracleRow("RMS norm, rows of 1 to 2048, seed " + seed, cases, "steps beyond a relative 2^-29", 0.5, worst);
    }

    static short[] values(SplittableRandom random, int n, int kind, int zero) {
        short[] x = new short[n];
        for (int i = 0; i < n; i++) {
            x[i] = (short) switch (kind) {
                case 0 -> -32768;
                case 1 -> 32767;
                case 2 -> i == n - 1 ? 1 : zero;
                case 3 -> i == 0 ? -32768 : zero;
                case 4 -> zero;
                case 5 -> random.nextInt(-3, 4);
                default -> random.nextInt(-32767, 32768);
            };
        }
        return x;
    }

    static short[] gamma(SplittableRandom random, int n, int kind) {
        short[] gamma = new short[n];
        for (int i = 0; i < n; i++) {
            gamma[i] = (short) (kind < 4 ? (i % 2 == 0 ? 32767 : -32768) : random.nextInt(-32767, 32768));
        }
        return gamma;
    }

    private void compare(short[] x, int n, int zIn, short[] gamma, NormParams p, String what) {
        // y as s16 with the widest clamp that the element function takes, so that the formula itself is compared.
        long sum = 0;
        for (short v : x) {
            sum += (long) (v - zIn) * (v - zIn);
        }
        assertThat(IntRmsNorm.sumOfSquares(x, 0, n, zIn)).isEqualTo(sum);
        long factor = IntRmsNorm.factor(sum, p.epsInt(), p.multiplier(), p.shift());
        BigDecimal root = new BigDecimal(sum + p.epsInt()).sqrt(MC);
        BigDecimal ratio = new BigDecimal(p.multiplier()).divide(new BigDecimal(2).pow(p.shift()), MC);
        BigDecimal scale = root.signum() == 0 ? BigDecimal.ZERO : ratio.divide(root, MC);
        short[] y = new short[n];
        IntRmsNorm.row(x, 0, n, zIn, gamma, 0, p.epsInt(), p.multiplier(), p.shift(), y, 0, 9, -32767, 32767);
        for (int i = 0; i < n; i++) {
            int d = x[i] - zIn;
            int v = IntRmsNorm.element(d, gamma[i], RowFactor.multiplier(factor), RowFactor.shift(factor), 0, -NO_LIMIT, NO_LIMIT);
            double exact = new BigDecimal((long) d * gamma[i]).multiply(scale).doubleValue();
            double error = Math.abs(v - exact) - Math.abs(exact) * 0x1p-29;
            worst = Math.max(worst, error);
            cases++;
            if (error > 0.5) {
                throw new AssertionError(what + ", element " + i + ": " + v + ", exact " + exact);
            }
            assertThat((int) y[i]).isEqualTo(Math.max(-32767, Math.min(32767, v + 9)));
        }
    }

    @Test
    void theEncodedParametersGiveTheRealNorm() {
        int n = 256;
        double inScale = 5.0 / 32767;
        double gammaScale = 1.5 / 32767;
        double outScale = 6.0 / 32767;
        double eps = 1e-5;
        long seed = 22;
        SplittableRandom random = new SplittableRandom(seed);
        short[] x = values(random, n, 7, 0);
        short[] gamma = gamma(random, n, 7);
        short[] y = new short[n];
        NormParams p = NormEncoder.rms(n, eps, inScale, gammaScale, outScale);
        IntRmsNorm.row(x, 0, n, 0, gamma, 0, p.epsInt(), p.multiplier(), p.shift(), y, 0, 0, -32767, 32767);
        double mean = 0;
        for (short q : x) {
            mean += inScale * q * inScale * q / n;
        }
        for (int i = 0; i < n; i++) {
            double exact = inScale * x[i] / StrictMath.sqrt(mean + eps) * gammaScale * gamma[i] / outScale;
            assertThat((double) y[i]).as("seed %d, element %d", seed, i)
                    .isBetween(Math.max(-32767, exact - 0.501), Math.min(32767, exact) + 0.501);
        }
    }

    @Test
    void narrowTypesGiveTheSameAsWideOnes() {
        long seed = 23;
        SplittableRandom random = new SplittableRandom(seed);
        int n = 48;
        byte[] x = new byte[n];
        short[] wide = new short[n];
        for (int i = 0; i < n; i++) {
            x[i] = (byte) random.nextInt();
            wide[i] = x[i];
        }
        short[] gamma = gamma(random, n, 7);
        byte[] a = new byte[n];
        byte[] b = new byte[n];
        short[] c = new short[n];
        NormParams p = NormEncoder.rms(n, 1e-6, 0.01, 1.0 / 32767, 4.0 / 127);
        IntRmsNorm.row(x, 0, n, -5, gamma, 0, p.epsInt(), p.multiplier(), p.shift(), a, 0, 3, -128, 127);
        IntRmsNorm.row(wide, 0, n, -5, gamma, 0, p.epsInt(), p.multiplier(), p.shift(), b, 0, 3, -128, 127);
        IntRmsNorm.row(wide, 0, n, -5, gamma, 0, p.epsInt(), p.multiplier(), p.shift(), c, 0, 3, -128, 127);
        assertThat(a).as("seed %d", seed).isEqualTo(b);
        for (int i = 0; i < n; i++) {
            assertThat((short) a[i]).isEqualTo(c[i]);
        }
    }

    @Test
    void aRowOfZerosGivesZerosEvenWithoutEpsilon() {
        short[] y = {1, 2, 3};
        IntRmsNorm.row(new short[] {7, 7, 7}, 0, 3, 7, new short[] {1, 2, 3}, 0, 0, 1 << 30, 20, y, 0, -4, -100, 100);
        assertThat(y).containsExactly(-4, -4, -4);
    }

    @Test
    void extremeFactorsStayInRange() {
        for (int shift : new int[] {1, 31, 62}) {
            for (long s : new long[] {1, 2, 3, 4, Rsqrt.MAX}) {
                for (int m : new int[] {1, 32767, 1 << 30, Integer.MAX_VALUE}) {
                    long factor = RowFactor.of(s, m, shift);
                    int n = RowFactor.shift(factor);
                    assertThat(n).isBetween(1, 62);
                    double exact = m * StrictMath.pow(2, -shift) / StrictMath.sqrt(s);
                    double got = RowFactor.multiplier(factor) * StrictMath.pow(2, -n);
                    assertThat(Math.abs(got - exact)).isLessThanOrEqualTo(Math.max(exact * 0x1p-29, 0x1p-63));
                }
            }
        }
        assertThatThrownBy(() -> RowFactor.of(1, 5, 0)).isInstanceOf(ArithmeticException.class).hasMessageContaining("5 * 2^-0");
    }
}

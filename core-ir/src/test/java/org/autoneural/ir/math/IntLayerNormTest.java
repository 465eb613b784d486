package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.autoneural.ir.math.encode.NormEncoder;
import org.autoneural.ir.math.encode.NormParams;
import org.junit.jupiter.api.Test;

class IntLayerNormTest {
    private static final MathContext MC = new MathContext(40);
    private static final int NO_LIMIT = 1 << 30;

    @Test
    void isWithinItsBoundOfTheExactFormula() {
        System.out.println("[measured] layer norm: " + measure().worst() + " output steps beyond the relative 2^-29");
    }

    static OracleRow measure() {
        long cases = 0;
        long seed = 31;
        SplittableRandom random = new SplittableRandom(seed);
        double worst = 0;
        for (int n : new int[] {1, 2, 8, 192, 768, IntLayerNorm.MAX_LENGTH}) {
            for (int kind = 0; kind < 8; kind++) {
                short[] x = IntRmsNormTest.values(random, n, kind, 0);
                short[] gamma = IntRmsNormTest.gamma(random, n, kind);
                int[] beta = new int[n];
                for (int i = 0; i < n; i++) {
                    beta[i] = random.nextInt(-1 << 23, 1 << 23);
                }
                NormParams p = NormEncoder.layer(n, 1e-6, 2e-3, 2.0 / 32767, 8.0 / 32767);
                short[] y = new short[n];
                IntLayerNorm.row(x, 0, n, gamma, 0, beta, 0, p.epsInt(), p.multiplier(), p.shift(), y, 0, -3, -32767, 32767);
                BigInteger sum = BigInteger.ZERO;
                BigInteger squares = BigInteger.ZERO;
                for (short v : x) {
                    sum = sum.add(BigInteger.valueOf(v));
                    squares = squares.add(BigInteger.valueOf((long) v * v));
                }
                BigInteger w = squares.multiply(BigInteger.valueOf(n)).subtract(sum.pow(2)).add(BigInteger.valueOf(p.epsInt()));
                BigDecimal ratio = new BigDecimal(p.multiplier()).divide(new BigDecimal(2).pow(p.shift()), MC);
                BigDecimal scale = w.signum() == 0 ? BigDecimal.ZERO : ratio.divide(new BigDecimal(w).sqrt(MC), MC);
                long factor = IntLayerNorm.factor(sum.longValueExact(), squares.longValueExact(), n, p.epsInt(), p.multiplier(), p.shift());
                for (int i = 0; i < n; i++) {
                    long d = (long) n * x[i] - sum.longValueExact();
                    int v = IntLayerNorm.element(d, gamma[i], beta[i], RowFactor.multiplier(factor), RowFactor.shift(factor), 0,
                            -NO_LIMIT, NO_LIMIT);
                    double norm = new BigDecimal(d * gamma[i]).multiply(scale).doubleValue() / 256;
                    double exact = norm + beta[i] / 256.0;
                    double error = Math.abs(v - exact) - Math.abs(norm) * 0x1p-29;
                    worst = Math.max(worst, error);
                    cases++;
                    if (error > 0.5 + 1 / 512.0) {
                        throw new AssertionError("seed " + seed + ", n " + n + ", kind " + kind + ", element " + i + ": " + v
                                + ", exact " + exact);
                    }
                    assertThat((int) y[i]).isEqualTo(Math.max(-32767, Math.min(32767, v - 3)));
                }
            }
        }
        return new OracleRow("layer norm, rows of 1 to 16384, seed " + seed, cases, "steps beyond a relative 2^-29", 0.5 + 1 / 512.0, worst);
    }

    @Test
    void theEncodedParametersGiveTheRealNorm() {
        int n = 192;
        long seed = 32;
        SplittableRandom random = new SplittableRandom(seed);
        double inScale = 4.0 / 32767;
        double gammaScale = 1.2 / 32767;
        double outScale = 5.0 / 32767;
        double eps = 1e-6;
        short[] x = new short[n];
        byte[] y8 = new byte[n];
        short[] gamma = IntRmsNormTest.gamma(random, n, 7);
        float[] beta = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (short) random.nextInt(-2000, 30000);
            beta[i] = (float) random.nextDouble(-1, 1);
        }
        short[] y = new short[n];
        NormParams p = NormEncoder.layer(n, eps, inScale, gammaScale, outScale);
        IntLayerNorm.row(x, 0, n, gamma, 0, NormEncoder.beta(beta, outScale), 0, p.epsInt(), p.multiplier(), p.shift(),
                y, 0, 0, -32767, 32767);
        double outScale8 = 5.0 / 127;
        NormParams p8 = NormEncoder.layer(n, eps, inScale, gammaScale, outScale8);
        IntLayerNorm.row(x, 0, n, gamma, 0, NormEncoder.beta(beta, outScale8), 0, p8.epsInt(), p8.multiplier(), p8.shift(),
                y8, 0, 0, -128, 127);
        double mean = 0;
        double variance = 0;
        for (short q : x) {
            mean += inScale * q / n;
        }
        for (short q : x) {
            variance += (inScale * q - mean) * (inScale * q - mean) / n;
        }
        for (int i = 0; i < n; i++) {
            double exact = (inScale * x[i] - mean) / StrictMath.sqrt(variance + eps) * gammaScale * gamma[i] + beta[i];
            assertThat(Math.abs(y[i] - exact / outScale)).as("seed %d, element %d", seed, i).isLessThan(0.51);
            assertThat(Math.abs(y8[i] - exact / outScale8)).as("seed %d, element %d", seed, i).isLessThan(0.51);
        }
    }

    @Test
    void eightBitRowsGiveTheSameAsTheirSixteenBitCopies() {
        byte[] x = {-128, 127, 3, 4, -5, 99};
        short[] wide = {-128, 127, 3, 4, -5, 99};
        short[] gamma = {32767, 100, -3000, 20000, 12, -32768};
        int[] beta = {0, 300, -300, 1000, 5, 6};
        byte[] a = new byte[6];
        byte[] b = new byte[6];
        IntLayerNorm.row(x, 0, 6, gamma, 0, beta, 0, 10, 1 << 30, 30, a, 0, 1, -128, 127);
        IntLayerNorm.row(wide, 0, 6, gamma, 0, beta, 0, 10, 1 << 30, 30, b, 0, 1, -128, 127);
        assertThat(a).isEqualTo(b);
    }

    @Test
    void refusesRowsThatCouldOverflow() {
        assertThatThrownBy(() -> IntLayerNorm.factor(0, 0, IntLayerNorm.MAX_LENGTH + 1, 1, 1, 1))
                .isInstanceOf(ArithmeticException.class).hasMessageContaining("16385");
        assertThatThrownBy(() -> NormEncoder.layer(1 << 15, 1e-6, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NormEncoder.rms(64, 1e-6, 1e-14, 1, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("input scale");
        assertThatThrownBy(() -> NormEncoder.beta(new float[] {0, 1e9f}, 1e-3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("channel 1");
        assertThatThrownBy(() -> NormEncoder.beta(new float[] {Float.NaN}, 1e-3)).isInstanceOf(IllegalArgumentException.class);
    }
}

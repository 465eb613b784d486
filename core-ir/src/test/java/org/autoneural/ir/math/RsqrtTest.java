package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RsqrtTest {
    private static final double BOUND = 0x1p-30;

    @Test
    void extremesAreWithinTheBound() {
        OracleRow row = measureExtremes();
        System.out.println("[measured] rsqrt: relative error 2^" + Math.log(row.worst()) / Math.log(2) + " (extremes)");
    }

    /** Around powers of two, all small arguments, the borders of the seed's intervals. */
    static OracleRow measureExtremes() {
        double worst = 0;
        long cases = 100_000 + 384 * 4 + 1;
        for (int b = 0; b <= 61; b++) {
            for (long d = -3; d <= 3; d++) {
                long s = (1L << b) + d;
                if (s >= 1) {
                    worst = Math.max(worst, error(s));
                    cases++;
                }
            }
        }
        for (long s = 1; s <= 100_000; s++) {
            worst = Math.max(worst, error(s));
        }
        // the borders of every interval of the seed table
        for (long i = 128; i < 512; i++) {
            worst = Math.max(worst, Math.max(error(i << 43), error((i + 1 << 43) - 1)));
            worst = Math.max(worst, Math.max(error(i << 53), error((i + 1 << 53) - 1)));
        }
        worst = Math.max(worst, error(Rsqrt.MAX));
        return new OracleRow("1/sqrt(S), extremes", cases, "relative", BOUND, worst);
    }

    @Test
    void randomValuesAreWithinTheBound() {
        OracleRow row = measureRandom();
        System.out.println("[measured] " + row.function() + ": relative error 2^" + Math.log(row.worst()) / Math.log(2));
    }

    static OracleRow measureRandom() {
        long seed = 42;
        SplittableRandom random = new SplittableRandom(seed);
        double worst = 0;
        for (int i = 0; i < 200_000; i++) {
            long s = Math.max(1, random.nextLong() >>> (2 + random.nextInt(62)));
            worst = Math.max(worst, error(s));
        }
        return new OracleRow("1/sqrt(S), random, seed " + seed, 200_000, "relative", BOUND, worst);
    }

    @Test
    void refusesWhatHasNoReciprocalRoot() {
        for (long s : new long[] {0, -1, Long.MIN_VALUE, 1L << 62}) {
            assertThatThrownBy(() -> Rsqrt.mantissa(s)).isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining(Long.toString(s));
        }
        assertThat(Rsqrt.mantissa(1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(Rsqrt.shift(1)).isEqualTo(31);
    }

    // |m * 2^-n * sqrt(s) - 1|, from m^2 * s * 2^-2n - 1 = 2 d + d^2
    private static double error(long s) {
        int m = Rsqrt.mantissa(s);
        int n = Rsqrt.shift(s);
        if (m < 1 << 30) {
            throw new AssertionError("mantissa " + m + " of " + s);
        }
        BigInteger square = BigInteger.valueOf(m).pow(2).multiply(BigInteger.valueOf(s));
        BigDecimal one = new BigDecimal(BigInteger.ONE.shiftLeft(2 * n));
        double d = new BigDecimal(square).subtract(one).divide(one, MathContext.DECIMAL64).doubleValue() / 2;
        if (Math.abs(d) > BOUND) {
            throw new AssertionError("1/sqrt(" + s + ") = " + m + " * 2^-" + n + ": relative error " + d);
        }
        return Math.abs(d);
    }
}

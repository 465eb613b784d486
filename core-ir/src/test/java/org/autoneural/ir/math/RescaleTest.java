package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RescaleTest {
    private static final long[] CORNERS = {0, 1, -1, 2, -2, 3, -3, 127, -128, 32767, -32768, 65535, (1L << 30), -(1L << 30),
        Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE + 1L, Integer.MIN_VALUE - 1L, (1L << 47) - 1, -(1L << 47)};
    private static final int[] MULTIPLIERS = {0, 1, -1, 3, 16384, 32767, 1 << 30, (1 << 30) + 1, Integer.MAX_VALUE,
        -(1 << 30), -Integer.MAX_VALUE, Integer.MIN_VALUE};

    @Test
    void cornersEqualTheExactFormula() {
        assertThat(measureCorners().cases()).isGreaterThan(40_000);
    }

    /** All roundings; a case that differs is an error, so the worst is 0. */
    static OracleRow measureCorners() {
        int compared = 0;
        for (long x : CORNERS) {
            for (int m : MULTIPLIERS) {
                for (int n = 1; n <= 62; n++) {
                    for (Rounding r : Rounding.values()) {
                        compared += compare(x, m, n, r) ? 1 : 0;
                    }
                }
            }
        }
        return new OracleRow("rescale, four roundings, corners", compared, "steps", 0, 0);
    }

    @Test
    void tiesAndTheirNeighboursEqualTheExactFormula() {
        for (int n = 1; n <= 62; n++) {
            long half = 1L << (n - 1);
            for (long k = -5; k <= 5; k++) {
                for (long d = -1; d <= 1; d++) {
                    BigInteger p = BigInteger.valueOf(k).shiftLeft(n).add(BigInteger.valueOf(half + d));
                    if (p.bitLength() < 48) {
                        for (Rounding r : Rounding.values()) {
                            compare(p.longValueExact(), 1, n, r);
                        }
                    }
                }
            }
        }
    }

    @Test
    void randomValuesEqualTheExactFormula() {
        assertThat(measureRandom().cases()).isGreaterThan(200_000);
    }

    static OracleRow measureRandom() {
        int compared = 0;
        long seed = 20261123;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 400_000; i++) {
            long x = random.nextLong() >> (16 + random.nextInt(48));
            int m = random.nextInt() >> random.nextInt(32);
            compared += compare(x, m, 1 + random.nextInt(62), Rounding.values()[random.nextInt(4)]) ? 1 : 0;
        }
        return new OracleRow("rescale, four roundings, random, seed " + seed, compared, "steps", 0, 0);
    }

    @Test
    void doubleRoundingEqualsGemmlowpsTwoSteps() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        int different = 0;
        for (int i = 0; i < 300_000; i++) {
            int x = random.nextInt() >> random.nextInt(32);
            int m = (1 << 30) + random.nextInt(1 << 30);
            int n = 31 + random.nextInt(32);
            long expected = gemmlowp(x, m, n);
            if (Rescale.apply(x, m, n, Rounding.DOUBLE) != expected) {
                throw new AssertionError("seed " + seed + ", case " + i + ": " + x + " * " + m + " >> " + n + " is not " + expected);
            }
            different += Rescale.apply(x, m, n, Rounding.SINGLE) != expected ? 1 : 0;
        }
        assertThat(different).as("cases in which single and double rounding differ").isPositive();
    }

    @Test
    void shiftZeroIsTheExactProduct() {
        assertThat(Rescale.apply(-12345, 1, 0, Rounding.SINGLE)).isEqualTo(-12345);
        assertThat(Rescale.apply(1L << 40, -3, 0, Rounding.HALF_EVEN)).isEqualTo(-3L << 40);
    }

    @Test
    void whatIsOutsideTheRangeIsRefused() {
        assertThatThrownBy(() -> Rescale.apply(1, 1, 63, Rounding.SINGLE)).isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("63").hasMessageContaining("0 to 62");
        assertThatThrownBy(() -> Rescale.apply(1, 1, -1, Rounding.SINGLE)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Rescale.apply(1L << 32, 1, 40, Rounding.DOUBLE)).isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("4294967296");
        assertThatThrownBy(() -> Rescale.apply(1, -1, 40, Rounding.DOUBLE)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Rescale.apply(1L << 47, Integer.MAX_VALUE, 1, Rounding.SINGLE))
                .isInstanceOf(ArithmeticException.class).hasMessageContaining("does not fit 64 bits");
        assertThatThrownBy(() -> Rescale.apply(Long.MAX_VALUE, 3, 0, Rounding.SINGLE)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void requantizeAddsTheZeroPointAndClamps() {
        assertThat(Rescale.requantize(1000, 1 << 30, 31, Rounding.SINGLE, -3, -128, 127)).isEqualTo(127);
        assertThat(Rescale.requantize(101, 1 << 30, 31, Rounding.SINGLE, -3, -128, 127)).isEqualTo(48);
        assertThat(Rescale.requantize(-1000, 1 << 30, 31, Rounding.SINGLE, -3, -128, 127)).isEqualTo(-128);
        assertThat(Rescale.clamp(1L << 40, -5, 5)).isEqualTo(5);
    }

    // True if the case is inside the contract and was compared.
    private static boolean compare(long x, int m, int n, Rounding r) {
        if (r == Rounding.DOUBLE && (m < 0 || (int) x != x)) {
            return false;
        }
        BigInteger expected = exact(x, m, n, r);
        if (expected.bitLength() > 63) {
            assertThatThrownBy(() -> Rescale.apply(x, m, n, r)).isInstanceOf(ArithmeticException.class);
            return true;
        }
        long y = Rescale.apply(x, m, n, r);
        if (y != expected.longValueExact()) {
            throw new AssertionError(x + " * " + m + " * 2^-" + n + " " + r + ": " + y + ", expected " + expected);
        }
        if (r == Rounding.SINGLE && BigInteger.valueOf(x).multiply(BigInteger.valueOf(m)).bitLength() < 62) {
            assertThat(Rescale.single(x, m, n)).isEqualTo(y);
        }
        return true;
    }

    static BigInteger exact(long x, int m, int n, Rounding r) {
        BigInteger p = BigInteger.valueOf(x).multiply(BigInteger.valueOf(m));
        BigInteger half = BigInteger.ONE.shiftLeft(n - 1);
        return switch (r) {
            case SINGLE -> p.add(half).shiftRight(n);
            case DOUBLE -> n <= 31 ? p.add(half).shiftRight(n)
                    : p.add(half).add(BigInteger.valueOf(p.signum() >= 0 ? 1L << 30 : -(1L << 30))).shiftRight(n);
            case HALF_EVEN -> {
                BigInteger[] parts = p.abs().divideAndRemainder(BigInteger.ONE.shiftLeft(n));
                int side = parts[1].compareTo(half);
                BigInteger magnitude = side > 0 || side == 0 && parts[0].testBit(0) ? parts[0].add(BigInteger.ONE) : parts[0];
                yield p.signum() < 0 ? magnitude.negate() : magnitude;
            }
            case TOWARD_ZERO -> p.divide(BigInteger.ONE.shiftLeft(n));
        };
    }

    // In words: the rounded doubled high half of x * m, then a division by 2^(n-31), half away from zero.
    private static long gemmlowp(int x, int m, int n) {
        long product = (long) x * m;
        long nudge = product >= 0 ? 1L << 30 : 1 - (1L << 30);
        long high = (product + nudge) / (1L << 31);
        int exponent = n - 31;
        long mask = (1L << exponent) - 1;
        long rest = high & mask;
        long threshold = (mask >> 1) + (high < 0 ? 1 : 0);
        return (high >> exponent) + (rest > threshold ? 1 : 0);
    }
}

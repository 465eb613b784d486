package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Add, multiply, rotate and argmax against exact integers. */
class IntElementwiseTest {
    private static final int[] CORNERS = {0, 1, -1, 32767, -32767, 65535, -65535};

    @Test
    void addRoundsTheExactSumOnce() {
        long seed = 41;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            int a = value(random);
            int b = value(random);
            int mA = random.nextInt() >> random.nextInt(31);
            int mB = random.nextInt() >> random.nextInt(31);
            int n = 1 + random.nextInt(62);
            int zero = random.nextInt(-100, 100);
            BigInteger exact = BigInteger.valueOf(a).multiply(BigInteger.valueOf(mA))
                    .add(BigInteger.valueOf(b).multiply(BigInteger.valueOf(mB)))
                    .add(BigInteger.ONE.shiftLeft(n - 1)).shiftRight(n).add(BigInteger.valueOf(zero));
            if (IntAdd.element(a, b, mA, mB, n, zero, -32767, 32767) != clamp(exact)) {
                throw new AssertionError("seed " + seed + ": " + a + " * " + mA + " + " + b + " * " + mB + " >> " + n);
            }
        }
    }

    @Test
    void mulRoundsTheExactProductOnce() {
        long seed = 42;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            int a = value(random);
            int b = value(random);
            int m = random.nextInt() >>> (1 + random.nextInt(30));
            int n = 8 + random.nextInt(55);
            BigInteger exact = BigInteger.valueOf((long) a * b).multiply(BigInteger.valueOf(m))
                    .add(BigInteger.ONE.shiftLeft(n - 1)).shiftRight(n).add(BigInteger.valueOf(-7));
            if (IntMul.element(a, b, m, n, -7, -32767, 32767) != clamp(exact)) {
                throw new AssertionError("seed " + seed + ": " + a + " * " + b + " * " + m + " >> " + n);
            }
        }
    }

    @Test
    void ropeRotatesTheExactPair() {
        long seed = 43;
        SplittableRandom random = new SplittableRandom(seed);
        int d = 16;
        for (int round = 0; round < 2000; round++) {
            short[] x = new short[d + 3];
            short[] cos = new short[d];
            short[] sin = new short[d];
            for (int i = 0; i < d; i++) {
                x[3 + i] = (short) (round == 0 ? -32768 : random.nextInt(-32768, 32768));
                cos[i] = (short) (round == 0 ? -32767 : random.nextInt(-32767, 32768));
                sin[i] = (short) (round == 0 ? 32767 : random.nextInt(-32767, 32768));
            }
            int zIn = round % 2 == 0 ? 0 : random.nextInt(-32768, 32768);
            int m = random.nextInt(1 << 30, Integer.MAX_VALUE);
            int n = 40 + random.nextInt(20);
            short[] y = new short[d];
            IntRope.row(x, 3, zIn, d, cos, sin, 8, m, n, y, 0, 5, -32767, 32767);
            byte[] y8 = new byte[d];
            IntRope.row(x, 3, zIn, d, cos, sin, 8, m, n + 3, y8, 0, 5, -128, 127);
            for (int j = 0; j < 8; j++) {
                BigInteger x0 = BigInteger.valueOf(x[3 + j] - zIn);
                BigInteger x1 = BigInteger.valueOf(x[11 + j] - zIn);
                BigInteger c = BigInteger.valueOf(cos[8 + j]);
                BigInteger s = BigInteger.valueOf(sin[8 + j]);
                BigInteger y0 = x0.multiply(c).subtract(x1.multiply(s)).multiply(BigInteger.valueOf(m));
                BigInteger y1 = x0.multiply(s).add(x1.multiply(c)).multiply(BigInteger.valueOf(m));
                assertThat((int) y[j]).as("seed %d round %d", seed, round).isEqualTo(clamp(half(y0, n).add(BigInteger.valueOf(5))));
                assertThat((int) y[8 + j]).isEqualTo(clamp(half(y1, n).add(BigInteger.valueOf(5))));
                assertThat((int) y8[8 + j]).isEqualTo(Math.max(-128, Math.min(127, clamp(half(y1, n + 3).add(BigInteger.valueOf(5))))));
            }
        }
    }

    @Test
    void rowsEqualTheirElementsAndMayWorkInPlace() {
        short[] a = {100, -200, 32767, -32768, 5};
        short[] b = {7, 30000, 32767, -32768, 6};
        short[] sum = new short[7];
        short[] product = new short[7];
        IntAdd.row(a, 0, 3, 1 << 30, b, 0, -4, 1 << 29, 30, 5, sum, 2, 1, -32767, 32767);
        IntMul.row(a, 0, 3, b, 0, -4, 1 << 30, 40, 5, product, 2, 1, -32767, 32767);
        for (int i = 0; i < 5; i++) {
            assertThat((int) sum[i + 2]).isEqualTo(IntAdd.element(a[i] - 3, b[i] + 4, 1 << 30, 1 << 29, 30, 1, -32767, 32767));
            assertThat((int) product[i + 2]).isEqualTo(IntMul.element(a[i] - 3, b[i] + 4, 1 << 30, 40, 1, -32767, 32767));
        }
        byte[] c = {100, -100, 127, -128};
        byte[] d = {1, 2, 3, 4};
        byte[] out = new byte[4];
        IntAdd.row(c, 0, 3, 1 << 30, d, 0, -4, 1 << 29, 30, 4, out, 0, 1, -128, 127);
        for (int i = 0; i < 4; i++) {
            assertThat((int) out[i]).isEqualTo(IntAdd.element(c[i] - 3, d[i] + 4, 1 << 30, 1 << 29, 30, 1, -128, 127));
        }
        IntMul.row(c, 0, 3, d, 0, -4, 1 << 30, 34, 4, out, 0, 1, -128, 127);
        IntMul.row(c, 0, 3, d, 0, -4, 1 << 30, 34, 4, c, 0, 1, -128, 127);
        assertThat(c).isEqualTo(out);
        short[] inPlace = {1000, -2000, 3000, 4000};
        short[] apart = new short[4];
        short[] cos = {20000, -30000};
        short[] sin = {-25000, 11000};
        IntRope.row(inPlace, 0, 0, 4, cos, sin, 0, 1 << 30, 45, apart, 0, 0, -32767, 32767);
        IntRope.row(inPlace, 0, 0, 4, cos, sin, 0, 1 << 30, 45, inPlace, 0, 0, -32767, 32767);
        assertThat(inPlace).isEqualTo(apart);
    }

    @Test
    void argmaxTakesTheLowestIndexOfATie() {
        assertThat(IntArgmax.of(new short[] {9, 1, 5, 3, 5}, 1, 4)).isEqualTo(1);
        assertThat(IntArgmax.of(new byte[] {-128, -128}, 0, 2)).isZero();
        assertThat(IntArgmax.of(new int[] {Integer.MIN_VALUE, 0, Integer.MAX_VALUE}, 0, 3)).isEqualTo(2);
        assertThatThrownBy(() -> IntArgmax.of(new int[1], 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static BigInteger half(BigInteger p, int n) {
        return p.add(BigInteger.ONE.shiftLeft(n - 1)).shiftRight(n);
    }

    private static int clamp(BigInteger v) {
        return v.max(BigInteger.valueOf(-32767)).min(BigInteger.valueOf(32767)).intValueExact();
    }

    private static int value(SplittableRandom random) {
        return random.nextInt(8) == 0 ? CORNERS[random.nextInt(CORNERS.length)] : random.nextInt(-65535, 65536) >> random.nextInt(16);
    }
}

package org.autoneural.ir.math;

/**
 * Softmax as TFLite and CMSIS-NN compute it, for models that were made there; our own is {@link IntSoftmax}.
 *
 * <p>8-bit input: fixed-point numbers on 32 bits, {@code exp} by a polynomial and a product of constants, the reciprocal by three
 * Newton steps (source: gemmlowp {@code fixedpoint.h}, TFLite reference softmax). 16-bit input: tables of exp over [-10, 0] and of
 * 1 / (1 + x) over [0, 1] with 513 entries. Neither fits long rows: a key far below the greatest one still counts at 16 bits
 * (e^-10), and the sum has 12 integer bits at 8. See {@code docs/integer-semantics.md}, section 14.
 */
public final class TfliteSoftmax {
    /** Integer bits of the sum of exponentials at 8 bits. */
    private static final int SUM_BITS = 12;
    /** Entries of a 16-bit table. */
    public static final int TABLE_ENTRIES = 513;
    /** Most values of a row: the sum of exponentials stays within 31 bits. */
    public static final int MAX_ROW_8 = (1 << SUM_BITS) - 1;
    /** Most values of a row: the sum of 16-bit exponentials stays within 31 bits. */
    public static final int MAX_ROW_16 = 1 << 16;

    private static final int ONE_EIGHTH_EXP = 1895147668; // e^-1/8, Q31
    private static final int ONE_THIRD = 715827883; // Q31
    /** e^-(2^k) for k = -2 to 4, Q31. */
    private static final int[] POWERS = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};

    private TfliteSoftmax() {
    }

    /** {@code e^x} for {@code x <= 0} with 5 integer bits (Q26); result Q31, 2^31 - 1 for 0. */
    static int exp(int x) {
        if (x == 0) {
            return Integer.MAX_VALUE;
        }
        int part = (x & 0xFF_FFFF) - (1 << 24); // [-1/4, 0), Q26
        int rest = part - x;
        int t = (part << 5) + (1 << 28); // part + 1/8, Q31
        int t2 = high(t, t);
        int t3 = high(t2, t);
        int cubic = high(halved(high(t2, t2), 2) + t3, ONE_THIRD) + t2; // t^2 + (t^3 + t^4/4)/3
        int y = ONE_EIGHTH_EXP + high(ONE_EIGHTH_EXP, t + halved(cubic, 1));
        for (int k = 0; k < POWERS.length; k++) {
            if ((rest & 1 << (24 + k)) != 0) {
                y = high(y, POWERS[k]);
            }
        }
        return y;
    }

    /** 1 / (1 + x) for x in [0, 1), Q31 to Q31. */
    static int reciprocal(int x) {
        // (1 + x) / 2, rounded away from zero
        int half = (int) (((long) x + Integer.MAX_VALUE + 1) / 2);
        int y = 1515870810 + high(half, -1010580540); // 48/17 - 32/17 * half, Q29
        for (int i = 0; i < 3; i++) {
            y += saturated((long) high(y, (1 << 29) - high(half, y)) << 2);
        }
        return saturated((long) y << 1);
    }

    /** Rounded doubled high half: {@code (a * b + 2^30) >> 31}. */
    private static int high(int a, int b) {
        return a == b && a == Integer.MIN_VALUE ? Integer.MAX_VALUE : (int) Rescale.single(a, b, 31);
    }

    /** {@code x * 2^-n}, halves away from zero; n of 0 or more. */
    private static int halved(int x, int n) {
        int mask = (int) ((1L << n) - 1);
        int rest = x & mask;
        int threshold = (mask >> 1) + (x < 0 ? 1 : 0);
        return (n > 31 ? x >> 31 : x >> n) + (rest > threshold ? 1 : 0);
    }

    private static int saturated(long v) {
        return Rescale.clamp(v, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /**
     * x, y: [n], s8 without zero points. Values more than {@code -diffMin} below the greatest come out as {@code min}.
     *
     * @param x          s8 as ints, n of them from xo; n of at most {@value #MAX_ROW_8}
     * @param multiplier with leftShift: from a difference of scores to Q26
     * @param bits       fraction bits of the result: 8 for s8 (min -128), 16 for s16 (min -32768)
     * @param y          may be x
     */
    public static void row8(int[] x, int xo, int n, int multiplier, int leftShift, int diffMin, int bits, int min, int max, int[] y, int yo) {
        int greatest = Integer.MIN_VALUE;
        for (int i = 0; i < n; i++) {
            greatest = Math.max(greatest, x[xo + i]);
        }
        int sum = 0; // 12 integer bits, Q19
        for (int i = 0; i < n; i++) {
            int diff = x[xo + i] - greatest;
            if (diff >= diffMin) {
                sum += halved(exponential(diff, multiplier, leftShift), SUM_BITS);
            }
        }
        if (sum == 0) {
            java.util.Arrays.fill(y, yo, yo + n, min);
            return;
        }
        int headroom = Integer.numberOfLeadingZeros(sum);
        int scale = reciprocal((sum << headroom) - (1 << 31));
        int shift = SUM_BITS - headroom + 31 - bits;
        for (int i = 0; i < n; i++) {
            int diff = x[xo + i] - greatest;
            y[yo + i] = diff < diffMin ? min
                    : Rescale.clamp((long) halved(high(scale, exponential(diff, multiplier, leftShift)), shift) + min, min, max);
        }
    }

    private static int exponential(int diff, int multiplier, int leftShift) {
        return exp(high(Math.toIntExact((long) diff << leftShift), multiplier));
    }

    /**
     * x, y: [n] s16 as ints; y has scale 2^-15 and zero 0. n of at most {@value #MAX_ROW_16}.
     *
     * @param multiplier with shift ({@link Rounding#DOUBLE}): from a difference of scores to [-65535, 0], which is [-10, 0]
     * @param exp        [513] s16, e^x over [-10, 0], scale 2^-15
     * @param reciprocal [513] s16, 1 / (1 + x) over [0, 1], scale 2^-15
     * @param y          may be x
     */
    public static void row16(int[] x, int xo, int n, int multiplier, int shift, int[] exp, int[] reciprocal, int[] y, int yo) {
        int greatest = Integer.MIN_VALUE;
        for (int i = 0; i < n; i++) {
            greatest = Math.max(greatest, x[xo + i]);
        }
        int sum = 0; // Q15
        for (int i = 0; i < n; i++) {
            long scaled = Rescale.apply(x[xo + i] - greatest, multiplier, shift, Rounding.DOUBLE) + Short.MAX_VALUE;
            int e = lookUp(exp, Rescale.clamp(scaled, Short.MIN_VALUE, Short.MAX_VALUE));
            y[yo + i] = e;
            sum += e;
        }
        int headroom = Integer.numberOfLeadingZeros(sum);
        // sum = (1 + f) * 2^(31 - headroom); 1 + f in Q16, then f on the table's range
        long one = ((long) (sum << (headroom - 1)) + (1 << 13)) >> 14;
        int r = lookUp(reciprocal, Rescale.clamp(one - 98304, Short.MIN_VALUE, Short.MAX_VALUE));
        for (int i = 0; i < n; i++) {
            int p = ((y[yo + i] * r >> (30 - headroom)) + 1) >> 1;
            y[yo + i] = Rescale.clamp(p, 0, Short.MAX_VALUE);
        }
    }

    /** Linear interpolation in a table of 513 entries over the s16 numbers, rounded at once. */
    private static int lookUp(int[] table, int v) {
        int i = 256 + (v >> 7);
        return table[i] + (((table[i + 1] - table[i]) * (v & 127) + 64) >> 7);
    }
}

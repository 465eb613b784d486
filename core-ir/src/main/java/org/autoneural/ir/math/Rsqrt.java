package org.autoneural.ir.math;

/**
 * Reciprocal square root of a positive integer: {@code 1/sqrt(s) = mantissa(s) * 2^-shift(s)}, relative error below 2^-30.
 *
 * <p>Leading zeros bring s to {@code f * 4^e} with f in [1, 4); a seed of 8 bits comes from a table; two Newton steps
 * {@code r = r * (3 - f * r^2) / 2} follow.
 */
public final class Rsqrt {
    /** Greatest argument: 2^62 - 1. */
    public static final long MAX = (1L << 62) - 1;

    // f in [1, 4) has its leading bits in 128..511. Entry i - 128, Q15: 1/sqrt((i + 1/2) / 128), the middle of the interval.
    private static final short[] SEED = seed();

    private Rsqrt() {
    }

    /**
     * The mantissa of 1/sqrt(s).
     *
     * @param s 1 to {@link #MAX}
     * @return in [2^30, 2^31 - 1]
     */
    public static int mantissa(long s) {
        if (s < 1 || s > MAX) {
            throw new ArithmeticException("the reciprocal square root of " + s + " (allowed: 1 to 2^62 - 1)");
        }
        int halfExponent = (63 - Long.numberOfLeadingZeros(s)) >> 1;
        // f: Q60 in [2^60, 2^62)
        long f = s << (60 - 2 * halfExponent);
        // r: Q31 in (2^30, 2^31]
        long r = (long) SEED[(int) (f >> 53) - 128] << 16;
        r = newton(f, newton(f, r));
        return (int) Math.min(Math.max(r, 1L << 30), Integer.MAX_VALUE);
    }

    /** The n of {@code 1/sqrt(s) = mantissa * 2^-n}: 31 to 61. */
    public static int shift(long s) {
        return 31 + ((63 - Long.numberOfLeadingZeros(s)) >> 1);
    }

    // f: Q60, r: Q31 -> r * (3 - f * r * r) / 2: Q31, half up
    private static long newton(long f, long r) {
        // r * r: Q62, at most 2^62. High half of Q60 * Q62: Q58, near 2^58.
        long fr2 = Math.multiplyHigh(f, r * r);
        // h: Q58, near 2^59
        long h = 3 * (1L << 58) - fr2;
        // Q62 * Q61, high half: Q59 of 2 r'
        long twice = Math.multiplyHigh(r << 31, h << 3);
        return (twice + (1L << 28)) >> 29;
    }

    private static short[] seed() {
        short[] seed = new short[384];
        for (int i = 128; i < 512; i++) {
            // 2^15 / sqrt((2 i + 1) / 256) = sqrt(2^38 / (2 i + 1)): below 2^15 for every i
            seed[i - 128] = (short) floorSqrt((1L << 38) / (2 * i + 1));
        }
        return seed;
    }

    /** {@code floor(sqrt(v))}, bit by bit: for seeds, not for speed. */
    private static long floorSqrt(long v) {
        long root = 0;
        for (long bit = 1L << 31; bit != 0; bit >>= 1) {
            if ((root + bit) * (root + bit) <= v) {
                root += bit;
            }
        }
        return root;
    }
}

package org.autoneural.ir.math;

/**
 * The factor of one row of a norm, {@code R * 2^-n} near {@code multiplier * 2^-shift / sqrt(s)}, packed in a long so that
 * nothing is allocated: R in [0, 2^31) in the high bits, n in [1, 62] in the low six.
 */
public final class RowFactor {
    private RowFactor() {
    }

    /**
     * {@code multiplier * 2^-shift / sqrt(s)} with R kept to 31 bits (relative error below 2^-29, unless n would pass 62:
     * then R loses bits that no stored output can show).
     *
     * @param s 0 to {@link Rsqrt#MAX}; 0 gives the factor 0 (the row is all zeros, so its norm is, too)
     * @param multiplier 0 or more
     * @param shift 1 to 62
     */
    public static long of(long s, int multiplier, int shift) {
        if (multiplier < 0 || shift < 1 || shift > Rescale.MAX_SHIFT) {
            throw new ArithmeticException("a norm's factor " + multiplier + " * 2^-" + shift
                    + " (allowed: a multiplier of 0 or more, a shift of 1 to 62)");
        }
        if (s == 0 || multiplier == 0) {
            return 1;
        }
        // p: at most 62 bits
        long p = (long) Rsqrt.mantissa(s) * multiplier;
        int drop = Math.max(0, 33 - Long.numberOfLeadingZeros(p));
        int n = Rsqrt.shift(s) + shift - drop;
        if (n > Rescale.MAX_SHIFT) {
            drop += n - Rescale.MAX_SHIFT;
            n = Rescale.MAX_SHIFT;
        }
        long r = drop == 0 ? p : drop > 62 ? 0 : (p + (1L << (drop - 1))) >> drop;
        return Math.min(r, Integer.MAX_VALUE) << 6 | n;
    }

    /** R, 0 to 2^31 - 1. */
    public static int multiplier(long factor) {
        return (int) (factor >> 6);
    }

    /** n, 1 to 62. */
    public static int shift(long factor) {
        return (int) factor & 63;
    }
}

package org.autoneural.ir.math;

/**
 * Rotary position embedding of one head, rotate-half layout: value j turns with value {@code j + d/2}.
 *
 * <p>{@code y0 = x0*c - x1*s}, {@code y1 = x0*s + x1*c} exactly (x without its zero point), then one rescale to the output.
 * c and s are s16 with scale 2^-15 in [-32767, 32767] ({@link org.autoneural.ir.math.encode.RopeTables}).
 */
public final class IntRope {
    private IntRope() {
    }

    /** First value of a pair, before the rescale: 34 bits with sign at most; 32 bits when |x0| and |x1| are below 2^15. */
    public static long first(int x0, int x1, int cos, int sin) {
        return (long) x0 * cos - (long) x1 * sin;
    }

    /** Second value of a pair, before the rescale. */
    public static long second(int x0, int x1, int cos, int sin) {
        return (long) x0 * sin + (long) x1 * cos;
    }

    /**
     * x, y: [d] s16; cos, sin: [d/2] s16 at index to (position * d/2). x and y may be the same place.
     *
     * @param multiplier with shift: scale of x * 2^-15 / scale of y
     */
    public static void row(short[] x, int xo, int zIn, int d, short[] cos, short[] sin, int to, int multiplier, int shift,
            short[] y, int yo, int zOut, int min, int max) {
        int half = d >> 1;
        for (int j = 0; j < half; j++) {
            int x0 = x[xo + j] - zIn;
            int x1 = x[xo + half + j] - zIn;
            int c = cos[to + j];
            int s = sin[to + j];
            y[yo + j] = (short) out(first(x0, x1, c, s), multiplier, shift, zOut, min, max);
            y[yo + half + j] = (short) out(second(x0, x1, c, s), multiplier, shift, zOut, min, max);
        }
    }

    /** x: [d] s16, y: [d] s8; cos, sin: [d/2] s16 at index to. */
    public static void row(short[] x, int xo, int zIn, int d, short[] cos, short[] sin, int to, int multiplier, int shift,
            byte[] y, int yo, int zOut, int min, int max) {
        int half = d >> 1;
        for (int j = 0; j < half; j++) {
            int x0 = x[xo + j] - zIn;
            int x1 = x[xo + half + j] - zIn;
            int c = cos[to + j];
            int s = sin[to + j];
            y[yo + j] = (byte) out(first(x0, x1, c, s), multiplier, shift, zOut, min, max);
            y[yo + half + j] = (byte) out(second(x0, x1, c, s), multiplier, shift, zOut, min, max);
        }
    }

    /** x, y: [d] s8; cos, sin: [d/2] s16 at index to. x and y may be the same place. */
    public static void row(byte[] x, int xo, int zIn, int d, short[] cos, short[] sin, int to, int multiplier, int shift,
            byte[] y, int yo, int zOut, int min, int max) {
        int half = d >> 1;
        for (int j = 0; j < half; j++) {
            int x0 = x[xo + j] - zIn;
            int x1 = x[xo + half + j] - zIn;
            int c = cos[to + j];
            int s = sin[to + j];
            y[yo + j] = (byte) out(first(x0, x1, c, s), multiplier, shift, zOut, min, max);
            y[yo + half + j] = (byte) out(second(x0, x1, c, s), multiplier, shift, zOut, min, max);
        }
    }

    private static int out(long v, int multiplier, int shift, int zOut, int min, int max) {
        return Rescale.requantize(v, multiplier, shift, Rounding.SINGLE, zOut, min, max);
    }
}

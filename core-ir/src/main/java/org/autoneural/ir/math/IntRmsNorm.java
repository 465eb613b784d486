package org.autoneural.ir.math;

/**
 * Root-mean-square norm of a row, from integers to integers with one rounding at the end.
 *
 * <p>{@code y = clamp(zOut + round((q - zIn) * gamma * R * 2^-n))}, where {@code R * 2^-n} is the row's factor
 * {@code multiplier * 2^-shift / sqrt(S + epsInt)} and {@code S = sum (q - zIn)^2}. The input's scale cancels but for eps:
 * {@link org.autoneural.ir.math.encode.NormEncoder#rms} makes epsInt, multiplier and shift.
 */
public final class IntRmsNorm {
    private IntRmsNorm() {
    }

    /** {@code sum (x[i] - zero)^2} over x: [n] s16; exact for n up to 2^30. */
    public static long sumOfSquares(short[] x, int xo, int n, int zero) {
        long sum = 0;
        for (int i = xo; i < xo + n; i++) {
            long d = x[i] - zero;
            sum += d * d;
        }
        return sum;
    }

    /** {@code sum (x[i] - zero)^2} over x: [n] s8. */
    public static long sumOfSquares(byte[] x, int xo, int n, int zero) {
        long sum = 0;
        for (int i = xo; i < xo + n; i++) {
            int d = x[i] - zero;
            sum += d * d;
        }
        return sum;
    }

    /** The row's factor: see {@link RowFactor#of} with s = sumOfSquares + epsInt. */
    public static long factor(long sumOfSquares, long epsInt, int multiplier, int shift) {
        return RowFactor.of(sumOfSquares + epsInt, multiplier, shift);
    }

    /**
     * One element: {@code clamp(zOut + round(d * gamma * R * 2^-n))}.
     *
     * @param d {@code q - zIn}, 17 bits with sign
     * @param gamma s16
     * @param r R of the row's factor, 0 to 2^31 - 1
     * @param n shift of the row's factor
     */
    public static int element(int d, int gamma, int r, int n, int zOut, int min, int max) {
        // |d * gamma * r| < 2^16 * 2^15 * 2^31 = 2^62
        return Rescale.clamp(zOut + Rescale.single((long) d * gamma, r, n), min, max);
    }

    /** x: [n] s16, gamma: [n] s16, y: [n] s16. x and y may be the same place. */
    public static void row(short[] x, int xo, int n, int zIn, short[] gamma, int go, long epsInt, int multiplier, int shift,
            short[] y, int yo, int zOut, int min, int max) {
        long factor = factor(sumOfSquares(x, xo, n, zIn), epsInt, multiplier, shift);
        int r = RowFactor.multiplier(factor);
        int s = RowFactor.shift(factor);
        for (int i = 0; i < n; i++) {
            y[yo + i] = (short) element(x[xo + i] - zIn, gamma[go + i], r, s, zOut, min, max);
        }
    }

    /** x: [n] s16, gamma: [n] s16, y: [n] s8. */
    public static void row(short[] x, int xo, int n, int zIn, short[] gamma, int go, long epsInt, int multiplier, int shift,
            byte[] y, int yo, int zOut, int min, int max) {
        long factor = factor(sumOfSquares(x, xo, n, zIn), epsInt, multiplier, shift);
        int r = RowFactor.multiplier(factor);
        int s = RowFactor.shift(factor);
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) element(x[xo + i] - zIn, gamma[go + i], r, s, zOut, min, max);
        }
    }

    /** x: [n] s8, gamma: [n] s16, y: [n] s8. x and y may be the same place. */
    public static void row(byte[] x, int xo, int n, int zIn, short[] gamma, int go, long epsInt, int multiplier, int shift,
            byte[] y, int yo, int zOut, int min, int max) {
        long factor = factor(sumOfSquares(x, xo, n, zIn), epsInt, multiplier, shift);
        int r = RowFactor.multiplier(factor);
        int s = RowFactor.shift(factor);
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) element(x[xo + i] - zIn, gamma[go + i], r, s, zOut, min, max);
        }
    }
}

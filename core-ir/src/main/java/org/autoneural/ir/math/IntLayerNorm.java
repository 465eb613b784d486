package org.autoneural.ir.math;

/**
 * Layer norm of a row. The mean is never rounded: with {@code d_i = n * q_i - sum q}, the row's spread is
 * {@code W = n * sum q^2 - (sum q)^2 = n^2 * variance}, exactly, and the input's zero point cancels.
 *
 * <p>{@code u = round(d * gamma * R * 2^-t)} in steps of 1/256 of an output step ({@link #FINE_BITS}), then
 * {@code y = clamp(zOut + ((u + beta + 2^7) >> 8))}. {@code R * 2^-t} is the row's factor
 * {@code multiplier * 2^-shift / sqrt(W + epsInt)}; {@link org.autoneural.ir.math.encode.NormEncoder#layer} makes the integers.
 */
public final class IntLayerNorm {
    /** Fraction bits of beta and of the value it is added to, below one output step. */
    public static final int FINE_BITS = 8;
    /** Longest row: keeps W below 2^60 and {@code d * gamma} below 2^47. */
    public static final int MAX_LENGTH = 1 << 14;

    private IntLayerNorm() {
    }

    /** The row's factor: see {@link RowFactor#of} with s = n * sumOfSquares - sum^2 + epsInt. */
    public static long factor(long sum, long sumOfSquares, int n, long epsInt, int multiplier, int shift) {
        if (n > MAX_LENGTH) {
            throw new ArithmeticException("a layer norm over " + n + " values (allowed: up to " + MAX_LENGTH + ")");
        }
        return RowFactor.of(n * sumOfSquares - sum * sum + epsInt, multiplier, shift);
    }

    /**
     * One element.
     *
     * @param d {@code n * q - sum}
     * @param gamma s16
     * @param beta s32, in steps of 1/256 of an output step
     */
    public static int element(long d, int gamma, int beta, int r, int t, int zOut, int min, int max) {
        long fine = Rescale.apply(d * gamma, r, t, Rounding.SINGLE) + beta;
        return Rescale.clamp(zOut + ((fine + (1 << (FINE_BITS - 1))) >> FINE_BITS), min, max);
    }

    /** x: [n] s16, gamma: [n] s16, beta: [n] s32, y: [n] s16. x and y may be the same place. */
    public static void row(short[] x, int xo, int n, short[] gamma, int go, int[] beta, int bo, long epsInt, int multiplier,
            int shift, short[] y, int yo, int zOut, int min, int max) {
        long sum = sum(x, xo, n);
        long factor = factor(sum, IntRmsNorm.sumOfSquares(x, xo, n, 0), n, epsInt, multiplier, shift);
        int r = RowFactor.multiplier(factor);
        int t = RowFactor.shift(factor);
        for (int i = 0; i < n; i++) {
            long d = (long) n * x[xo + i] - sum;
            y[yo + i] = (short) element(d, gamma[go + i], beta[bo + i], r, t, zOut, min, max);
        }
    }

    /** x: [n] s16, gamma: [n] s16, beta: [n] s32, y: [n] s8. */
    public static void row(short[] x, int xo, int n, short[] gamma, int go, int[] beta, int bo, long epsInt, int multiplier,
            int shift, byte[] y, int yo, int zOut, int min, int max) {
        long sum = sum(x, xo, n);
        long factor = factor(sum, IntRmsNorm.sumOfSquares(x, xo, n, 0), n, epsInt, multiplier, shift);
        int r = RowFactor.multiplier(factor);
        int t = RowFactor.shift(factor);
        for (int i = 0; i < n; i++) {
            long d = (long) n * x[xo + i] - sum;
            y[yo + i] = (byte) element(d, gamma[go + i], beta[bo + i], r, t, zOut, min, max);
        }
    }

    /** x: [n] s8, gamma: [n] s16, beta: [n] s32, y: [n] s8. x and y may be the same place. */
    public static void row(byte[] x, int xo, int n, short[] gamma, int go, int[] beta, int bo, long epsInt, int multiplier,
            int shift, byte[] y, int yo, int zOut, int min, int max) {
        long sum = 0;
        for (int i = xo; i < xo + n; i++) {
            sum += x[i];
        }
        long factor = factor(sum, IntRmsNorm.sumOfSquares(x, xo, n, 0), n, epsInt, multiplier, shift);
        int r = RowFactor.multiplier(factor);
        int t = RowFactor.shift(factor);
        for (int i = 0; i < n; i++) {
            long d = (long) n * x[xo + i] - sum;
            y[yo + i] = (byte) element(d, gamma[go + i], beta[bo + i], r, t, zOut, min, max);
        }
    }

    private static long sum(short[] x, int xo, int n) {
        long sum = 0;
        for (int i = xo; i < xo + n; i++) {
            sum += x[i];
        }
        return sum;
    }
}

package org.autoneural.image;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Weights of one axis of a resize, in fixed point with {@link #BITS} fraction bits; the weights of one result sum to about 2^22.
 *
 * <p>Pillow's resampling: for result i the centre is (i + 1/2) in/out, the filter is as wide as its support times max(in/out, 1),
 * weights are divided by their sum and rounded half away from zero. Pillow does this in double precision; here it is done in
 * exact fractions, which needs no floating point and gives the same integers.
 *
 * @param first   [out] first source index of each result
 * @param weights [out][taps] s32, 22 fraction bits
 */
record Coefficients(int[] first, int[][] weights) {
    /** 32 bits, less 8 of the sample, less 2 so that sums of negative and positive weights fit. */
    static final int BITS = 22;

    static Coefficients of(int in, int out, Filter filter) {
        int[] first = new int[out];
        int[][] weights = new int[out][];
        long coarser = Math.max(in, out);
        for (int i = 0; i < out; i++) {
            // All positions in units of 1 / (2 out): the centre, and the half width.
            long center = (2L * i + 1) * in;
            long reach = 2L * filter.support() * coarser;
            int from = (int) Math.max(0, Math.floorDiv(center - reach + out, 2L * out));
            int to = (int) Math.min(in, Math.floorDiv(center + reach + out, 2L * out));
            first[i] = from;
            weights[i] = normalized(taps(center, from, to, out, coarser, filter));
        }
        return new Coefficients(first, weights);
    }

    private static BigInteger[] taps(long center, int from, int to, int out, long coarser, Filter filter) {
        BigInteger[] taps = new BigInteger[to - from];
        for (int x = from; x < to; x++) {
            taps[x - from] = filter.weight(Math.abs((2L * x + 1) * out - center), 2 * coarser);
        }
        return taps;
    }

    /** round(tap / sum * 2^22), half away from zero; the sum is positive. */
    private static int[] normalized(BigInteger[] taps) {
        BigInteger sum = Arrays.stream(taps).reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger doubled = sum.shiftLeft(1);
        int[] weights = new int[taps.length];
        for (int i = 0; i < taps.length; i++) {
            BigInteger half = taps[i].signum() < 0 ? sum.negate() : sum;
            weights[i] = taps[i].shiftLeft(BITS + 1).add(half).divide(doubled).intValueExact();
        }
        return weights;
    }
}

package org.autoneural.ir.math;

/**
 * Softmax over the live keys of a row of scores.
 *
 * <p>{@code e_i = 2^-round((max - q_i) * m * 2^-n)} ({@link Exp2}, the exponent in Q16), {@code p_i = e_i / sum e} by exact
 * integer division, half up. Keys beyond the live count are masked: they are never read and get probability 0, so a mask is a
 * count, never a large negative score. {@link org.autoneural.ir.math.encode.SoftmaxEncoder} makes m and n from the scores' scale.
 *
 * <p>Outputs: s16 with scale 2^-15 and zero 0 (1 saturates to 32767), or s8 with scale 2^-8 and zero -128 (1 saturates to 127).
 */
public final class IntSoftmax {
    /** Fraction bits of the s16 output; its zero point is 0. */
    public static final int BITS_16 = 15;
    /** Fraction bits of the s8 output. */
    public static final int BITS_8 = 8;
    /** Zero point of the s8 output. */
    public static final int ZERO_8 = -128;

    private IntSoftmax() {
    }

    /**
     * x: [length] s16 of which the first live are read; y: [length] s16, scale 2^-15. x and y may be the same place.
     *
     * @param scratch room for live values from index so on
     */
    public static void row(short[] x, int xo, int live, int length, int multiplier, int shift, int[] scratch, int so,
            short[] y, int yo) {
        long sum = exponentials(x, xo, live, multiplier, shift, scratch, so);
        normalize(scratch, so, live, length, sum, y, yo);
    }

    /** x: [length] s16 of which the first live are read; y: [length] s8, scale 2^-8, zero -128. */
    public static void row(short[] x, int xo, int live, int length, int multiplier, int shift, int[] scratch, int so,
            byte[] y, int yo) {
        long sum = exponentials(x, xo, live, multiplier, shift, scratch, so);
        normalize(scratch, so, live, length, sum, y, yo);
    }

    /** x: [length] s8 of which the first live are read; y: [length] s8, scale 2^-8, zero -128. x and y may be the same place. */
    public static void row(byte[] x, int xo, int live, int length, int multiplier, int shift, int[] scratch, int so,
            byte[] y, int yo) {
        long sum = exponentials(x, xo, live, multiplier, shift, scratch, so);
        normalize(scratch, so, live, length, sum, y, yo);
    }

    /** First half: e: [live] Q30 from x: [live] s16; returns the sum of e, at least 2^30. */
    public static long exponentials(short[] x, int xo, int live, int multiplier, int shift, int[] e, int eo) {
        require(live, multiplier, shift);
        int max = x[xo];
        for (int i = 1; i < live; i++) {
            max = Math.max(max, x[xo + i]);
        }
        long sum = 0;
        for (int i = 0; i < live; i++) {
            // |d * m| < 2^16 * 2^31
            int v = Exp2.negative(Rescale.single(max - x[xo + i], multiplier, shift));
            e[eo + i] = v;
            sum += v;
        }
        return sum;
    }

    /** First half: e: [live] Q30 from x: [live] s8; returns the sum of e, at least 2^30. */
    public static long exponentials(byte[] x, int xo, int live, int multiplier, int shift, int[] e, int eo) {
        require(live, multiplier, shift);
        int max = x[xo];
        for (int i = 1; i < live; i++) {
            max = Math.max(max, x[xo + i]);
        }
        long sum = 0;
        for (int i = 0; i < live; i++) {
            int v = Exp2.negative(Rescale.single(max - x[xo + i], multiplier, shift));
            e[eo + i] = v;
            sum += v;
        }
        return sum;
    }

    /** Second half: {@code y = min(32767, (e * 2^15 + sum/2) / sum)}, and 0 from live to length. */
    public static void normalize(int[] e, int eo, int live, int length, long sum, short[] y, int yo) {
        long half = sum >> 1;
        for (int i = 0; i < live; i++) {
            y[yo + i] = (short) Math.min(Short.MAX_VALUE, (((long) e[eo + i] << BITS_16) + half) / sum);
        }
        for (int i = live; i < length; i++) {
            y[yo + i] = 0;
        }
    }

    /** Second half: {@code y = min(127, (e * 2^8 + sum/2) / sum - 128)}, and -128 from live to length. */
    public static void normalize(int[] e, int eo, int live, int length, long sum, byte[] y, int yo) {
        long half = sum >> 1;
        for (int i = 0; i < live; i++) {
            y[yo + i] = (byte) Math.min(Byte.MAX_VALUE, (((long) e[eo + i] << BITS_8) + half) / sum + ZERO_8);
        }
        for (int i = live; i < length; i++) {
            y[yo + i] = ZERO_8;
        }
    }

    private static void require(int live, int multiplier, int shift) {
        if (live < 1) {
            throw new IllegalArgumentException("a softmax over " + live + " live keys (allowed: 1 or more)");
        }
        if (multiplier < 0 || shift < 1 || shift > Rescale.MAX_SHIFT) {
            throw new IllegalArgumentException("a softmax with the factor " + multiplier + " * 2^-" + shift
                    + " (allowed: a multiplier of 0 or more, a shift of 1 to 62)");
        }
    }
}

package org.autoneural.ir.math;

/**
 * Sum of two tensors with different encodings, one rounding after the exact sum:
 * {@code y = clamp(zOut + (((a - zA) * mA + (b - zB) * mB + 2^(n-1)) >> n))}.
 *
 * <p>{@link org.autoneural.ir.math.encode.MultiplierEncoder#encodePair} makes mA, mB and n; a negative mB subtracts.
 */
public final class IntAdd {
    private IntAdd() {
    }

    /**
     * One element.
     *
     * @param a first value without its zero point, 17 bits with sign
     * @param b second value without its zero point, 17 bits with sign
     * @param shift n, 1 to 62
     */
    public static int element(int a, int b, int multiplierA, int multiplierB, int shift, int zOut, int min, int max) {
        // |sum| < 2 * 2^16 * 2^31 = 2^48; the rounding term adds at most 2^61
        long sum = (long) a * multiplierA + (long) b * multiplierB;
        return Rescale.clamp(zOut + ((sum + (1L << (shift - 1))) >> shift), min, max);
    }

    /** a, b, y: [n] s16. y may be the place of a or b. */
    public static void row(short[] a, int ao, int zA, int multiplierA, short[] b, int bo, int zB, int multiplierB, int shift,
            int n, short[] y, int yo, int zOut, int min, int max) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (short) element(a[ao + i] - zA, b[bo + i] - zB, multiplierA, multiplierB, shift, zOut, min, max);
        }
    }

    /** a, b, y: [n] s8. y may be the place of a or b. */
    public static void row(byte[] a, int ao, int zA, int multiplierA, byte[] b, int bo, int zB, int multiplierB, int shift,
            int n, byte[] y, int yo, int zOut, int min, int max) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) element(a[ao + i] - zA, b[bo + i] - zB, multiplierA, multiplierB, shift, zOut, min, max);
        }
    }
}

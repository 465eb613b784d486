package org.autoneural.ir.math;

/** Product of two tensors: {@code y = clamp(zOut + round((a - zA) * (b - zB) * m * 2^-n))}, one rounding (half up). */
public final class IntMul {
    private IntMul() {
    }

    /**
     * One element.
     *
     * @param a first value without its zero point, 17 bits with sign
     * @param b second value without its zero point, 17 bits with sign
     * @param multiplier with shift: scale of a * scale of b / scale of y
     */
    public static int element(int a, int b, int multiplier, int shift, int zOut, int min, int max) {
        return Rescale.requantize((long) a * b, multiplier, shift, Rounding.SINGLE, zOut, min, max);
    }

    /** a, b, y: [n] s16. y may be the place of a or b. */
    public static void row(short[] a, int ao, int zA, short[] b, int bo, int zB, int multiplier, int shift, int n,
            short[] y, int yo, int zOut, int min, int max) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (short) element(a[ao + i] - zA, b[bo + i] - zB, multiplier, shift, zOut, min, max);
        }
    }

    /** a, b, y: [n] s8. y may be the place of a or b. */
    public static void row(byte[] a, int ao, int zA, byte[] b, int bo, int zB, int multiplier, int shift, int n,
            byte[] y, int yo, int zOut, int min, int max) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (byte) element(a[ao + i] - zA, b[bo + i] - zB, multiplier, shift, zOut, min, max);
        }
    }
}

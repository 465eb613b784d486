package org.autoneural.ir.math;

/** Index of the greatest of n values (n of 1 or more); the lowest index wins a tie. The index counts from the offset. */
public final class IntArgmax {
    private IntArgmax() {
    }

    /** x: [n] s8. */
    public static int of(byte[] x, int xo, int n) {
        requireValues(n);
        int best = 0;
        for (int i = 1; i < n; i++) {
            if (x[xo + i] > x[xo + best]) {
                best = i;
            }
        }
        return best;
    }

    /** x: [n] s16. */
    public static int of(short[] x, int xo, int n) {
        requireValues(n);
        int best = 0;
        for (int i = 1; i < n; i++) {
            if (x[xo + i] > x[xo + best]) {
                best = i;
            }
        }
        return best;
    }

    /** x: [n] s32. */
    public static int of(int[] x, int xo, int n) {
        requireValues(n);
        int best = 0;
        for (int i = 1; i < n; i++) {
            if (x[xo + i] > x[xo + best]) {
                best = i;
            }
        }
        return best;
    }

    private static void requireValues(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("the greatest of " + n + " values (allowed: 1 or more)");
        }
    }
}

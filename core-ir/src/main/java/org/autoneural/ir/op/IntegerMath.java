package org.autoneural.ir.op;

/** Exact integer loops shared by the ops' integer meaning. Nothing here rounds: that is {@code ir.math}'s. */
final class IntegerMath {
    private IntegerMath() {}

    /** Sum of {@code (a[ao+i] - zeroA) * (b[bo+i] - zeroB)} over {@code n}. */
    static long dot(int[] a, int ao, int zeroA, int[] b, int bo, int zeroB, int n) {
        long sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (long) (a[ao + i] - zeroA) * (b[bo + i] - zeroB);
        }
        return sum;
    }
}

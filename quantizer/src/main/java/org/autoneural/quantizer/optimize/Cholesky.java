package org.autoneural.quantizer.optimize;

import java.util.stream.IntStream;

/** Dense lower triangular matrices, row-major [n, n]; sums in a fixed order, whatever the number of threads. */
final class Cholesky {
    private static final int SMALL = 128;

    private Cholesky() {}

    /** Replaces the lower triangle of a symmetric positive definite matrix by its factor L, {@code L L^T} being the matrix. */
    static void factor(double[] a, int n) {
        for (int j = 0; j < n; j++) {
            int row = j * n;
            double pivot = a[row + j];
            for (int k = 0; k < j; k++) {
                pivot -= a[row + k] * a[row + k];
            }
            if (!(pivot > 0)) {
                throw new ArithmeticException("second moments are not positive definite at input " + j + ": pivot " + pivot);
            }
            double root = Math.sqrt(pivot);
            a[row + j] = root;
            int column = j;
            rows(j + 1, n).forEach(i -> {
                double sum = a[i * n + column];
                for (int k = 0; k < column; k++) {
                    sum -= a[i * n + k] * a[column * n + k];
                }
                a[i * n + column] = sum / root;
            });
        }
    }

    /** Replaces a lower triangular matrix by its inverse. */
    static void invertLower(double[] l, int n) {
        double[] inverse = new double[n * n];
        for (int i = 0; i < n; i++) {
            double diagonal = l[i * n + i];
            for (int k = 0; k < i; k++) {
                double factor = l[i * n + k];
                for (int j = 0; j <= k; j++) {
                    inverse[i * n + j] -= factor * inverse[k * n + j];
                }
            }
            for (int j = 0; j < i; j++) {
                inverse[i * n + j] /= diagonal;
            }
            inverse[i * n + i] = 1 / diagonal;
        }
        System.arraycopy(inverse, 0, l, 0, l.length);
    }

    private static IntStream rows(int from, int to) {
        return to - from > SMALL ? IntStream.range(from, to).parallel() : IntStream.range(from, to);
    }
}

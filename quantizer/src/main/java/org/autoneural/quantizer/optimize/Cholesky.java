package org.autoneural.quantizer.optimize;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Dense lower triangular matrices, row-major [n, n]; sums in a fixed order, whatever the number of threads. By blocks of
 * {@value #BLOCK} columns, which stay in the second-level cache for all rows.
 */
final class Cholesky {
    private static final int BLOCK = 64;

    private Cholesky() {}

    /** Replaces the lower triangle of a symmetric positive definite matrix by its factor L, {@code L L^T} being the matrix. */
    static void factor(double[] a, int n) {
        for (int from = 0; from < n; from += BLOCK) {
            int first = from;
            int to = Math.min(n, from + BLOCK);
            each(from, n, i -> subtractProducts(a, n, i, first, Math.min(to, i + 1)));
            for (int j = from; j < to; j++) {
                double pivot = subtractProducts(a, n, j, j, from, j);
                if (!(pivot > 0)) {
                    throw new ArithmeticException("second moments are not positive definite at input " + j + ": pivot " + pivot);
                }
                a[j * n + j] = Math.sqrt(pivot);
                for (int i = j + 1; i < to; i++) {
                    a[i * n + j] = subtractProducts(a, n, i, j, first, j) / a[j * n + j];
                }
            }
            each(to, n, i -> {
                for (int j = first; j < to; j++) {
                    a[i * n + j] = subtractProducts(a, n, i, j, first, j) / a[j * n + j];
                }
            });
        }
    }

    /** Takes from columns {@code from .. to-1} of row i the products with the columns before {@code from}. */
    private static void subtractProducts(double[] a, int n, int i, int from, int to) {
        int row = i * n;
        int j = from;
        for (; j + 4 <= to; j += 4) { // four sums at a time, so that an addition need not wait for the one before
            int r0 = j * n;
            int r1 = r0 + n;
            int r2 = r1 + n;
            int r3 = r2 + n;
            double s0 = a[row + j];
            double s1 = a[row + j + 1];
            double s2 = a[row + j + 2];
            double s3 = a[row + j + 3];
            for (int k = 0; k < from; k++) {
                double x = a[row + k];
                s0 -= x * a[r0 + k];
                s1 -= x * a[r1 + k];
                s2 -= x * a[r2 + k];
                s3 -= x * a[r3 + k];
            }
            a[row + j] = s0;
            a[row + j + 1] = s1;
            a[row + j + 2] = s2;
            a[row + j + 3] = s3;
        }
        for (; j < to; j++) {
            a[row + j] = subtractProducts(a, n, i, j, 0, from);
        }
    }

    /** {@code a[i, j]} less the products of rows i and j over columns {@code from .. to-1}. */
    private static double subtractProducts(double[] a, int n, int i, int j, int from, int to) {
        double sum = a[i * n + j];
        for (int k = from; k < to; k++) {
            sum -= a[i * n + k] * a[j * n + k];
        }
        return sum;
    }

    /** Replaces a lower triangular matrix by its inverse. */
    static void invertLower(double[] l, int n) {
        double[] inverse = new double[n * n];
        IntStream.range(0, (n + BLOCK - 1) / BLOCK).parallel().forEach(block -> invertColumns(l, n, block * BLOCK, Math.min(n, (block + 1) * BLOCK), inverse));
        System.arraycopy(inverse, 0, l, 0, l.length);
    }

    /** Columns {@code from .. to-1} of the inverse, which need no others. */
    private static void invertColumns(double[] l, int n, int from, int to, double[] inverse) {
        for (int i = from; i < n; i++) {
            double diagonal = l[i * n + i];
            for (int k = from; k < i; k++) {
                subtract(inverse, i * n, l[i * n + k], k * n, from, Math.min(to, k + 1));
            }
            for (int j = from; j < Math.min(to, i); j++) {
                inverse[i * n + j] /= diagonal;
            }
            if (i < to) {
                inverse[i * n + i] = 1 / diagonal;
            }
        }
    }

    private static void subtract(double[] a, int target, double factor, int source, int from, int to) {
        for (int j = from; j < to; j++) {
            a[target + j] -= factor * a[source + j];
        }
    }

    private static void each(int from, int to, IntConsumer row) {
        IntStream rows = IntStream.range(from, Math.max(from, to));
        (to - from > BLOCK ? rows.parallel() : rows).forEach(row);
    }
}

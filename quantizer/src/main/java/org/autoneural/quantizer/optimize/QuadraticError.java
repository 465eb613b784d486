package org.autoneural.quantizer.optimize;

import java.util.Arrays;

/** {@code d^T H d}: the mean squared error of a layer's result when its weights are off by d and H are its inputs' moments. */
final class QuadraticError {
    private QuadraticError() {}

    /** @param h symmetric, row-major [d.length, d.length] */
    static double of(double[] h, double[] d) {
        double[] product = new double[d.length];
        product(h, d, product);
        return dot(d, product);
    }

    /** {@code H d}, half the slope of the error; row by row, so that neighbours are added by vectors. */
    static void product(double[] h, double[] d, double[] product) {
        Arrays.fill(product, 0);
        for (int i = 0; i < d.length; i++) {
            addRow(h, i * d.length, d[i], product);
        }
    }

    /** Adds {@code factor * h[at ..]} to {@code sums}. */
    static void addRow(double[] h, int at, double factor, double[] sums) {
        if (factor != 0) {
            for (int j = 0; j < sums.length; j++) {
                sums[j] += factor * h[at + j];
            }
        }
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}

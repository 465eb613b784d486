package org.autoneural.quantizer.optimize;

/** {@code d^T H d}: the mean squared error of a layer's result when its weights are off by d and H are its inputs' moments. */
final class QuadraticError {
    private QuadraticError() {}

    /** @param h symmetric, row-major [d.length, d.length] */
    static double of(double[] h, double[] d) {
        double sum = 0;
        for (int i = 0; i < d.length; i++) {
            if (d[i] != 0) {
                double row = 0;
                int at = i * d.length;
                for (int j = 0; j < d.length; j++) {
                    row += h[at + j] * d[j];
                }
                sum += d[i] * row;
            }
        }
        return sum;
    }
}

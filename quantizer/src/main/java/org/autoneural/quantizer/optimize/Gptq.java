package org.autoneural.quantizer.optimize;

import java.util.Arrays;
import java.util.Comparator;

/**
 * GPTQ: weights are rounded one input after another, and each rounding error is made up for by the inputs still to come, so
 * that {@code E |(w - w^) x|^2} is small (Frantar, Ashkboos, Hoefler and Alistarh, "GPTQ: accurate post-training quantization
 * for generative pre-trained transformers", ICLR 2023). Inputs of large second moment go first (the paper's act-order), which
 * costs nothing where a channel has one scale.
 *
 * <p>Then some rounds of coordinate descent on the same error: each integer in turn moves to where the error is least, the
 * others fixed; it never grows. A channel that ends worse than rounded to nearest is rounded to nearest.
 *
 * <p>One object for one channel group: {@code inputs^3 / 3} multiplications to set up, {@code (1/2 + rounds) * inputs^2} for each
 * output channel.
 */
final class Gptq implements WeightRounding {
    /**
     * Share of the mean second moment that is added to each one, as in the paper: an input that was hardly ever used may be later,
     * and its weight must not be spent on the others' errors.
     */
    private static final double DAMPING = 0.01;
    private static final int DESCENT_ROUNDS = 4;

    private final int width;
    /** Damped second moments. */
    private final double[] h;
    private final int[] order;
    /** Upper triangular, row-major, in {@link #order}: {@code u^T u} is the inverse of {@link #h}. */
    private final double[] u;

    /** @param h second moments of the inputs, [width, width], symmetric */
    Gptq(double[] h, int width) {
        this.width = width;
        this.h = damped(h, width);
        this.order = order(this.h, width);
        this.u = inverseFactor(this.h, order, width);
    }

    private static double[] damped(double[] h, int n) {
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += h[i * n + i];
        }
        double damping = trace > 0 ? DAMPING * trace / n : 1;
        double[] damped = h.clone();
        for (int i = 0; i < n; i++) {
            damped[i * n + i] += damping;
        }
        return damped;
    }

    private static int[] order(double[] h, int width) {
        Integer[] order = new Integer[width];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -h[i * width + i]).thenComparingInt(i -> i));
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }

    private static double[] inverseFactor(double[] h, int[] order, int n) {
        // With the order reversed, H = L L^T gives the inverse's upper factor directly: u = (L^-1), read backwards.
        double[] l = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                l[i * n + j] = h[order[n - 1 - i] * n + order[n - 1 - j]];
            }
        }
        Cholesky.factor(l, n);
        Cholesky.invertLower(l, n);
        double[] u = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                u[i * n + j] = l[(n - 1 - i) * n + n - 1 - j];
            }
        }
        return u;
    }

    @Override
    public void round(float[] weights, double scale, int max, byte[] integers) {
        double[] w = new double[width];
        for (int k = 0; k < width; k++) {
            w[k] = weights[order[k]] / scale;
        }
        for (int k = 0; k < width; k++) {
            byte q = WeightRounding.nearest(w[k], max);
            integers[order[k]] = q;
            int at = k * width;
            double error = (w[k] - q) / u[at + k];
            for (int j = k + 1; j < width; j++) {
                w[j] -= error * u[at + j];
            }
        }
        double error = descend(weights, scale, max, integers);
        byte[] nearest = new byte[width];
        WeightRounding.nearest().round(weights, scale, max, nearest);
        if (!(error < QuadraticError.of(h, off(weights, scale, nearest)))) {
            System.arraycopy(nearest, 0, integers, 0, width);
        }
    }

    /** By how many steps of the scale each integer is off. */
    private double[] off(float[] weights, double scale, byte[] integers) {
        double[] d = new double[width];
        for (int k = 0; k < width; k++) {
            d[k] = integers[k] - weights[k] / scale;
        }
        return d;
    }

    /** Returns the error that is left, in steps of the scale, squared. */
    private double descend(float[] weights, double scale, int max, byte[] integers) {
        double[] gradient = new double[width];
        QuadraticError.product(h, off(weights, scale, integers), gradient);
        boolean moved = true;
        for (int round = 0; round < DESCENT_ROUNDS && moved; round++) {
            moved = false;
            for (int k : order) {
                double curvature = h[k * width + k];
                if (!(curvature > 0)) {
                    continue;
                }
                byte to = WeightRounding.nearest(integers[k] - gradient[k] / curvature, max);
                int by = to - integers[k];
                // nearer to the minimum of the parabola in this weight, and not merely as near
                if (by == 0 || !(by * (gradient[k] + 0.5 * by * curvature) < 0)) {
                    continue;
                }
                integers[k] = to;
                moved = true;
                QuadraticError.addRow(h, k * width, by, gradient);
            }
        }
        return QuadraticError.dot(off(weights, scale, integers), gradient);
    }
}

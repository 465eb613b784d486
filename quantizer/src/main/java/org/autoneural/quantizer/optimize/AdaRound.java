package org.autoneural.quantizer.optimize;

import java.util.Arrays;

/**
 * AdaRound: each weight learns whether to round down or up, so that {@code E |(w - w^) x|^2} is small (Nagel, Amjad, van
 * Baalen, Louizos and Blankevoort, "Up or down? Adaptive rounding for post-training quantization", ICML 2020). Soft choices in
 * [0, 1] follow the gradient (Adam) while a growing penalty drives them to 0 or 1; at the end each is rounded. The error is
 * quadratic in the weights, so the inputs' second moments stand for the data and no batch is drawn: deterministic.
 *
 * <p>{@value #STEPS} times {@code inputs^2} multiplications for each output channel.
 */
final class AdaRound implements WeightRounding {
    private static final int STEPS = 300;
    private static final double RATE = 0.05;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    /** Stretch of the sigmoid beyond [0, 1], as in the paper: choices can reach both ends. */
    private static final double LOW = -0.1;
    private static final double HIGH = 1.1;
    private static final double PENALTY = 0.05;
    private static final double FIRST_BETA = 20;
    private static final double LAST_BETA = 2;
    /** Share of the steps without penalty. */
    private static final double WARM_UP = 0.2;

    private final int width;
    private final double[] h;

    /** @param h second moments of the inputs, [width, width], symmetric */
    AdaRound(double[] h, int width) {
        this.width = width;
        this.h = normalized(h, width);
    }

    /** With a mean diagonal of 1, so that step length and penalty mean the same for every layer. */
    private static double[] normalized(double[] h, int width) {
        double trace = 0;
        for (int k = 0; k < width; k++) {
            trace += h[k * width + k];
        }
        double factor = trace > 0 ? width / trace : 1;
        return Arrays.stream(h).map(v -> v * factor).toArray();
    }

    @Override
    public void round(float[] weights, double scale, int max, byte[] integers) {
        double[] v = new double[width];
        double[] floor = new double[width];
        for (int k = 0; k < width; k++) {
            double w = weights[k] / scale;
            floor[k] = Math.floor(w);
            double share = Math.max(1e-3, Math.min(1 - 1e-3, (w - floor[k] - LOW) / (HIGH - LOW)));
            v[k] = StrictMath.log(share / (1 - share));
        }
        descend(weights, scale, floor, v);
        for (int k = 0; k < width; k++) {
            integers[k] = WeightRounding.nearest(floor[k] + (v[k] >= 0 ? 1 : 0), max);
        }
        keepIfBetter(weights, scale, max, integers);
    }

    private void descend(float[] weights, double scale, double[] floor, double[] v) {
        double[] d = new double[width];
        double[] half = new double[width];
        double[] slope = new double[width];
        double[] soft = new double[width];
        double[] m = new double[width];
        double[] n = new double[width];
        double b1 = 1;
        double b2 = 1;
        for (int step = 0; step < STEPS; step++) {
            for (int k = 0; k < width; k++) {
                double s = 1 / (1 + StrictMath.exp(-v[k]));
                double stretched = s * (HIGH - LOW) + LOW;
                soft[k] = Math.max(0, Math.min(1, stretched));
                slope[k] = stretched > 0 && stretched < 1 ? s * (1 - s) * (HIGH - LOW) : 0;
                d[k] = floor[k] + soft[k] - weights[k] / scale;
            }
            double progress = (double) step / STEPS;
            double beta = LAST_BETA + (FIRST_BETA - LAST_BETA) * 0.5 * (1 + StrictMath.cos(Math.PI * Math.max(0, (progress - WARM_UP) / (1 - WARM_UP))));
            b1 *= BETA1;
            b2 *= BETA2;
            QuadraticError.product(h, d, half);
            for (int k = 0; k < width; k++) {
                double gradient = 2 * half[k];
                if (progress >= WARM_UP) {
                    double t = 2 * soft[k] - 1;
                    gradient -= PENALTY * beta * 2 * Math.signum(t) * StrictMath.pow(Math.abs(t), beta - 1);
                }
                gradient *= slope[k];
                m[k] = BETA1 * m[k] + (1 - BETA1) * gradient;
                n[k] = BETA2 * n[k] + (1 - BETA2) * gradient * gradient;
                v[k] -= RATE * (m[k] / (1 - b1)) / (Math.sqrt(n[k] / (1 - b2)) + 1e-12);
            }
        }
    }

    /** Rounding to nearest is never beaten by less than nothing: a channel that did not converge keeps it. */
    private void keepIfBetter(float[] weights, double scale, int max, byte[] integers) {
        double[] learned = new double[width];
        double[] nearest = new double[width];
        for (int k = 0; k < width; k++) {
            learned[k] = integers[k] - weights[k] / scale;
            nearest[k] = WeightRounding.nearest(weights[k] / scale, max) - weights[k] / scale;
        }
        if (QuadraticError.of(h, nearest) < QuadraticError.of(h, learned)) {
            for (int k = 0; k < width; k++) {
                integers[k] = WeightRounding.nearest(weights[k] / scale, max);
            }
        }
    }
}

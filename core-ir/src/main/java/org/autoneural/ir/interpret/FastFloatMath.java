package org.autoneural.ir.interpret;

import org.autoneural.ir.op.Activation;

/** Loops over elements in f32; functions are within 3e-7 of the exact ones, relative to the result. */
final class FastFloatMath {
    private static final float LOG2_E = 1.442695041f;
    /** ln 2 in two parts; the first has few bits, so that its product with a small integer is exact. */
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float SQRT_2_PI = 0.7978845608f;

    private FastFloatMath() {}

    /** e^x; 0 below -87, at most e^88. */
    static float exp(float x) {
        if (x < -87f) {
            return 0;
        }
        float t = Math.min(x, 88f);
        int n = (int) (t * LOG2_E + (t < 0 ? -0.5f : 0.5f));
        float r = t - n * LN2_HIGH - n * LN2_LOW;
        float p = 1f / 5040;
        p = p * r + 1f / 720;
        p = p * r + 1f / 120;
        p = p * r + 1f / 24;
        p = p * r + 1f / 6;
        p = p * r + 0.5f;
        p = p * r * r + r + 1;
        return p * Float.intBitsToFloat(n + 127 << 23);
    }

    static void activate(FloatKernel kernel, Activation op, float[] x, int from, int to, float[] y) {
        switch (op.function()) {
            // tanh(u) = 2 / (1 + e^-2u) - 1
            case GELU_TANH -> kernel.gate(x, from, to, 2 * SQRT_2_PI, 2 * SQRT_2_PI * 0.044715f, y);
            case SILU -> kernel.gate(x, from, to, 1, 0, y);
            case GELU_ERF, SIGMOID, TANH -> {
                for (int i = from; i < to; i++) {
                    y[i] = (float) op.apply(x[i]);
                }
            }
        }
    }

    /** Over {@code live} elements at {@code at}; the other ones up to n become 0. */
    static void softmax(FloatKernel kernel, float[] x, int at, int live, int n, float[] y) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = at; i < at + live; i++) {
            max = x[i] > max ? x[i] : max;
        }
        double sum = kernel.exponentials(x, at, at + live, max, y);
        float factor = (float) (1 / sum);
        for (int i = at; i < at + live; i++) {
            y[i] *= factor;
        }
        for (int i = at + live; i < at + n; i++) {
            y[i] = 0;
        }
    }

    /**
     * {@code count} neighbouring columns of c values each, {@code stride} apart, the first value at {@code at}:
     * {@code y = x * gamma[k] / sqrt(mean of squares + epsilon)}.
     */
    static void rmsNorm(float[] x, int at, int c, int stride, int count, float[] gamma, double epsilon, float[] y) {
        double[] squares = new double[count];
        for (int k = 0; k < c; k++) {
            for (int i = 0; i < count; i++) {
                float v = x[at + k * stride + i];
                squares[i] += (double) v * v;
            }
        }
        float[] r = new float[count];
        for (int i = 0; i < count; i++) {
            r[i] = (float) (1 / Math.sqrt(squares[i] / c + epsilon));
        }
        for (int k = 0; k < c; k++) {
            for (int i = 0; i < count; i++) {
                y[at + k * stride + i] = x[at + k * stride + i] * r[i] * gamma[k];
            }
        }
    }
}

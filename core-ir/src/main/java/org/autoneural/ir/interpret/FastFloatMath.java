package org.autoneural.ir.interpret;

import org.autoneural.ir.op.Activation;

/**
 * Loops over elements in f32; functions are within 3e-7 of the exact ones, relative to the result. All of it is f32 and f64
 * arithmetic in a fixed order, so results are the same bits on every JVM.
 */
public final class FastFloatMath {
    /** 1 / ln 2. */
    public static final float LOG2_E = 1.442695041f;
    /** ln 2 in two parts; the first has few bits, so that its product with a small integer is exact. */
    public static final float LN2_HIGH = 0.693359375f;
    /** ln 2 less {@link #LN2_HIGH}. */
    public static final float LN2_LOW = -2.12194440e-4f;
    /** Adding this rounds to an integer, which then stands in the low bits: conversions of vectors box on JDK 17. */
    public static final float ROUND = 0x1.8p23f;
    /** The bits of 1f: an exponent added to them gives a power of two. */
    public static final int ONE_BITS = 127 << 23;
    /** Arguments of e^x are clamped to this range, in which the result is a normal number. */
    public static final float EXP_MIN = -87f;
    /** The upper end of that range. */
    public static final float EXP_MAX = 88f;
    private static final float SQRT_2_PI = 0.7978845608f;

    private FastFloatMath() {}

    /** e^x for {@value #EXP_MIN} to {@value #EXP_MAX}. */
    static float exp(float x) {
        float shifted = x * LOG2_E + ROUND;
        float n = shifted - ROUND;
        float r = x - n * LN2_HIGH - n * LN2_LOW;
        float p = r * (1f / 5040) + 1f / 720;
        p = p * r + 1f / 120;
        p = p * r + 1f / 24;
        p = p * r + 1f / 6;
        p = p * r + 0.5f;
        p = p * r * r + r + 1f;
        return p * Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + ONE_BITS);
    }

    /** {@code x / (1 + e^-(a x + b x^3))}. */
    static float gate(float x, float a, float b) {
        float t = (x * x * -b + -a) * x;
        return x / (exp(Math.min(Math.max(t, EXP_MIN), EXP_MAX)) + 1f);
    }

    /** Sum of the first {@code count} partial sums, a power of two: halves added until one is left. Destroys them. */
    public static float fold(float[] sums, int count) {
        for (int half = count / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums[i] += sums[i + half];
            }
        }
        return sums[0];
    }

    static void activate(FloatKernel kernel, Activation op, float[] x, int from, int to, float[] y) {
        switch (op.function()) {
            // tanh(u) = 2 / (1 + e^-2u) - 1
            case GELU_TANH -> kernel.gate(x, from, to, 2 * SQRT_2_PI, 2 * SQRT_2_PI * 0.044715f, y);
            case SILU -> kernel.gate(x, from, to, 1, 0, y);
            case GELU_ERF, SIGMOID, TANH, HARD_SIGMOID, HARD_SWISH -> {
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
        kernel.exponentials(x, at, at + live, max, y);
        float factor = (float) (1 / sum(y, at, at + live));
        for (int i = at; i < at + live; i++) {
            y[i] *= factor;
        }
        for (int i = at + live; i < at + n; i++) {
            y[i] = 0;
        }
    }

    /** Four partial sums, so that an addition need not wait for the one before. */
    private static double sum(float[] x, int from, int to) {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
        }
        for (; i < to; i++) {
            s0 += x[i];
        }
        return s0 + s1 + (s2 + s3);
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

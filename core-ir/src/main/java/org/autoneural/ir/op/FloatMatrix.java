package org.autoneural.ir.op;

/**
 * A weight matrix turned for products with many rows: one array of O outputs for each of K inputs, so that the inner loop runs
 * over outputs, where compilers vectorise it (all arrays with one index, performance notes 3.4). Order of summation is fixed.
 */
final class FloatMatrix {
    private final float[][] byInput;

    /** @param w [O, K] row-major */
    FloatMatrix(float[] w, int outputs, int inputs) {
        byInput = new float[inputs][outputs];
        for (int k = 0; k < inputs; k++) {
            for (int o = 0; o < outputs; o++) {
                byInput[k][o] = w[o * inputs + k];
            }
        }
    }

    /** {@code sum[o] += x[xo + k] * w[o, first + k]} over {@code count} inputs. */
    void accumulate(float[] x, int xo, int first, int count, float[] sum) {
        int k = 0;
        for (; k + 4 <= count; k += 4) {
            axpy4(x[xo + k], byInput[first + k], x[xo + k + 1], byInput[first + k + 1],
                    x[xo + k + 2], byInput[first + k + 2], x[xo + k + 3], byInput[first + k + 3], sum);
        }
        for (; k < count; k++) {
            axpy(x[xo + k], byInput[first + k], sum);
        }
    }

    /**
     * One output of a product with few rows, where turning the weights does not pay: {@code start} plus the sum of
     * {@code x[xo + k] * w[wo + k]}, in the order of {@link #accumulate}, so that a row's result does not depend on how many
     * rows there are.
     */
    static float row(float[] x, int xo, float[] w, int wo, int count, float start) {
        float sum = start;
        int k = 0;
        for (; k + 4 <= count; k += 4) {
            sum += x[xo + k] * w[wo + k] + x[xo + k + 1] * w[wo + k + 1]
                    + x[xo + k + 2] * w[wo + k + 2] + x[xo + k + 3] * w[wo + k + 3];
        }
        for (; k < count; k++) {
            sum += x[xo + k] * w[wo + k];
        }
        return sum;
    }

    /**
     * Grouped: output o reads the {@code count} inputs of its own group, {@code o / (O / groups)}, of a pixel at {@code xo}.
     * With one input and one output a group this is depthwise.
     */
    void accumulateGroups(float[] x, int xo, int first, int count, int groups, float[] sum) {
        int share = sum.length / groups;
        for (int k = 0; k < count; k++) {
            float[] w = byInput[first + k];
            for (int o = 0; o < sum.length; o++) {
                sum[o] += x[xo + (share == 1 ? o : o / share) * count + k] * w[o];
            }
        }
    }

    private static void axpy4(float a, float[] wa, float b, float[] wb, float c, float[] wc, float d, float[] wd, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += a * wa[i] + b * wb[i] + c * wc[i] + d * wd[i];
        }
    }

    private static void axpy(float a, float[] w, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += a * w[i];
        }
    }
}

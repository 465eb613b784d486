package org.autoneural.ir.interpret;

import org.autoneural.ir.op.FloatMath;

/** Loops that C2 vectorises by itself: all arrays with one index (performance notes 3.4). */
public final class PlainFloatKernel implements FloatKernel {
    @Override
    public void block(float[] a, int ao, int lda, int rows, float[][] panel, int depth, int columns, float[] y, int yo, int ldy) {
        float[] sum = new float[columns];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(y, yo + r * ldy, sum, 0, columns);
            int at = ao + r * lda;
            int k = 0;
            for (; k + 4 <= depth; k += 4) {
                axpy4(a[at + k], panel[k], a[at + k + 1], panel[k + 1], a[at + k + 2], panel[k + 2], a[at + k + 3], panel[k + 3], sum);
            }
            for (; k < depth; k++) {
                axpy(a[at + k], panel[k], sum);
            }
            System.arraycopy(sum, 0, y, yo + r * ldy, columns);
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

    @Override
    public float dot(float[] a, int ao, float[] b, int n) {
        return FloatMath.dot(a, ao, b, 0, n);
    }

    @Override
    public void gate(float[] x, int from, int to, float a, float b, float[] y) {
        for (int i = from; i < to; i++) {
            float v = x[i];
            y[i] = v / (1 + FastFloatMath.exp(-(a + b * v * v) * v));
        }
    }

    @Override
    public double exponentials(float[] x, int from, int to, float max, float[] y) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            y[i] = FastFloatMath.exp(x[i] - max);
            sum += y[i];
        }
        return sum;
    }
}

package org.autoneural.ir.interpret;

/**
 * Loops that C2 vectorises by itself: all arrays with one index (performance notes 3.4). Needs a processor with fused
 * multiply-add to be fast; {@link Math#fma} computes the same without one.
 */
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
            sum[i] = Math.fma(d, wd[i], Math.fma(c, wc[i], Math.fma(b, wb[i], Math.fma(a, wa[i], sum[i]))));
        }
    }

    private static void axpy(float a, float[] w, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = Math.fma(a, w[i], sum[i]);
        }
    }

    @Override
    public float dot(float[] a, int ao, float[] b, int n) {
        float[] sums = new float[DOT_LANES];
        float[] x = new float[DOT_LANES];
        float[] y = new float[DOT_LANES];
        for (int i = 0; i < n; i += DOT_LANES) {
            int count = Math.min(DOT_LANES, n - i);
            System.arraycopy(a, ao + i, x, 0, count);
            System.arraycopy(b, i, y, 0, count);
            for (int l = 0; l < count; l++) {
                sums[l] = Math.fma(x[l], y[l], sums[l]);
            }
        }
        return FastFloatMath.fold(sums, DOT_LANES);
    }

    @Override
    public void gate(float[] x, int from, int to, float a, float b, float[] y) {
        for (int i = from; i < to; i++) {
            y[i] = FastFloatMath.gate(x[i], a, b);
        }
    }

    @Override
    public void exponentials(float[] x, int from, int to, float max, float[] y) {
        for (int i = from; i < to; i++) {
            y[i] = FastFloatMath.exp(Math.max(x[i] - max, FastFloatMath.EXP_MIN));
        }
    }
}

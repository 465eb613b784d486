package org.autoneural.sim.kernel;

import java.util.Arrays;

/** The inner loops in plain Java, for any JVM. */
public final class ScalarKernels implements KernelProvider {
    private static final int COLUMNS = 32;

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int columns() {
        return COLUMNS;
    }

    @Override
    public void tile(byte[] panel, int po, int[] a, int ao, int lda, int depth, int[] t) {
        Arrays.fill(t, 0, ROWS * COLUMNS, 0);
        for (int q = 0; q < depth; q++) {
            int a0 = a[ao + q];
            int a1 = a[ao + lda + q];
            int a2 = a[ao + 2 * lda + q];
            int a3 = a[ao + 3 * lda + q];
            int p = po + q * COLUMNS;
            for (int j = 0; j < COLUMNS; j++) {
                int w = panel[p + j];
                t[j] += a0 * w;
                t[COLUMNS + j] += a1 * w;
                t[2 * COLUMNS + j] += a2 * w;
                t[3 * COLUMNS + j] += a3 * w;
            }
        }
    }

    @Override
    public void dots(byte[] w, int wo, int ldw, int[] x, int xo, int depth, int[] y) {
        int y0 = 0;
        int y1 = 0;
        int y2 = 0;
        int y3 = 0;
        for (int q = 0; q < depth; q++) {
            int v = x[xo + q];
            y0 += w[wo + q] * v;
            y1 += w[wo + ldw + q] * v;
            y2 += w[wo + 2 * ldw + q] * v;
            y3 += w[wo + 3 * ldw + q] * v;
        }
        y[0] = y0;
        y[1] = y1;
        y[2] = y2;
        y[3] = y3;
    }

    @Override
    public void dotsOfNibbles(byte[] w, int wo, int ldw, int[] x, int even, int odd, int pairs, int[] y) {
        for (int r = 0; r < ROWS; r++) {
            int sum = 0;
            int row = wo + r * ldw;
            for (int q = 0; q < pairs; q++) {
                int b = w[row + q];
                sum += (b << 28 >> 28) * x[even + q] + (b >> 4) * x[odd + q];
            }
            y[r] = sum;
        }
    }

    @Override
    public void depthwise(short[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        Arrays.fill(acc, ao, ao + channels, 0);
        for (int i = 0; i < tapCount; i++) {
            int xo = taps[to + 2 * i];
            int wo = taps[to + 2 * i + 1];
            for (int c = 0; c < channels; c++) {
                acc[ao + c] += (x[xo + c] - zero) * w[wo + c];
            }
        }
    }

    @Override
    public void depthwise(byte[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        Arrays.fill(acc, ao, ao + channels, 0);
        for (int i = 0; i < tapCount; i++) {
            int xo = taps[to + 2 * i];
            int wo = taps[to + 2 * i + 1];
            for (int c = 0; c < channels; c++) {
                acc[ao + c] += (x[xo + c] - zero) * w[wo + c];
            }
        }
    }

    @Override
    public void widen(short[] x, int xo, int n, int zero, int[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] - zero;
        }
    }

    @Override
    public void widen(byte[] x, int xo, int n, int zero, int[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] - zero;
        }
    }
}

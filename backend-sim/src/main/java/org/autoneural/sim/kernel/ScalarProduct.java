package org.autoneural.sim.kernel;

import org.autoneural.ir.Tile32;

/** In plain Java. A row of the panel is an array, as the loops over channels need it; as wide as a row of sums, so that one index serves both. */
final class ScalarProduct implements PanelProduct {
    private final int[][] panel = new int[DEPTH][BlockProduct.COLUMNS];
    private final int[] a = new int[BLOCK_ROWS * DEPTH];
    private int rows;
    private int depth;

    @Override
    public int columns() {
        return BlockProduct.COLUMNS;
    }

    @Override
    public void setRow(int row, int[] a, int depth) {
        System.arraycopy(a, 0, this.a, row * DEPTH, depth);
    }

    @Override
    public long bound(int rows, int depth, long bound) {
        this.rows = rows;
        this.depth = depth;
        int greatest = 0;
        for (int r = 0; r < rows; r++) {
            greatest = Math.max(greatest, magnitude(a, r * DEPTH, depth));
        }
        return greatest * bound;
    }

    private static int magnitude(int[] a, int at, int count) {
        int sum = 0;
        for (int i = at; i < at + count; i++) {
            sum += Math.abs(a[i]);
        }
        return sum;
    }

    @Override
    public void unpackBytes(byte[] words, int groups, int zero, int column) {
        for (int g = 0; g < groups; g++) {
            for (int j = 0; j < 4; j++) {
                int[] row = panel[4 * g + j];
                for (int c = 0, p = g * Tile32.GROUP_BYTES + j; c < Tile32.ROWS; c++, p += 4) {
                    row[column + c] = words[p] - zero;
                }
            }
        }
    }

    @Override
    public void unpackNibbles(byte[] words, int groups, int column) {
        for (int g = 0; g < groups; g++) {
            for (int j = 0; j < 4; j++) {
                int[] low = panel[8 * g + j];
                int[] high = panel[8 * g + 4 + j];
                for (int c = 0, p = g * Tile32.GROUP_BYTES + j; c < Tile32.ROWS; c++, p += 4) {
                    low[column + c] = (words[p] & 15) - Tile32.BIAS_4;
                    high[column + c] = (words[p] >> 4 & 15) - Tile32.BIAS_4;
                }
            }
        }
    }

    @Override
    public void unpackRow(byte[] x, int xo, int count, int zero, int k) {
        int[] row = panel[k];
        for (int j = 0; j < count; j++) {
            row[j] = x[xo + j] - zero;
        }
    }

    @Override
    public void multiply(int count, int[][] sums, int column) {
        for (int r = 0; r < rows; r++) {
            int ao = r * DEPTH;
            int[] t = sums[r];
            int q = 0;
            for (; q <= depth - 4; q += 4) {
                addRows(count, panel[q], panel[q + 1], panel[q + 2], panel[q + 3], a[ao + q], a[ao + q + 1], a[ao + q + 2], a[ao + q + 3], t);
            }
            for (; q < depth; q++) {
                addRow(count, panel[q], a[ao + q], t);
            }
        }
    }

    private static void addRows(int n, int[] w0, int[] w1, int[] w2, int[] w3, int x0, int x1, int x2, int x3, int[] t) {
        for (int i = 0; i < n; i++) {
            t[i] += x0 * w0[i] + x1 * w1[i] + x2 * w2[i] + x3 * w3[i];
        }
    }

    private static void addRow(int n, int[] w, int x, int[] t) {
        for (int i = 0; i < n; i++) {
            t[i] += x * w[i];
        }
    }
}

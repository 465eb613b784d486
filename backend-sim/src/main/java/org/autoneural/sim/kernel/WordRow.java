package org.autoneural.sim.kernel;

import org.autoneural.ir.Tile32;

/**
 * A row of activations made ready for weights that lie in words ({@link Tile32}), so that the inner loop need not mask a weight out
 * of its word.
 *
 * <p>With u_n the unsigned digit n of a word and y_n the word shifted right by n digits of base B, {@code u_n = y_n - B * y_(n+1)}, so
 * {@code sum u_n * a_n = sum y_n * (a_n - B * a_(n-1))} modulo 2^32. The digits are the weights plus a constant d (8 for s4; 128 for
 * s8 after its signs are flipped), so that d times the sum of the activations is to be taken away.
 */
final class WordRow {

    private WordRow() {
    }

    /** Rewrites activations {@code a[at .. at+8*words-1]} in place for s4; returns what is to be added to every sum of products. */
    static int ofNibbles(int[] a, int at, int words) {
        int sum = 0;
        for (int w = 0, i = at; w < words; w++, i += 8) {
            int a0 = a[i];
            int a1 = a[i + 1];
            int a2 = a[i + 2];
            int a3 = a[i + 3];
            int a4 = a[i + 4];
            int a5 = a[i + 5];
            int a6 = a[i + 6];
            int a7 = a[i + 7];
            sum += a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7;
            a[i + 1] = a4 - (a0 << 4);
            a[i + 2] = a1 - (a4 << 4);
            a[i + 3] = a5 - (a1 << 4);
            a[i + 4] = a2 - (a5 << 4);
            a[i + 5] = a6 - (a2 << 4);
            a[i + 6] = a3 - (a6 << 4);
            a[i + 7] = a7 - (a3 << 4);
        }
        return -Tile32.BIAS_4 * sum;
    }

    /** The same for s8, four activations a word. */
    static int ofBytes(int[] a, int at, int words) {
        int sum = 0;
        for (int w = 0, i = at; w < words; w++, i += 4) {
            int a0 = a[i];
            int a1 = a[i + 1];
            int a2 = a[i + 2];
            int a3 = a[i + 3];
            sum += a0 + a1 + a2 + a3;
            a[i + 1] = a1 - (a0 << 8);
            a[i + 2] = a2 - (a1 << 8);
            a[i + 3] = a3 - (a2 << 8);
        }
        return -128 * sum;
    }
}

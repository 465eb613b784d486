package org.autoneural.sim.kernel;

import java.util.Arrays;
import org.autoneural.ir.Tile32;
import org.autoneural.ir.math.IntAdd;
import org.autoneural.ir.math.Rescale;

/**
 * The inner loops in plain Java, for any JVM. Loops over channels have one index for all arrays and few arrays: C2 of JDK 17 and 25
 * turns that shape into vector instructions, and hardly any other.
 */
public final class ScalarKernels implements KernelProvider {
    /**
     * Tiles of a unit: loops long enough to pay for their start. Of more tiles, which lie whole pages apart, lines that are read ahead
     * would drive each other out of the first cache, since lines at the same place of a page share a set.
     */
    private static final int TILES = 8;
    private static final int SIGNS = 0x8080_8080;

    @Override
    public String name() {
        return "scalar";
    }

    /** To unpack all weights takes as long as the products of 10 rows; with 32 rows both ways are about even. More were not measured. */
    @Override
    public int fewRows() {
        return 33;
    }

    @Override
    public int tilesPerUnit() {
        return TILES;
    }

    @Override
    public int wordRoom() {
        return TILES * Tile32.ROWS;
    }

    /**
     * Words of some groups of all tiles of a unit are copied so that a group has a row of its own, and then multiplied. Between the loops
     * over channels a word of each cache line of the next ones is read: they come from memory meanwhile, and the copy finds them in the cache.
     */
    @Override
    public void matVec(Weights w, int tile, int tiles, int group, int groups, int[] x, int xo, int[] t, Scratch scratch) {
        int n = tiles * Tile32.ROWS;
        int[][] words = scratch.words;
        int perGroup = w.tiles().groupColumns();
        int seen = 0;
        for (int g = 0; g < groups; g += Scratch.WORD_GROUPS) {
            int count = Math.min(Scratch.WORD_GROUPS, groups - g);
            for (int i = 0; i < tiles; i++) {
                w.fetchWords(tile + i, group + g, count, words, Tile32.ROWS * i);
            }
            int after = group + g + count;
            int next = after < w.tiles().groups() ? w.firstWord(tile, after) : w.firstWord(tile + tiles, 0);
            if (w.isNibbles()) {
                seen ^= dotsOfNibbles(n, words, count, x, xo + perGroup * g, t, w, next);
            } else {
                seen ^= dotsOfBytes(n, words, count, x, xo + perGroup * g, t, w, next);
            }
        }
        scratch.seen(seen);
    }

    /** The words that come next begin at {@code next}. Returns something made of those that were read. */
    private static int dotsOfNibbles(int n, int[][] words, int groups, int[] x, int xo, int[] t, Weights w, int next) {
        int seen = 0;
        for (int g = 0, k = xo, line = next; g < groups; g++, k += 8, line += Tile32.ROWS) {
            seen ^= w.readLines(line, n / Tile32.ROWS);
            addNibbles(n, words[g], x[k], x[k + 1], x[k + 2], x[k + 3], x[k + 4], x[k + 5], x[k + 6], x[k + 7], t);
        }
        return seen;
    }

    private static int dotsOfBytes(int n, int[][] words, int groups, int[] x, int xo, int[] t, Weights w, int next) {
        int seen = 0;
        for (int g = 0, k = xo, line = next; g < groups; g++, k += 4, line += Tile32.ROWS) {
            seen ^= w.readLines(line, n / Tile32.ROWS);
            addBytes(n, words[g], x[k], x[k + 1], x[k + 2], x[k + 3], t);
        }
        return seen;
    }

    private static void addNibbles(int n, int[] p, int x0, int x1, int x2, int x3, int x4, int x5, int x6, int x7, int[] t) {
        for (int i = 0; i < n; i++) {
            int w = p[i];
            t[i] += w * x0 + (w >>> 4) * x1 + (w >>> 8) * x2 + (w >>> 12) * x3
                    + (w >>> 16) * x4 + (w >>> 20) * x5 + (w >>> 24) * x6 + (w >>> 28) * x7;
        }
    }

    private static void addBytes(int n, int[] p, int x0, int x1, int x2, int x3, int[] t) {
        for (int i = 0; i < n; i++) {
            int w = p[i] ^ SIGNS;
            t[i] += w * x0 + (w >>> 8) * x1 + (w >>> 16) * x2 + (w >>> 24) * x3;
        }
    }

    @Override
    public PanelProduct panelProduct() {
        return new ScalarProduct();
    }

    @Override
    public void accumulate(int[] sums, int count, long[] wide, int at) {
        for (int j = 0; j < count; j++) {
            wide[at + j] += sums[j];
        }
    }

    @Override
    public void requantize(int[] sums, int count, ChannelSums.Fast rule, int o, short[] y, int yo) {
        for (int j = 0; j < count; j++) {
            y[yo + j] = (short) rule.result(sums[j], o + j);
        }
    }

    @Override
    public void requantize(int[] sums, int count, ChannelSums.Fast rule, int o, byte[] y, int yo) {
        for (int j = 0; j < count; j++) {
            y[yo + j] = (byte) rule.result(sums[j], o + j);
        }
    }

    @Override
    public void rescaleProducts(int[] v, int[] factor, int fo, int count, int multiplier, int shift, int zero, int min, int max) {
        for (int i = 0; i < count; i++) {
            v[i] = Rescale.clamp(zero + Rescale.single((long) v[i] * factor[fo + i], multiplier, shift), min, max);
        }
    }

    @Override
    public void rescaleSums(int[] v, int bo, int count, int ma, int mb, int shift, int zero, int min, int max) {
        for (int i = 0; i < count; i++) {
            v[i] = IntAdd.element(v[i], v[bo + i], ma, mb, shift, zero, min, max);
        }
    }

    @Override
    public void narrow(int[] x, int xo, int n, short[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (short) x[xo + i];
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

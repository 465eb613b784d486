package org.autoneural.sim.kernel;

import java.util.Optional;

/** A provider with kernels of its own for some nodes, which has the inner loops of another provider for the rest. */
public abstract class ForwardingKernels implements KernelProvider {
    private final KernelProvider loops;

    /** @param loops whose inner loops to use */
    protected ForwardingKernels(KernelProvider loops) {
        this.loops = loops;
    }

    @Override
    public final int tilesPerUnit() {
        return loops.tilesPerUnit();
    }

    @Override
    public final int wordRoom() {
        return loops.wordRoom();
    }

    @Override
    public final void matVec(Weights w, int tile, int tiles, int group, int groups, int[] x, int xo, int[] t, Scratch scratch) {
        loops.matVec(w, tile, tiles, group, groups, x, xo, t, scratch);
    }

    @Override
    public final int panelColumns() {
        return loops.panelColumns();
    }

    @Override
    public final int[][] panel(int depth) {
        return loops.panel(depth);
    }

    @Override
    public final void unpackBytes(byte[] words, int groups, int zero, int[][] panel, int column) {
        loops.unpackBytes(words, groups, zero, panel, column);
    }

    @Override
    public final void unpackNibbles(byte[] words, int groups, int[][] panel, int column) {
        loops.unpackNibbles(words, groups, panel, column);
    }

    @Override
    public final void unpackRow(byte[] x, int xo, int count, int zero, int[][] panel, int k) {
        loops.unpackRow(x, xo, count, zero, panel, k);
    }

    @Override
    public final void multiply(int[][] panel, int columns, int[] a, int rows, int depth, int[][] sums, int column) {
        loops.multiply(panel, columns, a, rows, depth, sums, column);
    }

    @Override
    public final Optional<SmallProduct> smallProduct() {
        return loops.smallProduct();
    }

    @Override
    public final void accumulate(int[] sums, int count, long[] wide, int at) {
        loops.accumulate(sums, count, wide, at);
    }

    @Override
    public final void requantize(int[] sums, int count, ChannelSums.Fast rule, int o, short[] y, int yo) {
        loops.requantize(sums, count, rule, o, y, yo);
    }

    @Override
    public final void requantize(int[] sums, int count, ChannelSums.Fast rule, int o, byte[] y, int yo) {
        loops.requantize(sums, count, rule, o, y, yo);
    }

    @Override
    public final void depthwise(short[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        loops.depthwise(x, zero, taps, to, tapCount, w, channels, acc, ao);
    }

    @Override
    public final void depthwise(byte[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        loops.depthwise(x, zero, taps, to, tapCount, w, channels, acc, ao);
    }

    @Override
    public final void rescaleProducts(int[] v, int[] factor, int fo, int count, int multiplier, int shift, int zero, int min, int max) {
        loops.rescaleProducts(v, factor, fo, count, multiplier, shift, zero, min, max);
    }

    @Override
    public final void rescaleSums(int[] v, int bo, int count, int ma, int mb, int shift, int zero, int min, int max) {
        loops.rescaleSums(v, bo, count, ma, mb, shift, zero, min, max);
    }

    @Override
    public final void narrow(int[] x, int xo, int n, short[] y, int yo) {
        loops.narrow(x, xo, n, y, yo);
    }

    @Override
    public final void widen(short[] x, int xo, int n, int zero, int[] y, int yo) {
        loops.widen(x, xo, n, zero, y, yo);
    }

    @Override
    public final void widen(byte[] x, int xo, int n, int zero, int[] y, int yo) {
        loops.widen(x, xo, n, zero, y, yo);
    }
}

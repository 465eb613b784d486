package org.autoneural.sim.kernel;

/** A provider with kernels of its own for some nodes, which has the inner loops of another provider for the rest. */
public abstract class ForwardingKernels implements KernelProvider {
    private final KernelProvider loops;

    /** @param loops whose inner loops to use */
    protected ForwardingKernels(KernelProvider loops) {
        this.loops = loops;
    }

    @Override
    public final int fewRows() {
        return loops.fewRows();
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
    public final PanelProduct panelProduct() {
        return loops.panelProduct();
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

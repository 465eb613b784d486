package org.autoneural.sim.kernel;

import java.util.Optional;
import org.autoneural.ir.Tile32;

/** Working room of one thread of one context. */
public final class Scratch {
    /** Groups of columns of a tile in {@link #present}. */
    public static final int FETCH_GROUPS = 32;

    /** Groups of columns in {@link #words}. */
    static final int WORD_GROUPS = 16;

    final int[] a;
    final int[] t;
    final long[] acc;
    /** A left row and sums of a {@link BlockProduct}; empty when no kernel is one. */
    final int[] row;
    final int[][] sums;
    final long[] wide;
    /** What multiplies them; empty when no kernel is a {@link BlockProduct}. */
    private final Optional<PanelProduct> product;
    final byte[] raw;
    final byte[] bytes;
    /** Room for weights as stored. */
    private final long[] present = new long[FETCH_GROUPS * Tile32.GROUP_BYTES / Long.BYTES];
    /** See {@link #seen(long)}. */
    private long seen;
    private boolean prepared;
    /** Room of the provider's own, a row for each of {@link #WORD_GROUPS} groups of columns. */
    final int[][] words;

    /** Room of {@code size}, and what {@code kernels} want beside it. */
    public Scratch(ScratchSize size, KernelProvider kernels) {
        a = new int[size.a()];
        t = new int[size.t()];
        acc = new long[size.acc()];
        boolean blocks = size.blocks() > 0;
        row = new int[blocks ? PanelProduct.DEPTH : 0];
        sums = new int[blocks ? PanelProduct.BLOCK_ROWS : 0][BlockProduct.COLUMNS];
        wide = new long[size.blocks() > 1 ? PanelProduct.BLOCK_ROWS * BlockProduct.COLUMNS : 0];
        product = blocks ? Optional.of(kernels.panelProduct()) : Optional.empty();
        raw = new byte[BlockProduct.RAW_BYTES];
        bytes = new byte[size.bytes()];
        words = new int[WORD_GROUPS][kernels.wordRoom()];
    }

    /** Another run of a kernel begins: nothing is prepared for it. */
    public void begin() {
        prepared = false;
    }

    /** Whether this is the first part of a run on this thread: what a kernel prepares then, it finds again in the parts that follow. */
    boolean isFirstPart() {
        boolean first = !prepared;
        prepared = true;
        return first;
    }

    /** Of a {@link BlockProduct}. */
    PanelProduct product() {
        return product.orElseThrow();
    }

    /** Room for the weights in use, as stored: {@link #FETCH_GROUPS} groups of columns of a tile. */
    public long[] present() {
        return present;
    }

    /**
     * Takes what was read for no other purpose than to bring it into a cache, so that no compiler drops the reads.
     *
     * @param value anything made of what was read
     */
    public void seen(long value) {
        seen ^= value;
    }

    /** Room for {@link ScratchSize#bytes} bytes. */
    public byte[] bytes() {
        return bytes;
    }

    /** Room for {@link ScratchSize#acc} longs. */
    public long[] acc() {
        return acc;
    }
}

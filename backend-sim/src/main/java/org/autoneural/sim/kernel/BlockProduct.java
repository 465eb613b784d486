package org.autoneural.sim.kernel;

import java.util.Arrays;

/**
 * A product of matrices [M, K] x [K, N] in blocks: the rows of a block are widened once, and a panel of the right operand,
 * unpacked by a {@link PanelProduct}, serves them all. A unit is a block of rows times a block of columns.
 *
 * <p>What bounds it is the multiplier of the processor's vectors: the part of a panel that a loop reads again and again (16 KiB) stays in a
 * core's first-level cache, rows (192 KiB) and sums (96 KiB) in its second.
 */
final class BlockProduct {
    private static final int DEPTH = PanelProduct.DEPTH;
    /** Most columns of a unit, a multiple of every provider's panel. */
    static final int COLUMNS = 128;
    /** Most rows that one unpacked panel serves. */
    private static final int ROWS = PanelProduct.BLOCK_ROWS;
    /** Room for weights as stored: one tile of a panel, s8, and what a vector that begins at a word's last byte reads beyond. */
    static final int RAW_BYTES = DEPTH * 32 + 4;

    /** Right operand: brings its columns into the panel of {@link Scratch#product}. */
    interface Columns {
        /**
         * Values {@code k .. k+depth-1} of columns {@code column .. column+count-1} of a group, at most a panel's; k is a multiple of 8,
         * column one of 32.
         */
        void fill(Memory memory, Scratch scratch, int group, int column, int count, int k, int depth);
    }

    /** Where sums go. */
    interface Result {
        /** {@code sums[0 .. count-1]}, of at most the magnitude {@code reach}, belong to row {@code row}, columns from {@code column} on of a group. */
        void store(Memory memory, int group, int row, int column, int count, int[] sums, long reach);

        /** As above, sums wider than an int, from {@code sums[at]} on. */
        void store(Memory memory, int group, int row, int column, int count, long[] sums, int at);
    }

    private final RowSource left;
    private final Columns right;
    private final Result result;
    private final KernelProvider kernels;
    private final int rows;
    private final int columns;
    private final int groups;
    private final boolean overflows;
    private final long bound;
    private final int rowBlocks;
    private final int columnBlocks;

    /**
     * @param safeDepth products that a 32-bit sum takes without loss
     * @param bound     greatest magnitude of a value of {@code right}
     */
    BlockProduct(RowSource left, Columns right, Result result, int rows, int columns, int groups, int depth, int safeDepth, long bound,
            KernelProvider kernels) {
        this.left = left;
        this.right = right;
        this.result = result;
        this.kernels = kernels;
        this.rows = rows;
        this.columns = columns;
        this.groups = groups;
        this.bound = bound;
        overflows = safeDepth < depth;
        rowBlocks = (rows + ROWS - 1) / ROWS;
        columnBlocks = (columns + COLUMNS - 1) / COLUMNS;
    }

    int units() {
        return Math.max(1, groups * rowBlocks * columnBlocks);
    }

    ScratchSize scratch() {
        return new ScratchSize(0, 0, 0, overflows ? 2 : 1);
    }

    int group(int unit) {
        return unit / (rowBlocks * columnBlocks);
    }

    /** Neighbouring units share their rows. */
    int firstRow(int unit) {
        return unit / columnBlocks % rowBlocks * ROWS;
    }

    int rowCount(int unit) {
        return Math.min(ROWS, rows - firstRow(unit));
    }

    int firstColumn(int unit) {
        return unit % columnBlocks * COLUMNS;
    }

    /** Runs one unit, summing the first {@code deep} products and computing the first {@code used} columns of all. */
    void run(Memory memory, Scratch s, int unit, int deep, int used) {
        int group = group(unit);
        int row = firstRow(unit);
        int count = rowCount(unit);
        int column = firstColumn(unit);
        int width = Math.min(COLUMNS, used - column);
        if (count <= 0 || width <= 0) {
            return;
        }
        PanelProduct product = s.product();
        clear(s, count);
        boolean widened = false;
        long reach = 0;
        for (int k = 0; k < deep; k += DEPTH) {
            int depth = Math.min(DEPTH, deep - k);
            int padded = (depth + PanelProduct.PART - 1) / PanelProduct.PART * PanelProduct.PART;
            for (int r = 0; r < count; r++) {
                left.fill(memory, group, row + r, k, depth, s.row, 0);
                Arrays.fill(s.row, depth, padded, 0);
                product.setRow(r, s.row, depth);
            }
            long more = product.bound(count, depth, bound);
            if (overflows && reach + more > Integer.MAX_VALUE) {
                widen(s, count, width, widened);
                widened = true;
                reach = 0;
            }
            reach += more;
            for (int c = 0; c < width; c += product.columns()) {
                int n = Math.min(product.columns(), width - c);
                right.fill(memory, s, group, column + c, n, k, depth);
                product.multiply(n, s.sums, c);
            }
        }
        if (widened) {
            widen(s, count, width, true);
        }
        for (int r = 0; r < count; r++) {
            if (widened) {
                result.store(memory, group, row + r, column, width, s.wide, r * COLUMNS);
            } else {
                result.store(memory, group, row + r, column, width, s.sums[r], reach);
            }
        }
    }

    /** Adds the sums to the wide ones, if there are any, and begins them anew. */
    private void widen(Scratch s, int count, int width, boolean widened) {
        if (!widened) {
            Arrays.fill(s.wide, 0, count * COLUMNS, 0);
        }
        for (int r = 0; r < count; r++) {
            kernels.accumulate(s.sums[r], width, s.wide, r * COLUMNS);
        }
        clear(s, count);
    }

    private static void clear(Scratch s, int count) {
        for (int r = 0; r < count; r++) {
            Arrays.fill(s.sums[r], 0);
        }
    }
}

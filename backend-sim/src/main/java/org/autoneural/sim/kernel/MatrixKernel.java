package org.autoneural.sim.kernel;

import java.util.Arrays;
import java.util.List;

/**
 * {@code y[m, o] = rescale(bias[o] + sum over k of row(m)[k] * w[o, k])} with constant weights: linear layers and convolutions.
 *
 * <p>Few rows (decode): every weight is read once and multiplied at once; a unit is some output channels. Many rows: a unit is
 * a block of rows times a block of columns; the weights of the columns are brought into the order of the inner loop once and
 * serve all rows of a thread.
 */
final class MatrixKernel implements Kernel {
    /** From this number of rows on, reordering the weights pays. */
    private static final int FEW_ROWS = 4;
    /** Output channels of a unit when there are few rows. */
    private static final int CHANNELS_PER_UNIT = 32;
    /** Bytes of stored weights that are fetched at once. */
    private static final int FETCH_BYTES = 8 << 10;
    /** Bytes of operand rows, and of reordered weights, that should stay in a core's cache. */
    private static final int BLOCK_BYTES = 256 << 10;
    /** Most rows in a block. */
    private static final int MAX_BLOCK_ROWS = 64;
    /** Most tiles of columns in a block. */
    private static final int MAX_BLOCK_TILES = 8;

    private final RowSource source;
    /** One matrix a group. */
    private final List<Weights> weights;
    private final ChannelSums sums;
    private final Slot y;
    private final KernelProvider kernels;
    private final int rows;
    private final int depth;
    private final int channels;
    private final int groups;
    private final int groupChannels;
    private final int safeDepth;
    private final int blockRows;
    private final int rowBlocks;
    private final int blockTiles;
    private final int blockColumns;
    private final int columnBlocks;

    /** @param xBound greatest magnitude of a row's values; weights: [O / groups, K] each */
    MatrixKernel(RowSource source, long xBound, List<Weights> weights, ChannelSums sums, Slot y, KernelProvider kernels) {
        this.source = source;
        this.weights = weights;
        this.sums = sums;
        this.y = y;
        this.kernels = kernels;
        groups = weights.size();
        rows = source.rows();
        depth = weights.get(0).depth();
        groupChannels = weights.get(0).rows();
        channels = groupChannels * groups;
        safeDepth = Depth.safe(sums.rule().accumulator(), xBound, weights.get(0).bound());
        int fitting = BLOCK_BYTES / (4 * Math.max(1, depth)) / KernelProvider.ROWS * KernelProvider.ROWS;
        blockRows = Math.max(KernelProvider.ROWS, Math.min(MAX_BLOCK_ROWS, fitting));
        rowBlocks = (rows + blockRows - 1) / blockRows;
        int columns = kernels.columns();
        int wanted = rows >= 8 * MAX_BLOCK_ROWS ? MAX_BLOCK_TILES : 2;
        blockTiles = Math.max(1, Math.min(wanted, BLOCK_BYTES / (columns * Math.max(1, depth))));
        blockColumns = blockTiles * columns;
        columnBlocks = (groupChannels + blockColumns - 1) / blockColumns;
    }

    private boolean isFew() {
        return rows < FEW_ROWS && groups == 1;
    }

    @Override
    public int units() {
        return isFew() ? (channels + CHANNELS_PER_UNIT - 1) / CHANNELS_PER_UNIT : groups * columnBlocks * rowBlocks;
    }

    @Override
    public long work() {
        return (long) rows * channels * depth;
    }

    @Override
    public ScratchSize scratch() {
        int tile = KernelProvider.ROWS * kernels.columns();
        if (isFew()) {
            return new ScratchSize(rows * depth, tile, CHANNELS_PER_UNIT + KernelProvider.ROWS, 0,
                    (fetchRows() + KernelProvider.ROWS) * depth);
        }
        return new ScratchSize(blockRows * depth, tile, tile, blockColumns * depth, KernelProvider.ROWS * depth);
    }

    @Override
    public void run(Memory memory, Scratch scratch, int from, int to) {
        if (!isFew()) {
            runBlocks(memory, scratch, from, to);
        } else {
            runChannels(memory, scratch, from, to);
        }
    }

    /** Rows of weights to fetch at once, a multiple of 4. */
    private int fetchRows() {
        int fitting = FETCH_BYTES / Math.max(1, depth) / KernelProvider.ROWS * KernelProvider.ROWS;
        return Math.max(KernelProvider.ROWS, Math.min(CHANNELS_PER_UNIT, fitting));
    }

    private void runChannels(Memory memory, Scratch s, int from, int to) {
        for (int m = 0; m < rows; m++) {
            source.fill(memory, m, 0, s.a, m * depth);
        }
        int end = Math.min(channels, to * CHANNELS_PER_UNIT);
        int step = fetchRows();
        for (int o = from * CHANNELS_PER_UNIT; o < end; o += step) {
            int count = Math.min(step, end - o);
            for (int c = 0; c < count; c++) {
                weights.get(0).readRow(o + c, s.raw, c * depth);
            }
            for (int m = 0; m < rows; m++) {
                for (int c = 0; c < count; c += KernelProvider.ROWS) {
                    Arrays.fill(s.acc, c, c + KernelProvider.ROWS, 0);
                    for (int k = 0; k < depth; k += safeDepth) {
                        kernels.dots(s.raw, c * depth + k, depth, s.a, m * depth + k, Math.min(safeDepth, depth - k), s.t);
                        addTo(s.acc, c, s.t);
                        if (safeDepth >= depth) {
                            break;
                        }
                    }
                }
                sums.store(s.acc, 0, o, count, y, memory, m * channels + o);
            }
        }
    }

    private static void addTo(long[] acc, int at, int[] t) {
        for (int r = 0; r < KernelProvider.ROWS; r++) {
            acc[at + r] += t[r];
        }
    }

    private void runBlocks(Memory memory, Scratch s, int from, int to) {
        int inPanel = -1;
        for (int unit = from; unit < to; unit++) {
            int columnBlock = unit / rowBlocks;
            int group = columnBlock / columnBlocks;
            int column = columnBlock % columnBlocks * blockColumns;
            int count = Math.min(blockColumns, groupChannels - column);
            int first = group * groupChannels + column;
            if (columnBlock != inPanel) {
                fillPanel(group, column, count, s);
                inPanel = columnBlock;
            }
            int row = unit % rowBlocks * blockRows;
            int rowCount = Math.min(blockRows, rows - row);
            int padded = (rowCount + KernelProvider.ROWS - 1) / KernelProvider.ROWS * KernelProvider.ROWS;
            for (int m = 0; m < rowCount; m++) {
                source.fill(memory, row + m, group, s.a, m * depth);
            }
            Arrays.fill(s.a, rowCount * depth, padded * depth, 0);
            for (int j = 0; j < count; j += kernels.columns()) {
                int width = Math.min(kernels.columns(), count - j);
                for (int m = 0; m < padded; m += KernelProvider.ROWS) {
                    int valid = Math.min(KernelProvider.ROWS, rowCount - m);
                    runTile(memory, s, j * depth, m * depth, row + m, valid, first + j, width);
                }
            }
        }
    }

    private void runTile(Memory memory, Scratch s, int panel, int a, int row, int rowCount, int channel, int width) {
        int columns = kernels.columns();
        if (depth <= safeDepth) {
            kernels.tile(s.panel, panel, s.a, a, depth, depth, s.t);
            for (int r = 0; r < rowCount; r++) {
                sums.store(s.t, r * columns, channel, width, y, memory, (row + r) * channels + channel);
            }
            return;
        }
        Arrays.fill(s.acc, 0, KernelProvider.ROWS * columns, 0);
        for (int k = 0; k < depth; k += safeDepth) {
            kernels.tile(s.panel, panel + k * columns, s.a, a + k, depth, Math.min(safeDepth, depth - k), s.t);
            for (int i = 0; i < rowCount * columns; i++) {
                s.acc[i] += s.t[i];
            }
        }
        for (int r = 0; r < rowCount; r++) {
            sums.store(s.acc, r * columns, channel, width, y, memory, (row + r) * channels + channel);
        }
    }

    /** Weights of channels {@code column .. column+count-1} of a group as tiles [K, columns], zeros where a tile is not full. */
    private void fillPanel(int group, int column, int count, Scratch s) {
        int columns = kernels.columns();
        int tiles = (count + columns - 1) / columns;
        if (count < tiles * columns) {
            Arrays.fill(s.panel, (tiles - 1) * columns * depth, tiles * columns * depth, (byte) 0);
        }
        for (int j = 0; j < count; j += KernelProvider.ROWS) {
            int n = Math.min(KernelProvider.ROWS, count - j);
            int at = j / columns * columns * depth + j % columns;
            for (int c = 0; c < n; c++) {
                weights.get(group).readRow(column + j + c, s.raw, c * depth);
            }
            Panels.transpose(s.raw, 0, depth, n, depth, s.panel, at, columns);
        }
    }
}

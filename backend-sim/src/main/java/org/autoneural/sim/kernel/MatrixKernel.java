package org.autoneural.sim.kernel;

import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.Tile32;

/**
 * {@code y[m, o] = rescale(bias[o] + sum over k of row(m)[k] * w[o, k])} with constant weights: linear layers and convolutions.
 *
 * <p>Few rows (decode): every weight is read once and multiplied where it lies in its word; a unit is some tiles of output channels.
 * Many rows: a {@link BlockProduct}.
 */
final class MatrixKernel implements Kernel {
    private final RowSource source;
    /** One matrix a group. */
    private final List<Weights> weights;
    private final ChannelSums sums;
    private final Slot y;
    private final KernelProvider kernels;
    private final int rows;
    private final int depth;
    private final int channels;
    private final int groupChannels;
    private final boolean few;
    private final BlockProduct blocks;
    /** Of few rows: words in a row, words that a 32-bit sum takes without loss, parts of a row by that. */
    private final int words;
    private final int safeWords;
    private final int parts;

    /** @param xBound greatest magnitude of a row's values; weights: [O / groups, K] each */
    MatrixKernel(RowSource source, long xBound, List<Weights> weights, ChannelSums sums, Slot y, KernelProvider kernels) {
        this.source = source;
        this.weights = weights;
        this.sums = sums;
        this.y = y;
        this.kernels = kernels;
        Weights w = weights.get(0);
        rows = source.rows();
        depth = w.depth();
        groupChannels = w.rows();
        channels = groupChannels * weights.size();
        few = rows < kernels.fewRows() && weights.size() == 1;
        int safeDepth = Depth.safe(sums.rule().accumulator(), xBound, w.bound());
        blocks = new BlockProduct(source, this::unpack, new Sums(), rows, groupChannels, weights.size(), depth, safeDepth,
                w.bound(), kernels);
        words = w.tiles().groups();
        safeWords = Math.max(1, Math.min(words, safeDepth / w.tiles().groupColumns()));
        parts = (words + safeWords - 1) / safeWords;
    }

    @Override
    public int units() {
        int tiles = kernels.tilesPerUnit();
        return few ? Math.max(1, (weights.get(0).tiles().tiles() + tiles - 1) / tiles) : blocks.units();
    }

    @Override
    public long work() {
        return (long) rows * channels * depth;
    }

    @Override
    public ScratchSize scratch() {
        int sum = kernels.tilesPerUnit() * Tile32.ROWS;
        return few ? ScratchSize.of(rows * (rowLength() + parts), sum, parts > 1 ? sum : 0) : blocks.scratch();
    }

    private int rowLength() {
        return words * weights.get(0).tiles().groupColumns();
    }

    @Override
    public void run(Memory memory, Scratch scratch, int from, int to) {
        if (few) {
            runFew(memory, scratch, from, to);
        } else {
            for (int unit = from; unit < to; unit++) {
                blocks.run(memory, scratch, unit, depth, groupChannels);
            }
        }
    }

    private void runFew(Memory memory, Scratch s, int from, int to) {
        Weights w = weights.get(0);
        if (s.isFirstPart()) {
            for (int m = 0; m < rows; m++) {
                prepare(memory, m, s.a);
            }
        }
        for (int unit = from; unit < to; unit++) {
            int tile = unit * kernels.tilesPerUnit();
            int tiles = Math.min(kernels.tilesPerUnit(), w.tiles().tiles() - tile);
            int count = Math.min(tiles * Tile32.ROWS, channels - tile * Tile32.ROWS);
            for (int m = 0; m < rows; m++) {
                if (parts > 1) {
                    runWide(w, s, m, tile, tiles);
                    sums.store(s.acc, 0, tile * Tile32.ROWS, count, y, memory, m * channels + tile * Tile32.ROWS);
                } else {
                    Arrays.fill(s.t, 0, tiles * Tile32.ROWS, s.a[offsets() + m]);
                    kernels.matVec(w, tile, tiles, 0, words, s.a, m * rowLength(), s.t, s);
                    sums.store(s.t, Integer.MAX_VALUE, tile * Tile32.ROWS, count, y, memory, m * channels + tile * Tile32.ROWS, kernels);
                }
            }
        }
    }

    private void runWide(Weights w, Scratch s, int m, int tile, int tiles) {
        int n = tiles * Tile32.ROWS;
        Arrays.fill(s.acc, 0, n, 0);
        for (int part = 0; part < parts; part++) {
            int first = part * safeWords;
            Arrays.fill(s.t, 0, n, s.a[offsets() + m * parts + part]);
            kernels.matVec(w, tile, tiles, first, Math.min(safeWords, words - first), s.a,
                    m * rowLength() + first * w.tiles().groupColumns(), s.t, s);
            kernels.accumulate(s.t, n, s.acc, 0);
        }
    }

    /** Where in {@link Scratch#a} the constants of the parts of all rows begin. */
    private int offsets() {
        return rows * rowLength();
    }

    /** Row m, padded with zeros to whole words, for {@link KernelProvider#matVec}. */
    private void prepare(Memory memory, int m, int[] a) {
        int at = m * rowLength();
        int perWord = weights.get(0).tiles().groupColumns();
        source.fill(memory, 0, m, 0, depth, a, at);
        Arrays.fill(a, at + depth, at + rowLength(), 0);
        for (int part = 0; part < parts; part++) {
            int first = part * safeWords;
            int n = Math.min(safeWords, words - first);
            a[offsets() + m * parts + part] = weights.get(0).isNibbles() ? WordRow.ofNibbles(a, at + first * perWord, n)
                    : WordRow.ofBytes(a, at + first * perWord, n);
        }
    }

    private void unpack(Memory memory, Scratch s, int group, int column, int count, int k, int deep) {
        Weights w = weights.get(group);
        int perWord = w.tiles().groupColumns();
        int n = (deep + perWord - 1) / perWord;
        for (int c = 0; c < count; c += Tile32.ROWS) {
            w.fetch((column + c) / Tile32.ROWS, k / perWord, n, s.raw);
            if (w.isNibbles()) {
                s.product().unpackNibbles(s.raw, n, c);
            } else {
                s.product().unpackBytes(s.raw, n, 0, c);
            }
        }
    }

    private final class Sums implements BlockProduct.Result {
        @Override
        public void store(Memory memory, int group, int row, int column, int count, int[] values, long reach) {
            int o = group * groupChannels + column;
            sums.store(values, reach, o, count, y, memory, row * channels + o, kernels);
        }

        @Override
        public void store(Memory memory, int group, int row, int column, int count, long[] values, int at) {
            int o = group * groupChannels + column;
            sums.store(values, at, o, count, y, memory, row * channels + o);
        }
    }
}

package org.autoneural.sim.kernel;

import java.util.Arrays;
import java.util.Optional;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.ProductRescale;

/**
 * {@code y[h, m, n] = rescale(sum over k of (a[h, m, k] - zeroA) * (b[g, k, n] - zeroB))} with s8 b. The heads that share one g
 * lie one after the other, so that a group is one product of [H/G * M, K] with [K, N]. A unit is a block of such rows.
 *
 * <p>Causal: rows of b beyond the last position of a block are not read; of those read for a neighbour's sake nothing remains.
 * {@code sum (a - zA) * (b - zB) = sum (a - zA) * b - zB * sum (a - zA)}, so b is used as it is stored.
 */
final class MatMulKernel implements Kernel {
    private static final int MAX_BLOCK_ROWS = 32;
    private static final int BLOCK_BYTES = 256 << 10;

    private final Slot a;
    private final Slot b;
    private final Optional<Slot> pos;
    private final Slot y;
    private final ProductRescale rule;
    private final KernelProvider kernels;
    private final boolean transposed;
    private final int groups;
    private final int rows;
    private final int m;
    private final int depth;
    private final int columns;
    private final int safeDepth;
    private final int blockRows;
    private final int rowBlocks;
    private final boolean wraps;
    /** One rounding and a shift of 1 to 62: for a sum of 32 bits the product has 62 and needs no check. */
    private final boolean simple;

    MatMulKernel(MatMul op, ProductRescale rule, Slot a, Slot b, Optional<Slot> pos, Slot y, KernelProvider kernels) {
        this.a = a;
        this.b = b;
        this.pos = pos;
        this.y = y;
        this.rule = rule;
        this.kernels = kernels;
        transposed = op.transposeB();
        Shape as = a.type().shape();
        groups = b.type().shape().dim(0);
        m = as.dim(1);
        rows = as.dim(0) / groups * m;
        depth = as.dim(2);
        columns = y.type().shape().dim(2);
        safeDepth = Depth.safe(rule.accumulator(), Depth.bound(a.type().dtype(), rule.zeroA()), 128);
        int fitting = BLOCK_BYTES / (4 * Math.max(1, depth)) / KernelProvider.ROWS * KernelProvider.ROWS;
        blockRows = Math.max(KernelProvider.ROWS, Math.min(MAX_BLOCK_ROWS, fitting));
        rowBlocks = (rows + blockRows - 1) / blockRows;
        wraps = rule.accumulator() == Accumulator.I32_WRAP;
        simple = rule.rounding() == Rounding.SINGLE && rule.shift() >= 1 && rule.shift() <= Rescale.MAX_SHIFT;
    }

    @Override
    public int units() {
        return groups * rowBlocks;
    }

    @Override
    public long work() {
        return (long) groups * rows * columns * depth;
    }

    @Override
    public ScratchSize scratch() {
        int tile = KernelProvider.ROWS * kernels.columns();
        return new ScratchSize(blockRows * depth, tile, tile, kernels.columns() * depth, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int position = pos.isPresent() ? position(memory) : 0;
        for (int unit = from; unit < to; unit++) {
            int group = unit / rowBlocks;
            int row = unit % rowBlocks * blockRows;
            int count = Math.min(blockRows, rows - row);
            int padded = (count + KernelProvider.ROWS - 1) / KernelProvider.ROWS * KernelProvider.ROWS;
            // Summed extent and columns that some row of this block needs.
            int needed = 0;
            for (int r = 0; r < count; r++) {
                needed = Math.max(needed, live(row + r, position));
            }
            int deep = transposed ? depth : Math.min(depth, needed);
            int wide = transposed ? Math.min(columns, needed) : columns;
            for (int r = 0; r < count; r++) {
                int own = transposed ? depth : Math.min(depth, live(row + r, position));
                a.read(memory, kernels, (group * rows + row + r) * depth, own, rule.zeroA(), s.a, r * deep);
                Arrays.fill(s.a, r * deep + own, (r + 1) * deep, 0);
            }
            Arrays.fill(s.a, count * deep, padded * deep, 0);
            if (transposed && count < KernelProvider.ROWS) {
                runDots(memory, s, group, row, count, wide, position);
            } else {
                runTiles(memory, s, group, row, count, deep, wide, position);
            }
            for (int r = 0; r < count; r++) {
                int used = transposed ? Math.min(columns, live(row + r, position)) : columns;
                y.fill(memory, (group * rows + row + r) * columns + used, columns - used, rule.zeroOut());
            }
        }
    }

    private int position(Memory memory) {
        int position = pos.get().scalar(memory);
        if (position < 0) {
            throw new IllegalArgumentException("position " + position + " must be at least 0");
        }
        return position;
    }

    /** Positions that row r of a group may see; without a mask, all. */
    private int live(int r, int position) {
        return pos.isPresent() ? (int) Math.min(Integer.MAX_VALUE, (long) position + r % m + 1) : Integer.MAX_VALUE;
    }

    /** {@code zeroB * sum a}, by which the sum of products with b as it is stored is too great. */
    private long correction(int[] a, int at, int n) {
        if (rule.zeroB() == 0) {
            return 0;
        }
        long sum = 0;
        for (int i = at; i < at + n; i++) {
            sum += a[i];
        }
        return rule.zeroB() * sum;
    }

    /** Few rows against the rows of a transposed b as they lie. */
    private void runDots(Memory memory, Scratch s, int group, int row, int count, int wide, int position) {
        byte[] w = b.bytes(memory);
        int base = b.offset() + group * columns * depth;
        for (int r = 0; r < count; r++) {
            int own = Math.min(wide, live(row + r, position));
            long correction = correction(s.a, r * depth, depth);
            for (int n = 0; n < own; n += KernelProvider.ROWS) {
                // The last columns are done again rather than reading past them.
                int at = Math.max(0, Math.min(n, own - KernelProvider.ROWS));
                int valid = Math.min(KernelProvider.ROWS, own - at);
                Arrays.fill(s.acc, 0, KernelProvider.ROWS, 0);
                for (int k = 0; k < depth; ) {
                    int deep = Math.min(safeDepth, depth - k);
                    if (valid == KernelProvider.ROWS) {
                        kernels.dots(w, base + at * depth + k, depth, s.a, r * depth + k, deep, s.t);
                        for (int j = 0; j < valid; j++) {
                            s.acc[j] += s.t[j];
                        }
                    } else {
                        for (int j = 0; j < valid; j++) {
                            kernels.dots(w, base + (at + j) * depth + k, 0, s.a, r * depth + k, deep, s.t);
                            s.acc[j] += s.t[0];
                        }
                    }
                    k += deep;
                }
                store(memory, s, 0, correction, (group * rows + row + r) * columns + at, valid);
            }
        }
    }

    private void runTiles(Memory memory, Scratch s, int group, int row, int count, int deep, int wide, int position) {
        int tile = kernels.columns();
        for (int n = 0; n < wide; n += tile) {
            int width = Math.min(tile, wide - n);
            fillPanel(memory, s, group, n, width, deep);
            for (int r = 0; r < count; r += KernelProvider.ROWS) {
                Arrays.fill(s.acc, 0, KernelProvider.ROWS * tile, 0);
                for (int k = 0; k < deep; ) {
                    int part = Math.min(safeDepth, deep - k);
                    kernels.tile(s.panel, k * tile, s.a, r * deep + k, deep, part, s.t);
                    for (int i = 0; i < KernelProvider.ROWS * tile; i++) {
                        s.acc[i] += s.t[i];
                    }
                    k += part;
                }
                for (int i = 0; i < Math.min(KernelProvider.ROWS, count - r); i++) {
                    int used = transposed ? Math.min(width, live(row + r + i, position) - n) : width;
                    store(memory, s, i * tile, correction(s.a, (r + i) * deep, deep), (group * rows + row + r + i) * columns + n, used);
                }
            }
        }
    }

    /** Columns {@code n .. n+width-1} of b as [deep, tile]. What the tile has beyond them is left as it is: nothing reads it. */
    private void fillPanel(Memory memory, Scratch s, int group, int n, int width, int deep) {
        byte[] w = b.bytes(memory);
        int base = b.offset() + group * columns * depth;
        int tile = kernels.columns();
        if (transposed) {
            for (int j = 0; j < width; j += KernelProvider.ROWS) {
                Panels.transpose(w, base + (n + j) * depth, depth, Math.min(KernelProvider.ROWS, width - j), deep, s.panel, j, tile);
            }
        } else {
            for (int k = 0; k < deep; k++) {
                System.arraycopy(w, base + k * columns + n, s.panel, k * tile, width);
            }
        }
    }

    private void store(Memory memory, Scratch s, int at, long correction, int to, int count) {
        int base = y.offset() + to;
        if (y.isBytes()) {
            byte[] target = y.bytes(memory);
            for (int j = 0; j < count; j++) {
                target[base + j] = (byte) result(s.acc[at + j] - correction);
            }
        } else {
            short[] target = y.shorts(memory);
            for (int j = 0; j < count; j++) {
                target[base + j] = (short) result(s.acc[at + j] - correction);
            }
        }
    }

    private int result(long exact) {
        long acc = wraps ? (int) exact : exact;
        if (simple && (int) acc == acc) {
            return Rescale.clamp(rule.zeroOut() + Rescale.single(acc, rule.multiplier(), rule.shift()), rule.min(), rule.max());
        }
        return Rescale.requantize(rule.accumulator().narrow(exact), rule.multiplier(), rule.shift(), rule.rounding(), rule.zeroOut(),
                rule.min(), rule.max());
    }
}

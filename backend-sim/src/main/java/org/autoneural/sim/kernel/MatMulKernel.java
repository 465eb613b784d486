package org.autoneural.sim.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tile32;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.ProductRescale;

/**
 * {@code y[h, m, n] = rescale(sum over k of (a[h, m, k] - zeroA) * (b[g, k, n] - zeroB))} with s8 b. The heads that share one g
 * lie one after the other, so that a group is one {@link BlockProduct} of [H/G * M, K] with [K, N]. b is unpacked from where it lies.
 *
 * <p>Causal: rows of b beyond the last position of a block are not read; of those read for a neighbour's sake nothing remains.
 */
final class MatMulKernel implements Kernel {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final Slot a;
    private final Slot b;
    private final Optional<Slot> pos;
    private final Slot y;
    private final ProductRescale rule;
    private final ChannelSums sums;
    private final KernelProvider kernels;
    private final boolean transposed;
    private final int groups;
    private final int rows;
    private final int m;
    private final int depth;
    private final int columns;
    private final BlockProduct blocks;

    MatMulKernel(MatMul op, ProductRescale rule, Slot a, Slot b, Optional<Slot> pos, Slot y, KernelProvider kernels,
            SharedConstants shared) {
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
        sums = shared.of(ChannelSums.class, List.of(rule, columns), () -> ChannelSums.uniform(rule, columns));
        long bound = Depth.bound(DType.S8, rule.zeroB());
        int safeDepth = Depth.safe(rule.accumulator(), Depth.bound(a.type().dtype(), rule.zeroA()), bound);
        blocks = new BlockProduct(new Rows(), transposed ? this::unpackKeys : this::unpackValues, new Sums(), rows, columns, groups, depth,
                safeDepth, bound, kernels);
    }

    @Override
    public int units() {
        return blocks.units();
    }

    @Override
    public long work() {
        return (long) groups * rows * columns * depth;
    }

    @Override
    public ScratchSize scratch() {
        return blocks.scratch();
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        for (int unit = from; unit < to; unit++) {
            int row = blocks.firstRow(unit);
            int needed = 0;
            for (int r = row; r < row + blocks.rowCount(unit); r++) {
                needed = Math.max(needed, live(memory, r));
            }
            blocks.run(memory, s, unit, transposed ? depth : Math.min(depth, needed), transposed ? Math.min(columns, needed) : columns);
            if (transposed && pos.isPresent()) {
                mask(memory, unit);
            }
        }
    }

    /** Scores of keys beyond a row's position. */
    private void mask(Memory memory, int unit) {
        int column = blocks.firstColumn(unit);
        int end = Math.min(columns, column + BlockProduct.COLUMNS);
        for (int i = 0; i < blocks.rowCount(unit); i++) {
            int row = blocks.firstRow(unit) + i;
            int first = Math.max(column, Math.min(end, live(memory, row)));
            y.fill(memory, (blocks.group(unit) * rows + row) * columns + first, end - first, rule.zeroOut());
        }
    }

    /** Positions that row r of a group may see; without a mask, all. */
    private int live(Memory memory, int r) {
        return pos.isPresent() ? (int) Math.min(Integer.MAX_VALUE, (long) pos.get().position(memory) + r % m + 1) : Integer.MAX_VALUE;
    }

    /** Rows of a transposed b as tiles of words, which move four values at once. */
    private void unpackKeys(Memory memory, Scratch s, int group, int column, int count, int k, int deep) {
        byte[] w = b.bytes(memory);
        int n = (deep + 3) / 4;
        for (int c = 0; c < count; c += Tile32.ROWS) {
            for (int j = 0; j < Math.min(Tile32.ROWS, count - c); j++) {
                int at = b.offset() + (group * columns + column + c + j) * depth + k;
                for (int g = 0; g < deep / 4; g++) {
                    WORD.set(s.raw, g * Tile32.GROUP_BYTES + 4 * j, (int) WORD.get(w, at + 4 * g));
                }
                for (int q = deep / 4 * 4; q < deep; q++) {
                    s.raw[q / 4 * Tile32.GROUP_BYTES + 4 * j + q % 4] = w[at + q];
                }
            }
            s.product().unpackBytes(s.raw, n, rule.zeroB(), c);
        }
    }

    private void unpackValues(Memory memory, Scratch s, int group, int column, int count, int k, int deep) {
        byte[] w = b.bytes(memory);
        for (int q = 0; q < deep; q++) {
            s.product().unpackRow(w, b.offset() + (group * depth + k + q) * columns + column, count, rule.zeroB(), q);
        }
    }

    private final class Rows implements RowSource {
        @Override
        public int rows() {
            return rows;
        }

        @Override
        public void fill(Memory memory, int group, int row, int from, int count, int[] target, int at) {
            int own = transposed ? count : Math.max(0, Math.min(count, live(memory, row) - from));
            a.read(memory, kernels, (group * rows + row) * depth + from, own, rule.zeroA(), target, at);
            Arrays.fill(target, at + own, at + count, 0);
        }
    }

    private final class Sums implements BlockProduct.Result {
        @Override
        public void store(Memory memory, int group, int row, int column, int count, int[] values, long reach) {
            sums.store(values, reach, column, own(memory, row, column, count), y, memory, (group * rows + row) * columns + column, kernels);
        }

        @Override
        public void store(Memory memory, int group, int row, int column, int count, long[] values, int at) {
            sums.store(values, at, column, own(memory, row, column, count), y, memory, (group * rows + row) * columns + column);
        }

        private int own(Memory memory, int row, int column, int count) {
            return transposed ? Math.max(0, Math.min(count, live(memory, row) - column)) : count;
        }
    }
}

package org.autoneural.sim.kernel;

import java.util.Optional;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.ProductRescale;

/** {@link MatMulKernel} for s16 b: plain loops with 64-bit sums. Our models have s8 there. A unit is a row of y. */
final class WideMatMulKernel implements Kernel {
    private final boolean transposed;
    private final ProductRescale rule;
    private final Slot a;
    private final Slot b;
    private final Optional<Slot> pos;
    private final Slot y;
    private final KernelProvider kernels;
    private final int m;
    private final int depth;
    private final int columns;
    private final int share;

    WideMatMulKernel(MatMul op, ProductRescale rule, Slot a, Slot b, Optional<Slot> pos, Slot y, KernelProvider kernels) {
        transposed = op.transposeB();
        this.rule = rule;
        this.a = a;
        this.b = b;
        this.pos = pos;
        this.y = y;
        this.kernels = kernels;
        Shape as = a.type().shape();
        m = as.dim(1);
        depth = as.dim(2);
        columns = y.type().shape().dim(2);
        share = as.dim(0) / b.type().shape().dim(0);
    }

    @Override
    public int units() {
        return Math.max(1, a.type().shape().dim(0) * m);
    }

    @Override
    public long work() {
        return (long) y.length() * depth;
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(depth, columns, columns);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int position = pos.isPresent() ? pos.get().position(memory) : 0;
        for (int row = from; row < to && y.length() > 0; row++) {
            int live = pos.isPresent() ? (int) Math.min(Integer.MAX_VALUE, (long) position + row % m + 1) : Integer.MAX_VALUE;
            int deep = transposed ? depth : Math.min(depth, live);
            int wide = transposed ? Math.min(columns, live) : columns;
            a.read(memory, kernels, row * depth, deep, rule.zeroA(), s.a, 0);
            int base = b.offset() + row / m / share * depth * columns;
            short[] w = b.shorts(memory);
            java.util.Arrays.fill(s.acc, 0, columns, 0);
            for (int j = 0; j < wide; j++) {
                int at = base + (transposed ? j * depth : j);
                int step = transposed ? 1 : columns;
                for (int k = 0; k < deep; k++) {
                    s.acc[j] += (long) s.a[k] * (w[at + k * step] - rule.zeroB());
                }
            }
            for (int j = 0; j < columns; j++) {
                s.t[j] = j >= wide ? rule.zeroOut() : Rescale.requantize(rule.accumulator().narrow(s.acc[j]), rule.multiplier(),
                        rule.shift(), rule.rounding(), rule.zeroOut(), rule.min(), rule.max());
            }
            y.write(memory, kernels, row * columns, columns, s.t, 0);
        }
    }
}

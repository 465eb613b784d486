package org.autoneural.sim.kernel;

import org.autoneural.ir.Shape;
import org.autoneural.ir.math.IntRope;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.TensorRescale;

/** Rotary position embedding. A unit is a token. Positions beyond the table use its last row. */
final class RopeKernel implements Kernel {
    private final TensorRescale rule;
    private final Slot x;
    private final Slot cos;
    private final Slot sin;
    private final Slot pos;
    private final Slot y;
    private final KernelProvider kernels;
    private final int heads;
    private final int width;
    private final int positions;

    RopeKernel(TensorRescale rule, Slot x, Slot cos, Slot sin, Slot pos, Slot y, KernelProvider kernels) {
        this.rule = rule;
        this.x = x;
        this.cos = cos;
        this.sin = sin;
        this.pos = pos;
        this.y = y;
        this.kernels = kernels;
        Shape shape = x.type().shape();
        heads = shape.dim(1);
        width = shape.dim(2);
        positions = cos.type().shape().dim(0);
    }

    @Override
    public int units() {
        return Math.max(1, x.type().shape().dim(0));
    }

    @Override
    public long work() {
        return 6L * x.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(width, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int first = pos.position(memory);
        short[] c = cos.shorts(memory);
        short[] n = sin.shorts(memory);
        int half = width / 2;
        for (int t = from; t < to; t++) {
            int p = (int) Math.min(positions - 1L, (long) first + t) * half;
            int co = cos.offset() + p;
            int so = sin.offset() + p;
            for (int h = 0; h < heads; h++) {
                int at = (t * heads + h) * width;
                x.read(memory, kernels, at, width, rule.zeroIn(), s.a, 0);
                for (int j = 0; j < half; j++) {
                    int x0 = s.a[j];
                    int x1 = s.a[half + j];
                    s.a[j] = rescale(IntRope.first(x0, x1, c[co + j], n[so + j]));
                    s.a[half + j] = rescale(IntRope.second(x0, x1, c[co + j], n[so + j]));
                }
                y.write(memory, kernels, at, width, s.a, 0);
            }
        }
    }

    private int rescale(long v) {
        return Rescale.requantize(v, rule.multiplier(), rule.shift(), rule.rounding(), rule.zeroOut(), rule.min(), rule.max());
    }
}

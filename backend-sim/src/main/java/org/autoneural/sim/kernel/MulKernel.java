package org.autoneural.sim.kernel;

import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.ProductRescale;

/** Product of two tensors of any activation types. */
final class MulKernel extends ElementKernel {
    private final ProductRescale rule;
    private final Slot a;
    private final Slot b;
    private final Slot y;
    private final KernelProvider kernels;
    /** Products fit 32 bits, so that every accumulator keeps them. */
    private final boolean narrow;

    MulKernel(ProductRescale rule, Slot a, Slot b, Slot y, KernelProvider kernels) {
        super(y.length(), 2);
        this.rule = rule;
        this.a = a;
        this.b = b;
        this.y = y;
        this.kernels = kernels;
        narrow = rule.rounding() == Rounding.SINGLE && rule.shift() > 32 && rule.shift() <= Rescale.MAX_SHIFT
                && Depth.isNarrow(a.type().dtype(), rule.zeroA()) && Depth.isNarrow(b.type().dtype(), rule.zeroB());
    }

    @Override
    void block(Memory memory, int[] s, int at, int count) {
        a.read(memory, kernels, at, count, rule.zeroA(), s, 0);
        b.read(memory, kernels, at, count, rule.zeroB(), s, BLOCK);
        if (narrow) {
            kernels.rescaleProducts(s, s, BLOCK, count, rule.multiplier(), rule.shift(), rule.zeroOut(), rule.min(), rule.max());
            y.write(memory, kernels, at, count, s, 0);
            return;
        }
        for (int i = 0; i < count; i++) {
            s[i] = Rescale.requantize(rule.accumulator().narrow((long) s[i] * s[BLOCK + i]), rule.multiplier(), rule.shift(),
                    rule.rounding(), rule.zeroOut(), rule.min(), rule.max());
        }
        y.write(memory, kernels, at, count, s, 0);
    }
}

package org.autoneural.sim.kernel;

import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.TensorRescale;

/** From one encoding to another. */
final class RequantizeKernel extends ElementKernel {
    private final TensorRescale rule;
    private final Slot x;
    private final Slot y;
    private final KernelProvider kernels;
    private final boolean narrow;

    RequantizeKernel(TensorRescale rule, Slot x, Slot y, KernelProvider kernels) {
        super(y.length(), 1);
        this.rule = rule;
        this.x = x;
        this.y = y;
        this.kernels = kernels;
        narrow = rule.rounding() == Rounding.SINGLE && rule.shift() > 17 && rule.shift() <= Rescale.MAX_SHIFT
                && rule.multiplier() != Integer.MIN_VALUE && Depth.isNarrow(x.type().dtype(), rule.zeroIn());
    }

    @Override
    void block(Memory memory, int[] s, int at, int count) {
        x.read(memory, kernels, at, count, rule.zeroIn(), s, 0);
        if (narrow) {
            kernels.rescaleSums(s, 0, count, rule.multiplier(), 0, rule.shift(), rule.zeroOut(), rule.min(), rule.max());
            y.write(memory, kernels, at, count, s, 0);
            return;
        }
        for (int i = 0; i < count; i++) {
            s[i] = Rescale.requantize(s[i], rule.multiplier(), rule.shift(), rule.rounding(), rule.zeroOut(), rule.min(), rule.max());
        }
        y.write(memory, kernels, at, count, s, 0);
    }
}

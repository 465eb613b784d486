package org.autoneural.sim.kernel;

import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.TensorRescale;

/** From one encoding to another. */
final class RequantizeKernel extends ElementKernel {
    private final TensorRescale rule;
    private final Slot x;
    private final Slot y;
    private final KernelProvider kernels;

    RequantizeKernel(TensorRescale rule, Slot x, Slot y, KernelProvider kernels) {
        super(y.length(), 1);
        this.rule = rule;
        this.x = x;
        this.y = y;
        this.kernels = kernels;
    }

    @Override
    void block(Memory memory, int[] s, int at, int count) {
        x.read(memory, kernels, at, count, rule.zeroIn(), s, 0);
        for (int i = 0; i < count; i++) {
            s[i] = Rescale.requantize(s[i], rule.multiplier(), rule.shift(), rule.rounding(), rule.zeroOut(), rule.min(), rule.max());
        }
        y.write(memory, at, count, s, 0);
    }
}

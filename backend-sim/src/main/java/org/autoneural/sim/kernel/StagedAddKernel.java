package org.autoneural.sim.kernel;

import org.autoneural.ir.op.StagedSum;

/** Sum or difference of two tensors with three roundings. */
final class StagedAddKernel extends ElementKernel {
    private final StagedSum rule;
    private final Slot a;
    private final Slot b;
    private final Slot y;
    private final KernelProvider kernels;

    StagedAddKernel(StagedSum rule, Slot a, Slot b, Slot y, KernelProvider kernels) {
        super(y.length(), 2);
        this.rule = rule;
        this.a = a;
        this.b = b;
        this.y = y;
        this.kernels = kernels;
    }

    @Override
    void block(Memory memory, int[] s, int at, int count) {
        a.read(memory, kernels, at, count, 0, s, 0);
        b.read(memory, kernels, at, count, 0, s, BLOCK);
        for (int i = 0; i < count; i++) {
            s[i] = rule.apply(s[i], s[BLOCK + i]);
        }
        y.write(memory, kernels, at, count, s, 0);
    }
}

package org.autoneural.sim.kernel;

import org.autoneural.ir.math.IntAdd;
import org.autoneural.ir.op.PairRescale;

/** Sum of two tensors of any activation types. */
final class AddKernel extends ElementKernel {
    private final PairRescale rule;
    private final Slot a;
    private final Slot b;
    private final Slot y;
    private final KernelProvider kernels;
    private final boolean narrow;

    AddKernel(PairRescale rule, Slot a, Slot b, Slot y, KernelProvider kernels) {
        super(y.length(), 2);
        this.rule = rule;
        this.a = a;
        this.b = b;
        this.y = y;
        this.kernels = kernels;
        narrow = rule.shift() > 17 && rule.multiplierA() != Integer.MIN_VALUE && rule.multiplierB() != Integer.MIN_VALUE
                && Depth.isNarrow(a.type().dtype(), rule.zeroA()) && Depth.isNarrow(b.type().dtype(), rule.zeroB());
    }

    @Override
    void block(Memory memory, int[] s, int at, int count) {
        a.read(memory, kernels, at, count, rule.zeroA(), s, 0);
        b.read(memory, kernels, at, count, rule.zeroB(), s, BLOCK);
        if (narrow) {
            kernels.rescaleSums(s, BLOCK, count, rule.multiplierA(), rule.multiplierB(), rule.shift(), rule.zeroOut(), rule.min(), rule.max());
            y.write(memory, kernels, at, count, s, 0);
            return;
        }
        for (int i = 0; i < count; i++) {
            s[i] = IntAdd.element(s[i], s[BLOCK + i], rule.multiplierA(), rule.multiplierB(), rule.shift(), rule.zeroOut(),
                    rule.min(), rule.max());
        }
        y.write(memory, kernels, at, count, s, 0);
    }
}

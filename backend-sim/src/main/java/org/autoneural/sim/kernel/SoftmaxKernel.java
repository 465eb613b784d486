package org.autoneural.sim.kernel;

import java.util.Optional;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.IntSoftmax;
import org.autoneural.ir.op.TensorRescale;

/** Softmax over the innermost axis, s16 or s8 to the same type or s16 to s8. A unit is a row. */
final class SoftmaxKernel implements Kernel {
    private final TensorRescale rule;
    private final Slot x;
    private final Optional<Slot> pos;
    private final Slot y;
    private final int width;
    private final int m;

    SoftmaxKernel(TensorRescale rule, Slot x, Optional<Slot> pos, Slot y) {
        this.rule = rule;
        this.x = x;
        this.pos = pos;
        this.y = y;
        Shape shape = x.type().shape();
        width = shape.dim(-1);
        m = shape.rank() > 1 ? shape.dim(-2) : 1;
    }

    @Override
    public int units() {
        return x.length() / width;
    }

    @Override
    public long work() {
        return 12L * x.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(width, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int position = pos.isPresent() ? pos.get().scalar(memory) : 0;
        if (position < 0) {
            throw new IllegalArgumentException("position " + position + " must be at least 0");
        }
        for (int row = from; row < to; row++) {
            int live = pos.isPresent() ? (int) Math.min(width, (long) position + row % m + 1) : width;
            int at = x.offset() + row * width;
            int yo = y.offset() + row * width;
            if (!x.isBytes() && !y.isBytes()) {
                IntSoftmax.row(x.shorts(memory), at, live, width, rule.multiplier(), rule.shift(), s.a, 0, y.shorts(memory), yo);
            } else if (!x.isBytes()) {
                IntSoftmax.row(x.shorts(memory), at, live, width, rule.multiplier(), rule.shift(), s.a, 0, y.bytes(memory), yo);
            } else {
                IntSoftmax.row(x.bytes(memory), at, live, width, rule.multiplier(), rule.shift(), s.a, 0, y.bytes(memory), yo);
            }
        }
    }
}

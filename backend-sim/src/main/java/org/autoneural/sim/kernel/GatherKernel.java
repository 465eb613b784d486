package org.autoneural.sim.kernel;

import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.math.Rescale;

/** Rows of a constant table, each rescaled with its own multiplier and shift. A unit is a token. */
final class GatherKernel implements Kernel {
    /** s4 or s8 [V, D], in whatever layout. */
    private final TensorData table;
    private final int rows;
    private final int width;
    private final ChannelRescale rule;
    private final int[] multiplier;
    private final int[] shift;
    private final Slot ids;
    private final Slot y;
    private final KernelProvider kernels;

    GatherKernel(TensorData table, ChannelRescale rule, int[] multiplier, int[] shift, Slot ids, Slot y, KernelProvider kernels) {
        this.table = table;
        rows = table.shape().dim(0);
        width = table.shape().dim(1);
        this.rule = rule;
        this.multiplier = multiplier;
        this.shift = shift;
        this.ids = ids;
        this.y = y;
        this.kernels = kernels;
    }

    @Override
    public int units() {
        return Math.max(1, ids.length());
    }

    @Override
    public long work() {
        return 4L * y.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(width, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        for (int t = from; t < Math.min(to, ids.length()); t++) {
            int id = ids.ints(memory)[ids.offset() + t];
            if (id < 0 || id >= rows) {
                throw new IllegalArgumentException("id " + id + " at row " + t + " is not in the table, must be 0.." + (rows - 1));
            }
            table.readInts((long) id * width, s.a, 0, width);
            for (int c = 0; c < width; c++) {
                s.a[c] = Rescale.requantize(rule.accumulator().narrow(s.a[c] - rule.zeroIn()), multiplier[id], shift[id], rule.rounding(),
                        rule.zeroOut(), rule.min(), rule.max());
            }
            y.write(memory, kernels, t * width, width, s.a, 0);
        }
    }
}

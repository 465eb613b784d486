package org.autoneural.sim.kernel;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.Pad;

/** Surrounds a tensor with one value. A unit is a row of y along its innermost axis. */
final class PadKernel implements Kernel {
    private final List<Integer> before;
    private final int value;
    private final Slot x;
    private final Slot y;
    private final Shape in;
    private final Shape out;

    PadKernel(Pad op, Pad.Fill rule, Slot x, Slot y) {
        before = op.before();
        value = rule.value();
        this.x = x;
        this.y = y;
        in = x.type().shape();
        out = y.type().shape();
    }

    private int width() {
        return out.rank() == 0 ? 1 : out.dim(-1);
    }

    @Override
    public int units() {
        return Math.max(1, y.length() / Math.max(1, width()));
    }

    @Override
    public long work() {
        return y.length() / 4;
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.NONE;
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int width = width();
        int inner = in.rank() - 1;
        for (int unit = from; unit < to && y.length() > 0; unit++) {
            y.fill(memory, unit * width, width, value);
            int rest = unit;
            int source = 0;
            int step = 1;
            boolean inside = true;
            for (int a = inner - 1; a >= 0; a--) {
                int index = rest % out.dim(a) - before.get(a);
                rest /= out.dim(a);
                inside &= index >= 0 && index < in.dim(a);
                source += index * step;
                step *= in.dim(a);
            }
            int count = inner < 0 ? 1 : in.dim(inner);
            if (inside && count > 0) {
                x.copyTo(memory, source * count, y, unit * width + (inner < 0 ? 0 : before.get(inner)), count);
            }
        }
    }
}

package org.autoneural.sim.kernel.nativecode;

import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.Softmax;
import org.autoneural.sim.kernel.Exponentials;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.NodeOperands;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.kernel.Slot;

/** Softmax: {@code an_softmax} of the library. A unit is a row. */
final class NativeSoftmax implements Kernel {
    /** Products of a matrix that take as long as one value here, roughly. */
    private static final int PRODUCTS_PER_VALUE = 64;

    private final Level level;
    private final Slot x;
    private final Optional<Slot> pos;
    private final Slot y;
    private final int[] softmax;
    /** The same for runs that nobody watches. */
    private final int[] unwatched;
    private final int[] table;
    private final int units;
    private final int unitsOfCall;
    private final long work;
    private final ScratchSize scratch;

    private NativeSoftmax(Level level, NodeOperands node, Softmax op) {
        this.level = level;
        x = node.in(0);
        pos = node.optional(1);
        y = node.out(0);
        table = Exponentials.of(op.integer().orElseThrow(), x.type().dtype(), node.shared());
        Shape shape = Fields.shape(x);
        int width = shape.dim(-1);
        int[] s = new int[SoftmaxField.values().length];
        softmax = s;
        s[SoftmaxField.X_AT.ordinal()] = x.offset();
        s[SoftmaxField.X_BYTES.ordinal()] = Fields.width(x);
        s[SoftmaxField.Y_AT.ordinal()] = y.offset();
        s[SoftmaxField.Y_BYTES.ordinal()] = Fields.width(y);
        s[SoftmaxField.WIDTH.ordinal()] = width;
        s[SoftmaxField.M.ordinal()] = shape.rank() > 1 ? shape.dim(-2) : 1;
        s[SoftmaxField.CAUSAL.ordinal()] = pos.isPresent() ? 1 : 0;
        s[SoftmaxField.FILL.ordinal()] = 1;
        s[SoftmaxField.LAST.ordinal()] = table.length - 1;
        unwatched = s.clone();
        unwatched[SoftmaxField.FILL.ordinal()] = pos.isPresent() && node.isUnreadBeyond(1) ? 0 : 1;
        units = (int) (shape.elements() / width);
        work = PRODUCTS_PER_VALUE * shape.elements();
        unitsOfCall = Fields.unitsOfCall(units, work);
        scratch = new ScratchSize(0, 0, 0, 0, Integer.BYTES * width);
    }

    /** The kernel of {@code node}; empty when it is of another kind. */
    static Optional<Kernel> of(Level level, NodeOperands node) {
        if (!(node.node().op() instanceof Softmax op)) {
            return Optional.empty();
        }
        boolean taken = Fields.isActivation(node.in(0)) && Fields.isActivation(node.out(0))
                && (node.in(0).type().dtype() == DType.S16 || node.out(0).type().dtype() == DType.S8) && Fields.shape(node.in(0)).elements() > 0;
        return taken ? Optional.of(new NativeSoftmax(level, node, op)) : Optional.empty();
    }

    @Override
    public int units() {
        return units;
    }

    @Override
    public long work() {
        return work;
    }

    @Override
    public ScratchSize scratch() {
        return scratch;
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int position = pos.isPresent() ? pos.get().position(memory) : 0;
        int[] fields = memory.isWatched() ? softmax : unwatched;
        for (int unit = from; unit < to; unit += unitsOfCall) {
            NativeCalls.softmaxRun(level.ordinal(), fields, table, Fields.bytes(x, memory), Fields.shorts(x, memory), Fields.bytes(y, memory),
                    Fields.shorts(y, memory), s.bytes(), position, unit, Math.min(to, unit + unitsOfCall));
        }
    }
}

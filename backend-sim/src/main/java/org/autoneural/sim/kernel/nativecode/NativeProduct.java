package org.autoneural.sim.kernel.nativecode;

import java.util.Arrays;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.sim.kernel.Depth;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.NodeOperands;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.kernel.Slot;

/** A product of activations with s8 b: {@code an_product} of the library. */
final class NativeProduct implements Kernel {
    /** Channels whose constants the library reads at once; all are equal here. */
    private static final int CHANNELS = 32;

    private final Level level;
    private final ProductRescale rule;
    private final Slot a;
    private final Slot b;
    private final Optional<Slot> pos;
    private final Slot y;
    private final int[] product;
    /** The same for runs that nobody watches. */
    private final int[] unwatched;
    private final long[] scale;
    private final int units;
    private final int unitsOfCall;
    private final long work;
    private final ScratchSize scratch;

    private NativeProduct(Level level, NodeOperands node, MatMul op) {
        this.level = level;
        rule = op.integer().orElseThrow();
        a = node.in(0);
        b = node.in(1);
        pos = node.optional(2);
        y = node.out(0);
        Shape as = Fields.shape(a);
        int groups = Fields.shape(b).dim(0);
        int rows = as.dim(0) / groups * as.dim(1);
        int depth = as.dim(2);
        int columns = Fields.shape(y).dim(2);
        int[] multipliers = new int[CHANNELS];
        int[] shifts = new int[CHANNELS];
        Arrays.fill(multipliers, rule.multiplier());
        Arrays.fill(shifts, rule.shift());
        scale = new long[NativeCalls.scaleSize(CHANNELS)];
        int filled = NativeCalls.scaleFill(new long[CHANNELS], multipliers, shifts, CHANNELS, scale);
        int[] p = new int[ProductField.values().length];
        product = p;
        Fields.rescale(p, new ChannelRescale(rule.accumulator(), rule.rounding(), 0, rule.zeroOut(), rule.min(), rule.max()), filled, 0, y);
        p[ProductField.A_AT.ordinal()] = a.offset();
        p[ProductField.A_BYTES.ordinal()] = Fields.width(a);
        p[ProductField.ZERO_A.ordinal()] = rule.zeroA();
        p[ProductField.B_AT.ordinal()] = b.offset();
        p[ProductField.ZERO_B.ordinal()] = rule.zeroB();
        p[ProductField.GROUPS.ordinal()] = groups;
        p[ProductField.ROWS.ordinal()] = rows;
        p[ProductField.M.ordinal()] = as.dim(1);
        p[ProductField.DEPTH.ordinal()] = depth;
        p[ProductField.COLUMNS.ordinal()] = columns;
        p[ProductField.TRANSPOSED.ordinal()] = op.transposeB() ? 1 : 0;
        p[ProductField.CAUSAL.ordinal()] = pos.isPresent() ? 1 : 0;
        p[ProductField.FILL.ordinal()] = 1;
        p[ProductField.SAFE_DEPTH.ordinal()] = Depth.safe(rule.accumulator(), Depth.bound(a.type().dtype(), rule.zeroA()),
                Depth.bound(DType.S8, rule.zeroB()));
        int blockRows = Fields.blockRows(rows);
        p[ProductField.BLOCK_ROWS.ordinal()] = blockRows;
        unwatched = p.clone();
        unwatched[ProductField.FILL.ordinal()] = pos.isPresent() && node.isUnreadBeyond(2) ? 0 : 1;
        units = groups * ((rows + blockRows - 1) / blockRows);
        work = (long) groups * rows * columns * depth;
        unitsOfCall = Fields.unitsOfCall(units, work);
        scratch = new ScratchSize(0, 0, 1, 0, Math.toIntExact(NativeCalls.productScratch(p)));
    }

    /** The kernel of {@code node}; empty when it is of another kind, or has an operand that the library does not take. */
    static Optional<Kernel> of(Level level, NodeOperands node) {
        if (!(node.node().op() instanceof MatMul op)) {
            return Optional.empty();
        }
        Slot a = node.in(0);
        boolean taken = Fields.isActivation(a) && (a.isBytes() || op.integer().orElseThrow().zeroA() == 0)
                && node.in(1).type().dtype() == DType.S8 && Fields.isActivation(node.out(0)) && Fields.shape(a).elements() > 0
                && Fields.shape(node.out(0)).elements() > 0;
        return taken ? Optional.of(new NativeProduct(level, node, op)) : Optional.empty();
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
        int[] fields = memory.isWatched() ? product : unwatched;
        for (int unit = from; unit < to; unit += unitsOfCall) {
            int bad = NativeCalls.productRun(level.ordinal(), fields, scale, Fields.bytes(a, memory), Fields.shorts(a, memory), b.bytes(memory),
                    Fields.bytes(y, memory), Fields.shorts(y, memory), s.bytes(), s.acc(), position, unit, Math.min(to, unit + unitsOfCall));
            if (bad != 0) {
                throw refused(s.acc()[0]);
            }
        }
    }

    /** What {@code ir.math} throws for the sum that the library refused. */
    private ArithmeticException refused(long sum) {
        Rescale.requantize(rule.accumulator().narrow(sum), rule.multiplier(), rule.shift(), rule.rounding(), rule.zeroOut(), rule.min(), rule.max());
        return new ArithmeticException("the native kernels refused the sum " + sum + ", which is in range");
    }
}

package org.autoneural.sim.kernel.nativecode;

import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.NodeOperands;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.kernel.Slot;

/** Rotary position embedding of s16: {@code an_rope} of the library. A unit is a token. */
final class NativeRope implements Kernel {
    private final Level level;
    private final Slot x;
    private final Slot cos;
    private final Slot sin;
    private final Slot pos;
    private final Slot y;
    private final int[] rope;
    private final int tokens;
    private final long work;

    private NativeRope(Level level, NodeOperands node, TensorRescale rule) {
        this.level = level;
        x = node.in(0);
        cos = node.in(1);
        sin = node.in(2);
        pos = node.in(3);
        y = node.out(0);
        Shape shape = Fields.shape(x);
        tokens = shape.dim(0);
        work = 6 * shape.elements();
        rope = new int[RopeField.values().length];
        rope[RopeField.X_AT.ordinal()] = x.offset();
        rope[RopeField.COS_AT.ordinal()] = cos.offset();
        rope[RopeField.SIN_AT.ordinal()] = sin.offset();
        rope[RopeField.Y_AT.ordinal()] = y.offset();
        rope[RopeField.Y_BYTES.ordinal()] = Fields.width(y);
        rope[RopeField.HEADS.ordinal()] = shape.dim(1);
        rope[RopeField.WIDTH.ordinal()] = shape.dim(2);
        rope[RopeField.POSITIONS.ordinal()] = Fields.shape(cos).dim(0);
        rope[RopeField.MULTIPLIER.ordinal()] = rule.multiplier();
        rope[RopeField.SHIFT.ordinal()] = rule.shift();
        rope[RopeField.ZERO_OUT.ordinal()] = rule.zeroOut();
        rope[RopeField.MIN.ordinal()] = rule.min();
        rope[RopeField.MAX.ordinal()] = rule.max();
    }

    /** The kernel of {@code node}; empty when it is of another kind, or has an operand that the library does not take. */
    static Optional<Kernel> of(Level level, NodeOperands node) {
        if (!(node.node().op() instanceof Rope op)) {
            return Optional.empty();
        }
        TensorRescale rule = op.integer().orElseThrow();
        boolean taken = Fields.isShorts(node.in(0)) && rule.zeroIn() == 0 && Fields.isActivation(node.out(0)) && Fields.shape(node.in(0)).elements() > 0
                && Fields.isHigh(rule.shift(), rule.rounding()) && isTable(node, 1) && isTable(node, 2);
        return taken ? Optional.of(new NativeRope(level, node, rule)) : Optional.empty();
    }

    /** Whether operand {@code i} is constant and has no -2^15, with which the sum of two products could leave 32 bits. */
    private static boolean isTable(NodeOperands node, int i) {
        Optional<TensorData> table = node.graph().constant(node.node().input(i));
        if (table.isEmpty() || table.get().dtype() != DType.S16) {
            return false;
        }
        for (short value : node.shorts(i)) {
            if (value == Short.MIN_VALUE) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int units() {
        return tokens;
    }

    @Override
    public long work() {
        return work;
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.NONE;
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        NativeCalls.ropeRun(level.ordinal(), rope, cos.shorts(memory), sin.shorts(memory), x.shorts(memory), Fields.bytes(y, memory),
                Fields.shorts(y, memory), pos.position(memory), from, to);
    }
}

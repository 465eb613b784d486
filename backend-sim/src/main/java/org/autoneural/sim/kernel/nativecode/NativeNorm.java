package org.autoneural.sim.kernel.nativecode;

import java.util.Optional;
import org.autoneural.ir.math.IntRmsNorm;
import org.autoneural.ir.op.NormRescale;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.NodeOperands;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.kernel.Slot;

/** RMS norm of s16: {@code an_norm} of the library, and the factors of the rows by {@code ir.math}. A unit is a row. */
final class NativeNorm implements Kernel {
    /** Rows whose factors are made at once. */
    private static final int ROWS = 32;

    private final Level level;
    private final NormRescale rule;
    private final Slot x;
    private final short[] gamma;
    private final Slot y;
    private final int[] norm;
    private final int rows;

    private NativeNorm(Level level, NodeOperands node, NormRescale rule) {
        this.level = level;
        this.rule = rule;
        x = node.in(0);
        gamma = node.shorts(1);
        y = node.out(0);
        rows = (int) (Fields.shape(x).elements() / gamma.length);
        norm = new int[NormField.values().length];
        norm[NormField.X_AT.ordinal()] = x.offset();
        norm[NormField.Y_AT.ordinal()] = y.offset();
        norm[NormField.Y_BYTES.ordinal()] = Fields.width(y);
        norm[NormField.WIDTH.ordinal()] = gamma.length;
        norm[NormField.ZERO_OUT.ordinal()] = rule.zeroOut();
        norm[NormField.MIN.ordinal()] = rule.min();
        norm[NormField.MAX.ordinal()] = rule.max();
    }

    /** The kernel of {@code node}; empty when it is of another kind, or has an operand that the library does not take. */
    static Optional<Kernel> of(Level level, NodeOperands node) {
        if (!(node.node().op() instanceof RmsNorm op)) {
            return Optional.empty();
        }
        NormRescale rule = op.integer().orElseThrow();
        boolean taken = Fields.isShorts(node.in(0)) && rule.zeroIn() == 0 && Fields.isActivation(node.out(0)) && Fields.shape(node.in(0)).elements() > 0;
        return taken ? Optional.of(new NativeNorm(level, node, rule)) : Optional.empty();
    }

    @Override
    public int units() {
        return rows;
    }

    @Override
    public long work() {
        return 6L * rows * gamma.length;
    }

    @Override
    public ScratchSize scratch() {
        return new ScratchSize(0, 0, ROWS, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        long[] factors = s.acc();
        for (int row = from; row < to; row += ROWS) {
            int end = Math.min(to, row + ROWS);
            NativeCalls.normSquares(level.ordinal(), norm, x.shorts(memory), factors, row, end);
            for (int i = 0; i < end - row; i++) {
                factors[i] = IntRmsNorm.factor(factors[i], rule.epsilon(), rule.multiplier(), rule.shift());
            }
            NativeCalls.normRun(level.ordinal(), norm, gamma, factors, x.shorts(memory), Fields.bytes(y, memory), Fields.shorts(y, memory), row, end);
        }
    }
}

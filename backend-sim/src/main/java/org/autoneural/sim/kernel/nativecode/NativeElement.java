package org.autoneural.sim.kernel.nativecode;

import java.util.Optional;
import org.autoneural.ir.math.Table;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.PairRescale;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.NodeOperands;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.kernel.Slot;

/** Sums, products and functions by table, of s16 to s16: {@code an_element} of the library. A unit is a block of elements. */
final class NativeElement implements Kernel {
    /** Elements of a unit: a multiple of every cache line. */
    private static final int BLOCK = 1024;
    /** Operations of the library, in its order. */
    private enum Operation { ADD, MUL, TABLE }

    private final Level level;
    private final Slot a;
    private final Slot b;
    private final Slot y;
    private final int[] element;
    /** Empty for an operation without one. */
    private final short[] table;
    private final int elements;

    private NativeElement(Level level, NodeOperands node, int second, short[] table, int[] element) {
        this.level = level;
        a = node.in(0);
        b = node.in(second);
        y = node.out(0);
        this.table = table;
        this.element = element;
        element[ElementField.A_AT.ordinal()] = a.offset();
        element[ElementField.B_AT.ordinal()] = b.offset();
        element[ElementField.Y_AT.ordinal()] = y.offset();
        elements = (int) Fields.shape(y).elements();
    }

    /** The kernel of {@code node}; empty when it is of another kind, or beyond what the library's 32-bit lanes hold. */
    static Optional<Kernel> of(Level level, NodeOperands node) {
        if (node.node().op() instanceof Add op && op.staged().isEmpty()) {
            PairRescale rule = op.integer().orElseThrow();
            boolean taken = areShorts(node.in(0), node.in(1), node.out(0)) && rule.zeroA() == 0 && rule.zeroB() == 0 && rule.zeroOut() == 0
                    && rule.shift() >= 18 && rule.shift() <= 47 && isHalved(rule.multiplierA()) && isHalved(rule.multiplierB());
            return taken ? Optional.of(new NativeElement(level, node, 1, new short[0],
                    fields(Operation.ADD, rule.multiplierA(), rule.multiplierB(), rule.shift(), rule.min(), rule.max()))) : Optional.empty();
        }
        if (node.node().op() instanceof Mul op) {
            ProductRescale rule = op.integer().orElseThrow();
            boolean taken = areShorts(node.in(0), node.in(1), node.out(0)) && rule.zeroA() == 0 && rule.zeroB() == 0 && rule.zeroOut() == 0
                    && Fields.isHigh(rule.shift(), rule.rounding());
            return taken ? Optional.of(new NativeElement(level, node, 1, new short[0],
                    fields(Operation.MUL, rule.multiplier(), 0, rule.shift(), rule.min(), rule.max()))) : Optional.empty();
        }
        if (node.node().op() instanceof Activation && areShorts(node.in(0), node.in(0), node.out(0))) {
            short[] table = node.shorts(1);
            return Optional.of(new NativeElement(level, node, 0, table, fields(Operation.TABLE, 0, 0, Table.fractionBits(table), 0, 0)));
        }
        return Optional.empty();
    }

    private static int[] fields(Operation operation, int multiplier, int multiplierB, int shift, int min, int max) {
        int[] e = new int[ElementField.values().length];
        e[ElementField.OPERATION.ordinal()] = operation.ordinal();
        e[ElementField.MULTIPLIER.ordinal()] = multiplier;
        e[ElementField.MULTIPLIER_B.ordinal()] = multiplierB;
        e[ElementField.SHIFT.ordinal()] = shift;
        e[ElementField.MIN.ordinal()] = min;
        e[ElementField.MAX.ordinal()] = max;
        return e;
    }

    private static boolean areShorts(Slot a, Slot b, Slot y) {
        return Fields.isShorts(a) && Fields.isShorts(b) && Fields.isShorts(y);
    }

    /** Whether the halves of a multiplier, the upper one rounded, fit 16 bits and are not the least value there is. */
    private static boolean isHalved(int multiplier) {
        return Math.abs((long) multiplier) < Integer.MAX_VALUE - (1 << 15) && (short) multiplier != Short.MIN_VALUE;
    }

    @Override
    public int units() {
        return Math.max(1, (elements + BLOCK - 1) / BLOCK);
    }

    @Override
    public long work() {
        return 4L * elements;
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.NONE;
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        NativeCalls.elementRun(level.ordinal(), element, table, a.shorts(memory), b.shorts(memory), y.shorts(memory), from * BLOCK,
                Math.min(elements, to * BLOCK));
    }
}

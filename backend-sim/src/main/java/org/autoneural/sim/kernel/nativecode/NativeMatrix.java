package org.autoneural.sim.kernel.nativecode;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Linear;
import org.autoneural.sim.kernel.Depth;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.NodeOperands;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.kernel.Slot;

/** A linear layer, or a convolution of one group: {@code an_matrix} of the library. */
final class NativeMatrix implements Kernel {
    private final Level level;
    private final Slot x;
    private final Slot y;
    private final int[] matrix;
    /** Kept for the memory that {@link #weightsAt} points to. */
    private final ByteBuffer weights;
    private final long weightsAt;
    private final ChannelScale scale;
    private final int units;
    private final int unitsOfCall;
    private final long work;
    private final ScratchSize scratch;

    private NativeMatrix(Level level, NodeOperands node, ChannelRescale rule, int[] matrix) {
        this.level = level;
        x = node.in(0);
        y = node.out(0);
        this.matrix = matrix;
        weights = node.shared().of(ByteBuffer.class, List.of(node.constant(1)), () -> direct(node.shared().weights(node.constant(1)).storage()));
        weightsAt = NativeCalls.address(weights);
        scale = new ChannelScale(rule, node, 2, matrix);
        units = NativeCalls.matrixUnits(matrix);
        work = (long) get(MatrixField.ROWS) * get(MatrixField.DEPTH) * get(MatrixField.CHANNELS);
        unitsOfCall = Fields.unitsOfCall(units, work);
        scratch = new ScratchSize(0, 0, 1, 0, Math.toIntExact(NativeCalls.matrixScratch(matrix)));
    }

    /** The kernel of {@code node}; empty when it is of another kind, or has an operand that the library does not take. */
    static Optional<Kernel> of(Level level, NodeOperands node) {
        if (node.node().op() instanceof Linear op) {
            ChannelRescale rule = op.integer().orElseThrow();
            Shape w = node.constant(1).shape();
            int depth = w.dim(1);
            long rows = depth == 0 ? 0 : node.in(0).type().shape().elements() / depth;
            return of(level, node, rule, new int[] {1, 1, depth, 1, (int) rows, 1, (int) rows, 1, 1, 0, 0, 1, 1}, (int) rows, w);
        }
        if (node.node().op() instanceof Conv2d op && op.groups() == 1) {
            Shape x = node.in(0).type().shape();
            Shape y = node.out(0).type().shape();
            Shape w = node.constant(1).shape();
            return of(level, node, op.integer().orElseThrow(), new int[] {w.dim(1), w.dim(2), x.dim(3), x.dim(1), x.dim(2), y.dim(1), y.dim(2),
                    op.strideH(), op.strideW(), op.pads().get(0), op.pads().get(1), op.dilationH(), op.dilationW()},
                    y.dim(0) * y.dim(1) * y.dim(2), w);
        }
        return Optional.empty();
    }

    /** @param geometry the fields from {@link MatrixField#KERNEL_H} on */
    private static Optional<Kernel> of(Level level, NodeOperands node, ChannelRescale rule, int[] geometry, int rows, Shape w) {
        Slot x = node.in(0);
        Slot y = node.out(0);
        int channels = w.dim(0);
        boolean taken = Fields.isActivation(x) && Fields.isActivation(y) && (x.isBytes() || rule.zeroIn() == 0) && w.elements() > 0 && rows > 0;
        if (!taken) {
            return Optional.empty();
        }
        int[] m = new int[MatrixField.values().length];
        m[MatrixField.X_AT.ordinal()] = x.offset();
        m[MatrixField.X_BYTES.ordinal()] = Fields.width(x);
        m[MatrixField.ZERO_IN.ordinal()] = rule.zeroIn();
        DType type = node.constant(1).dtype();
        m[MatrixField.WEIGHT_BITS.ordinal()] = type == DType.S4 ? 4 : 8;
        m[MatrixField.ROWS.ordinal()] = rows;
        m[MatrixField.DEPTH.ordinal()] = (int) (w.elements() / channels);
        m[MatrixField.CHANNELS.ordinal()] = channels;
        m[MatrixField.SAFE_DEPTH.ordinal()] = Depth.safe(rule.accumulator(), Depth.bound(x.type().dtype(), rule.zeroIn()), Depth.bound(type, 0));
        m[MatrixField.BLOCK_ROWS.ordinal()] = Fields.blockRows(rows);
        System.arraycopy(geometry, 0, m, MatrixField.KERNEL_H.ordinal(), geometry.length);
        return Optional.of(new NativeMatrix(level, node, rule, m));
    }

    /** Mapped weights as they are; those of a program that was not compiled are moved out of the heap. */
    private static ByteBuffer direct(ByteBuffer storage) {
        if (storage.isDirect()) {
            return storage;
        }
        return ByteBuffer.allocateDirect(storage.remaining()).put(storage).flip();
    }

    private int get(MatrixField field) {
        return matrix[field.ordinal()];
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
        for (int unit = from; unit < to; unit += unitsOfCall) {
            int bad = NativeCalls.matrixRun(level.ordinal(), matrix, weightsAt, scale.values(), Fields.bytes(x, memory), Fields.shorts(x, memory), Fields.bytes(y, memory),
                    Fields.shorts(y, memory), s.bytes(), s.acc(), unit, Math.min(to, unit + unitsOfCall));
            if (bad != 0) {
                throw scale.refused(bad - 1, s.acc()[0]);
            }
        }
    }
}

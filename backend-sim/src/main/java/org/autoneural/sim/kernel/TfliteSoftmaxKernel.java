package org.autoneural.sim.kernel;

import org.autoneural.ir.DType;
import org.autoneural.ir.math.TfliteSoftmax;
import org.autoneural.ir.op.TfliteSoftmax16;
import org.autoneural.ir.op.TfliteSoftmax8;

/** Softmax with TFLite's arithmetic. A unit is a row. */
final class TfliteSoftmaxKernel implements Kernel {
    /** One row of ints, in place. */
    private interface Row {
        void run(int[] x, int n);
    }

    private final Row row;
    private final Slot x;
    private final Slot y;
    private final KernelProvider kernels;
    private final int width;

    private TfliteSoftmaxKernel(Row row, Slot x, Slot y, KernelProvider kernels) {
        this.row = row;
        this.x = x;
        this.y = y;
        this.kernels = kernels;
        width = x.type().shape().dim(-1);
    }

    static TfliteSoftmaxKernel of(TfliteSoftmax8 op, Slot x, Slot y, KernelProvider kernels) {
        DType type = y.type().dtype();
        int bits = TfliteSoftmax8.bits(type), min = (int) type.min(), max = (int) type.max();
        return new TfliteSoftmaxKernel((v, n) -> TfliteSoftmax.row8(v, 0, n, op.multiplier(), op.leftShift(), op.diffMin(), bits, min,
                max, v, 0), x, y, kernels);
    }

    static TfliteSoftmaxKernel of(TfliteSoftmax16 op, int[] exp, int[] reciprocal, Slot x, Slot y, KernelProvider kernels) {
        return new TfliteSoftmaxKernel((v, n) -> TfliteSoftmax.row16(v, 0, n, op.multiplier(), op.shift(), exp, reciprocal, v, 0), x, y,
                kernels);
    }

    @Override
    public int units() {
        return x.length() / width;
    }

    @Override
    public long work() {
        return 40L * x.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(width, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        for (int unit = from; unit < to; unit++) {
            x.read(memory, kernels, unit * width, width, 0, s.a, 0);
            row.run(s.a, width);
            y.write(memory, kernels, unit * width, width, s.a, 0);
        }
    }
}

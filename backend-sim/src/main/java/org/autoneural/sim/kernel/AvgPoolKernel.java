package org.autoneural.sim.kernel;

import java.util.Arrays;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.TensorRescale;

/** Mean over windows, NHWC: exact sum, one rescale. A unit is an output row. */
final class AvgPoolKernel implements Kernel {
    private final AvgPool2d op;
    private final TensorRescale rule;
    private final Slot x;
    private final Slot y;
    private final KernelProvider kernels;
    private final Shape in;
    private final Shape out;

    AvgPoolKernel(AvgPool2d op, TensorRescale rule, Slot x, Slot y, KernelProvider kernels) {
        this.op = op;
        this.rule = rule;
        this.x = x;
        this.y = y;
        this.kernels = kernels;
        in = x.type().shape();
        out = y.type().shape();
    }

    @Override
    public int units() {
        return out.dim(0) * out.dim(1);
    }

    @Override
    public long work() {
        return 2L * x.length() + 4L * y.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(in.dim(3), 0, in.dim(3));
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int channels = in.dim(3);
        for (int unit = from; unit < to; unit++) {
            int batch = unit / out.dim(1);
            int i = unit % out.dim(1);
            for (int j = 0; j < out.dim(2); j++) {
                Arrays.fill(s.acc, 0, channels, 0);
                for (int u = 0; u < op.kernelH(); u++) {
                    for (int v = 0; v < op.kernelW(); v++) {
                        int at = ((batch * in.dim(1) + i * op.strideH() + u) * in.dim(2) + j * op.strideW() + v) * channels;
                        x.read(memory, kernels, at, channels, rule.zeroIn(), s.a, 0);
                        for (int c = 0; c < channels; c++) {
                            s.acc[c] += s.a[c];
                        }
                    }
                }
                for (int c = 0; c < channels; c++) {
                    s.a[c] = Rescale.requantize(s.acc[c], rule.multiplier(), rule.shift(), rule.rounding(), rule.zeroOut(),
                            rule.min(), rule.max());
                }
                y.write(memory, kernels, (unit * out.dim(2) + j) * channels, channels, s.a, 0);
            }
        }
    }
}

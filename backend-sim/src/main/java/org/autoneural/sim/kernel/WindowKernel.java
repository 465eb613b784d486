package org.autoneural.sim.kernel;

import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.IntMean;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.WindowMean;

/** Mean or greatest stored value of the part of each window that lies in the tensor, NHWC. A unit is an output row. */
final class WindowKernel implements Kernel {
    private final boolean greatest;
    private final int kernelH;
    private final int kernelW;
    private final int strideH;
    private final int strideW;
    private final List<Integer> pads;
    private final int min;
    private final int max;
    private final Slot x;
    private final Slot y;
    private final KernelProvider kernels;
    private final Shape in;
    private final Shape out;

    private WindowKernel(boolean greatest, int kernelH, int kernelW, int strideH, int strideW, List<Integer> pads, int min, int max,
            Slot x, Slot y, KernelProvider kernels) {
        this.greatest = greatest;
        this.kernelH = kernelH;
        this.kernelW = kernelW;
        this.strideH = strideH;
        this.strideW = strideW;
        this.pads = pads;
        this.min = min;
        this.max = max;
        this.x = x;
        this.y = y;
        this.kernels = kernels;
        in = x.type().shape();
        out = y.type().shape();
    }

    static WindowKernel mean(AvgPool2d op, WindowMean rule, Slot x, Slot y, KernelProvider kernels) {
        return new WindowKernel(false, op.kernelH(), op.kernelW(), op.strideH(), op.strideW(), rule.pads(), rule.min(), rule.max(), x, y,
                kernels);
    }

    static WindowKernel max(MaxPool2d op, Slot x, Slot y, KernelProvider kernels) {
        return new WindowKernel(true, op.kernelH(), op.kernelW(), op.strideH(), op.strideW(), op.pads(), op.min(), op.max(), x, y, kernels);
    }

    @Override
    public int units() {
        return out.dim(0) * out.dim(1);
    }

    @Override
    public long work() {
        return (long) y.length() * kernelH * kernelW;
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
            int top = unit % out.dim(1) * strideH - pads.get(0);
            int first = Math.max(0, top);
            int bottom = Math.min(in.dim(1), top + kernelH);
            for (int j = 0; j < out.dim(2); j++) {
                int left = Math.max(0, j * strideW - pads.get(1));
                int right = Math.min(in.dim(2), j * strideW - pads.get(1) + kernelW);
                Arrays.fill(s.acc, 0, channels, greatest ? Long.MIN_VALUE : 0);
                for (int u = first; u < bottom; u++) {
                    for (int v = left; v < right; v++) {
                        x.read(memory, kernels, ((batch * in.dim(1) + u) * in.dim(2) + v) * channels, channels, 0, s.a, 0);
                        gather(s, channels);
                    }
                }
                int count = (bottom - first) * (right - left);
                for (int c = 0; c < channels; c++) {
                    s.a[c] = greatest ? Rescale.clamp(s.acc[c], min, max) : IntMean.of(s.acc[c], count, min, max);
                }
                y.write(memory, kernels, (unit * out.dim(2) + j) * channels, channels, s.a, 0);
            }
        }
    }

    private void gather(Scratch s, int channels) {
        for (int c = 0; c < channels; c++) {
            s.acc[c] = greatest ? Math.max(s.acc[c], s.a[c]) : s.acc[c] + s.a[c];
        }
    }
}

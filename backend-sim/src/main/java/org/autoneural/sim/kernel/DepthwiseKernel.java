package org.autoneural.sim.kernel;

import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.Conv2d;

/** A depthwise convolution, NHWC, one output channel for each input channel. A unit is an output row. */
final class DepthwiseKernel implements Kernel {
    private final Slot x;
    private final Slot y;
    /** [kh * kw, C] */
    private final int[] weights;
    private final Conv2d op;
    private final int zero;
    private final ChannelSums sums;
    private final KernelProvider kernels;
    private final Shape in;
    private final Shape out;
    private final int kernelH;
    private final int kernelW;

    /** The sum of kh * kw products fits an int (or wraps by intent): {@link #fits}. */
    DepthwiseKernel(Slot x, TensorData weights, Shape w, ChannelSums sums, Conv2d op, Slot y, KernelProvider kernels) {
        this.x = x;
        this.y = y;
        this.weights = Weights.byColumn(weights);
        this.op = op;
        this.zero = sums.rule().zeroIn();
        this.sums = sums;
        this.kernels = kernels;
        in = x.type().shape();
        out = y.type().shape();
        kernelH = w.dim(1);
        kernelW = w.dim(2);
    }

    static boolean fits(Conv2d op, Shape x, Shape w, long xBound, long wBound, ChannelSums sums) {
        return op.groups() > 1 && op.groups() == x.dim(3) && w.dim(0) == x.dim(3)
                && w.dim(1) * w.dim(2) <= Depth.safe(sums.rule().accumulator(), xBound, wBound);
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
        return ScratchSize.of(2 * kernelH * kernelW, in.dim(3), 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int channels = in.dim(3);
        for (int unit = from; unit < to; unit++) {
            int batch = unit / out.dim(1);
            int i = unit % out.dim(1);
            for (int j = 0; j < out.dim(2); j++) {
                int taps = taps(batch, i, j, s.a);
                if (x.isBytes()) {
                    kernels.depthwise(x.bytes(memory), zero, s.a, 0, taps, weights, channels, s.t, 0);
                } else {
                    kernels.depthwise(x.shorts(memory), zero, s.a, 0, taps, weights, channels, s.t, 0);
                }
                sums.store(s.t, Integer.MAX_VALUE, 0, channels, y, memory, (unit * out.dim(2) + j) * channels, kernels);
            }
        }
    }

    /** Where the taps of an output pixel lie in x and in the weights, those in the padding left out; returns their number. */
    private int taps(int batch, int i, int j, int[] taps) {
        int n = 0;
        for (int u = 0; u < kernelH; u++) {
            int r = i * op.strideH() + u * op.dilationH() - op.pads().get(0);
            for (int v = 0; v < kernelW && r >= 0 && r < in.dim(1); v++) {
                int c = j * op.strideW() + v * op.dilationW() - op.pads().get(1);
                if (c >= 0 && c < in.dim(2)) {
                    taps[2 * n] = x.offset() + ((batch * in.dim(1) + r) * in.dim(2) + c) * in.dim(3);
                    taps[2 * n + 1] = (u * kernelW + v) * in.dim(3);
                    n++;
                }
            }
        }
        return n;
    }
}

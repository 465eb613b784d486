package org.autoneural.sim.kernel;

import java.util.Arrays;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.Conv2d;

/** The patches under a convolution's kernel, one row an output pixel, in the order [kh, kw, C/groups] of its weights. */
final class PatchRows implements RowSource {
    private final Slot x;
    private final Conv2d op;
    private final KernelProvider kernels;
    private final int zero;
    private final int height;
    private final int width;
    private final int channels;
    private final int outHeight;
    private final int outWidth;
    private final int kernelW;

    /** x: [B, H, W, C]; y: [B, H', W', O]; w: [O, kh, kw, C/groups]. */
    PatchRows(Slot x, Shape w, Shape y, Conv2d op, int zero, KernelProvider kernels) {
        this.x = x;
        this.op = op;
        this.kernels = kernels;
        this.zero = zero;
        Shape in = x.type().shape();
        height = in.dim(1);
        width = in.dim(2);
        channels = in.dim(3);
        outHeight = y.dim(1);
        outWidth = y.dim(2);
        kernelW = w.dim(2);
    }

    @Override
    public int rows() {
        return x.type().shape().dim(0) * outHeight * outWidth;
    }

    @Override
    public void fill(Memory memory, int group, int row, int from, int count, int[] a, int at) {
        int batch = row / (outHeight * outWidth);
        int i = row / outWidth % outHeight;
        int j = row % outWidth;
        int part = channels / op.groups();
        int tap = from / part;
        int first = from % part;
        for (int to = at; to < at + count; tap++, first = 0) {
            int n = Math.min(part - first, at + count - to);
            int r = i * op.strideH() + tap / kernelW * op.dilationH() - op.pads().get(0);
            int c = j * op.strideW() + tap % kernelW * op.dilationW() - op.pads().get(1);
            if (r < 0 || r >= height || c < 0 || c >= width) {
                Arrays.fill(a, to, to + n, 0);
            } else {
                x.read(memory, kernels, ((batch * height + r) * width + c) * channels + group * part + first, n, zero, a, to);
            }
            to += n;
        }
    }
}

package org.autoneural.sim.kernel;

import org.autoneural.ir.Shape;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.TensorRescale;

/**
 * Bilinear resize, NHWC. The coordinate of output index i is the fraction {@code max(0, (2i + 1) * from - to) / (2 * to)}; the
 * four weighted neighbours are summed exactly over {@code 4 * height * width}. A unit is an output row.
 */
final class ResizeBilinearKernel implements Kernel {
    private final TensorRescale rule;
    private final Slot x;
    private final Slot y;
    private final KernelProvider kernels;
    private final Shape in;
    private final Shape out;

    ResizeBilinearKernel(TensorRescale rule, Slot x, Slot y, KernelProvider kernels) {
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
        return 8L * y.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(4 * in.dim(3), 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int channels = in.dim(3);
        int height = out.dim(1);
        int width = out.dim(2);
        for (int unit = from; unit < to; unit++) {
            int batch = unit / height;
            long row = Math.max(0, (2L * (unit % height) + 1) * in.dim(1) - height);
            int r0 = (int) (row / (2L * height));
            long fr = row % (2L * height);
            int r1 = Math.min(r0 + 1, in.dim(1) - 1);
            for (int j = 0; j < width; j++) {
                long column = Math.max(0, (2L * j + 1) * in.dim(2) - width);
                int c0 = (int) (column / (2L * width));
                long fc = column % (2L * width);
                int c1 = Math.min(c0 + 1, in.dim(2) - 1);
                read(memory, batch, r0, c0, s.a, 0);
                read(memory, batch, r0, c1, s.a, channels);
                read(memory, batch, r1, c0, s.a, 2 * channels);
                read(memory, batch, r1, c1, s.a, 3 * channels);
                long w00 = (2L * height - fr) * (2L * width - fc);
                long w01 = (2L * height - fr) * fc;
                long w10 = fr * (2L * width - fc);
                long w11 = fr * fc;
                for (int c = 0; c < channels; c++) {
                    long sum = w00 * s.a[c] + w01 * s.a[channels + c] + w10 * s.a[2 * channels + c] + w11 * s.a[3 * channels + c];
                    s.a[c] = Rescale.requantize(sum, rule.multiplier(), rule.shift(), rule.rounding(), rule.zeroOut(), rule.min(), rule.max());
                }
                y.write(memory, kernels, (unit * width + j) * channels, channels, s.a, 0);
            }
        }
    }

    private void read(Memory memory, int batch, int row, int column, int[] target, int at) {
        x.read(memory, kernels, ((batch * in.dim(1) + row) * in.dim(2) + column) * in.dim(3), in.dim(3), rule.zeroIn(), target, at);
    }
}

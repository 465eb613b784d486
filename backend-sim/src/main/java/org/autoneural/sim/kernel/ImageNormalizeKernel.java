package org.autoneural.sim.kernel;

import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.op.ImageNormalize;

/** From picture bytes to the first activation, NHWC. A unit is a picture row. */
final class ImageNormalizeKernel implements Kernel {
    private final ImageNormalize.Integers rule;
    private final Slot image;
    private final int[] multiplier;
    private final long[] bias;
    private final Slot y;
    private final KernelProvider kernels;
    private final int rows;
    private final int width;

    ImageNormalizeKernel(ImageNormalize.Integers rule, Slot image, int[] multiplier, long[] bias, Slot y, KernelProvider kernels) {
        this.rule = rule;
        this.image = image;
        this.multiplier = multiplier;
        this.bias = bias;
        this.y = y;
        this.kernels = kernels;
        rows = image.type().shape().dim(0) * image.type().shape().dim(1);
        width = image.type().shape().dim(2) * image.type().shape().dim(3);
    }

    @Override
    public int units() {
        return rows;
    }

    @Override
    public long work() {
        return 4L * y.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(width, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        long half = 1L << (rule.shift() - 1);
        for (int row = from; row < to; row++) {
            image.read(memory, kernels, row * width, width, 0, s.a, 0);
            for (int i = 0; i < width; i += bias.length) {
                for (int c = 0; c < bias.length; c++) {
                    long v = (long) s.a[i + c] * multiplier[c] + bias[c];
                    s.a[i + c] = Rescale.clamp((v + half) >> rule.shift(), rule.min(), rule.max());
                }
            }
            y.write(memory, kernels, row * width, width, s.a, 0);
        }
    }
}

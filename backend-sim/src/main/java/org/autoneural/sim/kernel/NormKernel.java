package org.autoneural.sim.kernel;

import org.autoneural.ir.math.IntLayerNorm;
import org.autoneural.ir.math.IntRmsNorm;
import org.autoneural.ir.math.RowFactor;
import org.autoneural.ir.op.NormRescale;

/** RMS norm, or layer norm when there is a beta, over the innermost axis. A unit is a row. */
final class NormKernel implements Kernel {
    private final NormRescale rule;
    private final Slot x;
    private final short[] gamma;
    /** s32 [C]; empty for RMS norm. */
    private final int[] beta;
    private final Slot y;
    private final KernelProvider kernels;
    private final int width;
    /** gamma as ints where the vector loops can take it: centred values of 16 bits. */
    private final int[] wideGamma;
    private final boolean narrow;

    NormKernel(NormRescale rule, Slot x, short[] gamma, int[] beta, Slot y, KernelProvider kernels) {
        this.rule = rule;
        this.x = x;
        this.gamma = gamma;
        this.beta = beta;
        this.y = y;
        this.kernels = kernels;
        width = gamma.length;
        narrow = beta.length == 0 && Depth.isNarrow(x.type().dtype(), rule.zeroIn());
        wideGamma = new int[narrow ? width : 0];
        for (int i = 0; i < wideGamma.length; i++) {
            wideGamma[i] = gamma[i];
        }
    }

    @Override
    public int units() {
        return x.length() / width;
    }

    @Override
    public long work() {
        return 6L * x.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(width, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        for (int row = from; row < to; row++) {
            if (beta.length == 0) {
                x.read(memory, kernels, row * width, width, rule.zeroIn(), s.a, 0);
                rms(s.a);
            } else {
                x.read(memory, kernels, row * width, width, 0, s.a, 0);
                layer(s.a);
            }
            y.write(memory, kernels, row * width, width, s.a, 0);
        }
    }

    private void rms(int[] v) {
        long squares = 0;
        for (int i = 0; i < width; i++) {
            squares += (long) v[i] * v[i];
        }
        long factor = IntRmsNorm.factor(squares, rule.epsilon(), rule.multiplier(), rule.shift());
        int r = RowFactor.multiplier(factor);
        int n = RowFactor.shift(factor);
        if (narrow && n > 32) {
            kernels.rescaleProducts(v, wideGamma, 0, width, r, n, rule.zeroOut(), rule.min(), rule.max());
            return;
        }
        for (int i = 0; i < width; i++) {
            v[i] = IntRmsNorm.element(v[i], gamma[i], r, n, rule.zeroOut(), rule.min(), rule.max());
        }
    }

    private void layer(int[] v) {
        long sum = 0;
        long squares = 0;
        for (int i = 0; i < width; i++) {
            sum += v[i];
            squares += (long) v[i] * v[i];
        }
        long factor = IntLayerNorm.factor(sum, squares, width, rule.epsilon(), rule.multiplier(), rule.shift());
        int r = RowFactor.multiplier(factor);
        int n = RowFactor.shift(factor);
        for (int i = 0; i < width; i++) {
            long d = (long) width * v[i] - sum;
            v[i] = IntLayerNorm.element(d, gamma[i], beta[i], r, n, rule.zeroOut(), rule.min(), rule.max());
        }
    }
}

package org.autoneural.sim.kernel;

import java.util.Arrays;
import org.autoneural.ir.Shape;

/**
 * Depthwise causal convolution over tokens with carried state. A unit is a block of channels: a thread finishes all tokens of
 * its channels before it moves their state on, so that the new state may lie where the old one is.
 */
final class CausalConvKernel implements Kernel {
    private static final int CHANNELS_PER_UNIT = 64;

    private final Slot u;
    private final Slot state;
    private final Slot valid;
    /** [L, D] */
    private final int[] weights;
    private final ChannelSums sums;
    private final Slot z;
    private final Slot newState;
    private final KernelProvider kernels;
    private final int tokens;
    private final int channels;
    private final int taps;

    CausalConvKernel(Slot u, Slot state, Slot valid, int[] weights, int taps, ChannelSums sums, Slot z, Slot newState, KernelProvider kernels) {
        this.u = u;
        this.state = state;
        this.valid = valid;
        this.weights = weights;
        this.taps = taps;
        this.sums = sums;
        this.z = z;
        this.newState = newState;
        this.kernels = kernels;
        Shape shape = u.type().shape();
        tokens = shape.dim(0);
        channels = shape.dim(1);
    }

    @Override
    public int units() {
        return (channels + CHANNELS_PER_UNIT - 1) / CHANNELS_PER_UNIT;
    }

    @Override
    public long work() {
        return 2L * tokens * channels * taps;
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(CHANNELS_PER_UNIT, 0, CHANNELS_PER_UNIT);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        int count = valid.scalar(memory);
        if (count < 1 || count > tokens) {
            throw new IllegalArgumentException("n_valid is " + count + ", must be 1.." + tokens);
        }
        for (int unit = from; unit < to; unit++) {
            int first = unit * CHANNELS_PER_UNIT;
            int width = Math.min(CHANNELS_PER_UNIT, channels - first);
            for (int t = 0; t < tokens; t++) {
                Arrays.fill(s.acc, 0, width, 0);
                for (int j = 0; j < taps; j++) {
                    int row = t + j - (taps - 1);
                    Slot x = row < 0 ? state : u;
                    x.read(memory, kernels, (row < 0 ? row + taps - 1 : row) * channels + first, width, sums.rule().zeroIn(), s.a, 0);
                    int w = j * channels + first;
                    for (int c = 0; c < width; c++) {
                        s.acc[c] += (long) s.a[c] * weights[w + c];
                    }
                }
                sums.store(s.acc, 0, first, width, z, memory, t * channels + first);
            }
            // Oldest row first: each row comes from a later one, which is still the old one.
            for (int r = 0; r < taps - 1; r++) {
                int row = count + r;
                if (row < taps - 1) {
                    state.copyTo(memory, row * channels + first, newState, r * channels + first, width);
                } else {
                    u.copyTo(memory, (row - (taps - 1)) * channels + first, newState, r * channels + first, width);
                }
            }
        }
    }
}

package org.autoneural.sim.kernel;

import org.autoneural.ir.Shape;

/** Nearest-neighbour resize, NHWC. A unit is an output row. */
final class ResizeNearestKernel implements Kernel {
    private final Slot x;
    private final Slot y;
    private final Shape in;
    private final Shape out;

    ResizeNearestKernel(Slot x, Slot y) {
        this.x = x;
        this.y = y;
        in = x.type().shape();
        out = y.type().shape();
    }

    @Override
    public int units() {
        return out.dim(0) * out.dim(1);
    }

    @Override
    public long work() {
        return y.length() / 4;
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.NONE;
    }

    @Override
    public void run(Memory memory, Scratch scratch, int from, int to) {
        int channels = in.dim(3);
        for (int unit = from; unit < to; unit++) {
            int batch = unit / out.dim(1);
            int r = (int) ((long) (unit % out.dim(1)) * in.dim(1) / out.dim(1));
            for (int j = 0; j < out.dim(2); j++) {
                int c = (int) ((long) j * in.dim(2) / out.dim(2));
                x.copyTo(memory, ((batch * in.dim(1) + r) * in.dim(2) + c) * channels, y, (unit * out.dim(2) + j) * channels, channels);
            }
        }
    }
}

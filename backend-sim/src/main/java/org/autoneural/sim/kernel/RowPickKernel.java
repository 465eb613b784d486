package org.autoneural.sim.kernel;

import java.util.Optional;

/** Rows chosen at run time: {@code select_rows} (a mask says which of two tensors) and {@code last_row} (the last that counts). */
final class RowPickKernel implements Kernel {
    private final Slot index;
    private final Slot a;
    private final Optional<Slot> b;
    private final Slot y;
    private final int width;

    /** With b: {@code index} is a mask u8 [N]. Without: {@code index} is n_valid s32 [1]. */
    RowPickKernel(Slot index, Slot a, Optional<Slot> b, Slot y) {
        this.index = index;
        this.a = a;
        this.b = b;
        this.y = y;
        width = y.type().shape().dim(1);
    }

    @Override
    public int units() {
        return Math.max(1, y.type().shape().dim(0));
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
        for (int t = from; t < Math.min(to, y.type().shape().dim(0)); t++) {
            if (b.isPresent()) {
                boolean first = index.bytes(memory)[index.offset() + t] != 0;
                (first ? a : b.get()).copyTo(memory, t * width, y, t * width, width);
            } else {
                int valid = index.scalar(memory);
                int rows = a.type().shape().dim(0);
                if (valid < 1 || valid > rows) {
                    throw new IllegalArgumentException("n_valid is " + valid + ", must be 1.." + rows);
                }
                a.copyTo(memory, (valid - 1) * width, y, 0, width);
            }
        }
    }
}

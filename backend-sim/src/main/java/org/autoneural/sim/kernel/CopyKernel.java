package org.autoneural.sim.kernel;

import java.util.List;

/** Moves runs of elements at fixed places: concat, slice, reshape of a constant. A unit is one index of the outer axes. */
final class CopyKernel implements Kernel {
    /** For each outer index i: {@code count} elements from {@code from + i * fromStep} to {@code to + i * toStep}. */
    record Run(Slot x, int from, int fromStep, int to, int toStep, int count) {}

    private final List<Run> runs;
    private final Slot y;
    private final int outer;

    CopyKernel(int outer, List<Run> runs, Slot y) {
        this.outer = outer;
        this.runs = List.copyOf(runs);
        this.y = y;
    }

    @Override
    public int units() {
        return Math.max(1, outer);
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
        for (int i = from; i < Math.min(to, outer); i++) {
            for (int r = 0; r < runs.size(); r++) {
                Run run = runs.get(r);
                run.x.copyTo(memory, run.from + i * run.fromStep, y, run.to + i * run.toStep, run.count);
            }
        }
    }
}

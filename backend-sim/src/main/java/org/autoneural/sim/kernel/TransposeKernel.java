package org.autoneural.sim.kernel;

import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.Shape;

/** Permutes axes. Innermost axes that stay innermost move as one run. A unit is one index of y's outermost axis. */
final class TransposeKernel implements Kernel {
    private final Slot x;
    private final Slot y;
    /** Extents of y's axes but for those that make up a run. */
    private final int[] extents;
    /** Step in x of one index of each of those axes. */
    private final int[] steps;
    private final int run;

    TransposeKernel(List<Integer> permutation, Slot x, Slot y) {
        this.x = x;
        this.y = y;
        Shape from = x.type().shape();
        int kept = permutation.size();
        while (kept > 0 && permutation.get(kept - 1) == kept - 1) {
            kept--;
        }
        extents = new int[Math.max(1, kept)];
        steps = new int[Math.max(1, kept)];
        extents[0] = 1;
        for (int a = 0; a < kept; a++) {
            extents[a] = from.dim(permutation.get(a));
            steps[a] = from.inner(permutation.get(a));
        }
        int length = 1;
        for (int a = kept; a < from.rank(); a++) {
            length *= from.dim(a);
        }
        run = length;
    }

    @Override
    public int units() {
        return Math.max(1, extents[0]);
    }

    @Override
    public long work() {
        return y.length();
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.of(extents.length, 0, 0);
    }

    @Override
    public void run(Memory memory, Scratch s, int from, int to) {
        if (y.length() == 0) {
            return;
        }
        int rowsOfUnit = y.length() / run / extents[0];
        for (int unit = from; unit < to; unit++) {
            int[] index = s.a;
            Arrays.fill(index, 0, extents.length, 0);
            int at = unit * steps[0];
            for (int i = 0; i < rowsOfUnit; i++) {
                move(memory, at, (unit * rowsOfUnit + i) * run);
                for (int a = extents.length - 1; a > 0; a--) {
                    at += steps[a];
                    if (++index[a] < extents[a]) {
                        break;
                    }
                    at -= steps[a] * index[a];
                    index[a] = 0;
                }
            }
        }
    }

    private void move(Memory memory, int from, int to) {
        if (run > 1) {
            x.copyTo(memory, from, y, to, run);
        } else if (x.isBytes()) {
            y.bytes(memory)[y.offset() + to] = x.bytes(memory)[x.offset() + from];
        } else {
            x.copyTo(memory, from, y, to, 1);
        }
    }
}

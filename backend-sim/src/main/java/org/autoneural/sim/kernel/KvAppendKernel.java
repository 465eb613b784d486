package org.autoneural.sim.kernel;

import org.autoneural.ir.Shape;

/** Writes the keys or values of a chunk into the cache; in place when the result is the cache itself. A unit is a head. */
final class KvAppendKernel implements Kernel {
    private final Slot cache;
    private final Slot fresh;
    private final Slot pos;
    private final Slot valid;
    private final Slot y;
    private final int groups;
    private final int capacity;
    private final int width;
    private final int tokens;

    KvAppendKernel(Slot cache, Slot fresh, Slot pos, Slot valid, Slot y) {
        this.cache = cache;
        this.fresh = fresh;
        this.pos = pos;
        this.valid = valid;
        this.y = y;
        Shape shape = cache.type().shape();
        groups = shape.dim(0);
        capacity = shape.dim(1);
        width = shape.dim(2);
        tokens = fresh.type().shape().dim(0);
    }

    @Override
    public int units() {
        return Math.max(1, groups);
    }

    @Override
    public long work() {
        return fresh.length() / 4 + (cache.samePlace(y) ? 0 : cache.length() / 4);
    }

    @Override
    public ScratchSize scratch() {
        return ScratchSize.NONE;
    }

    @Override
    public void run(Memory memory, Scratch scratch, int from, int to) {
        int first = pos.scalar(memory);
        int count = valid.scalar(memory);
        if (count < 1 || count > tokens) {
            throw new IllegalArgumentException("n_valid is " + count + ", must be 1.." + tokens);
        }
        if (first < 0 || first > capacity - count) {
            throw new IllegalArgumentException(count + " tokens from position " + first + " do not fit the cache of "
                    + capacity + " positions");
        }
        for (int g = from; g < Math.min(to, groups); g++) {
            if (!cache.samePlace(y)) {
                cache.copyTo(memory, g * capacity * width, y, g * capacity * width, capacity * width);
            }
            for (int t = 0; t < count; t++) {
                fresh.copyTo(memory, (t * groups + g) * width, y, (g * capacity + first + t) * width, width);
            }
        }
    }
}

package org.autoneural.sim;

import java.util.ArrayDeque;
import java.util.Map;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.plan.Arena;

/**
 * Work memory of one entry point for all contexts: as many areas as runs of it took place at the same time, none before the
 * first. Thread-safe.
 */
final class WorkPool {
    /**
     * Memory of one run.
     *
     * @param scratch one for each thread that takes part
     * @param size    of each of them
     */
    record Area(Memory.Arrays arrays, Scratch[] scratch, ScratchSize size) {}

    private final Map<Arena, Integer> sizes;
    private final KernelProvider kernels;
    private final int threads;
    private final ArrayDeque<Area> free = new ArrayDeque<>();
    private ScratchSize scratchSize = ScratchSize.NONE;

    WorkPool(Map<Arena, Integer> sizes, KernelProvider kernels, int threads) {
        this.sizes = sizes;
        this.kernels = kernels;
        this.threads = threads;
    }

    /** From now on threads have at least this room. */
    void grow(ScratchSize size) {
        synchronized (free) {
            scratchSize = scratchSize.max(size);
        }
    }

    /** An area that nobody else has; what is in it means nothing. */
    Area take() {
        Area area;
        ScratchSize size;
        synchronized (free) {
            area = free.poll();
            size = scratchSize;
        }
        if (area != null && area.size().equals(size)) {
            return area;
        }
        Scratch[] scratch = new Scratch[threads];
        for (int i = 0; i < threads; i++) {
            scratch[i] = new Scratch(size, kernels);
        }
        return new Area(area == null ? new Memory.Arrays(sizes) : area.arrays(), scratch, size);
    }

    void giveBack(Area area) {
        synchronized (free) {
            free.push(area);
        }
    }
}

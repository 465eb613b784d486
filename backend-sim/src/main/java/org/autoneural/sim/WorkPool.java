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
     */
    record Area(Memory.Arrays arrays, Scratch[] scratch) {}

    private final Map<Arena, Integer> sizes;
    private final ScratchSize scratchSize;
    private final KernelProvider kernels;
    private final int threads;
    private final ArrayDeque<Area> free = new ArrayDeque<>();

    WorkPool(Map<Arena, Integer> sizes, ScratchSize scratchSize, KernelProvider kernels, int threads) {
        this.sizes = sizes;
        this.scratchSize = scratchSize;
        this.kernels = kernels;
        this.threads = threads;
    }

    /** An area that nobody else has; what is in it means nothing. */
    Area take() {
        synchronized (free) {
            Area area = free.poll();
            if (area != null) {
                return area;
            }
        }
        Scratch[] scratch = new Scratch[threads];
        for (int i = 0; i < threads; i++) {
            scratch[i] = new Scratch(scratchSize, kernels);
        }
        return new Area(new Memory.Arrays(sizes), scratch);
    }

    void giveBack(Area area) {
        synchronized (free) {
            free.push(area);
        }
    }
}

package org.autoneural.sim;

import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.Scratch;

/** Runs the units of a kernel. */
final class Workers implements AutoCloseable {
    private final int threads;

    Workers(int threads) {
        this.threads = threads;
    }

    int threads() {
        return threads;
    }

    void run(Kernel kernel, Memory memory, Scratch[] scratch) {
        kernel.run(memory, scratch[0], 0, kernel.units());
    }

    @Override
    public void close() {
    }
}

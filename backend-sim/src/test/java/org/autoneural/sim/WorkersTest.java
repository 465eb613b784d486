package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.KernelProviders;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.ScratchSize;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a kernel's run returns, each of its units has run once, however the kernels before and after it are cut. */
class WorkersTest {
    private static final int RUNS = 100_000;

    /** Counts how often each unit runs. */
    private record Counting(AtomicIntegerArray runs) implements Kernel {
        Counting(int units) {
            this(new AtomicIntegerArray(units));
        }

        @Override
        public int units() {
            return runs.length();
        }

        @Override
        public long work() {
            return 1;
        }

        @Override
        public ScratchSize scratch() {
            return ScratchSize.NONE;
        }

        @Override
        public void run(Memory memory, Scratch scratch, int from, int to) {
            for (int unit = from; unit < to; unit++) {
                runs.incrementAndGet(unit);
            }
        }
    }

    /** Few units, then many: a thread late from the first kernel must not take a part of the second before that begins. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void everyUnitRunsOnce(int threads) {
        Kernel[] kernels = {new Counting(2), new Counting(12), new Counting(3), new Counting(40), new Counting(71)};
        Memory memory = new Memory(Memory.Arrays.NONE, Memory.Arrays.NONE, Memory.Arrays.NONE);
        Scratch[] scratch = new Scratch[threads];
        Arrays.setAll(scratch, i -> new Scratch(ScratchSize.NONE, KernelProviders.named("scalar")));
        try (Workers workers = new Workers(threads, 0)) {
            for (int run = 1; run <= RUNS; run++) {
                for (Kernel kernel : kernels) {
                    workers.run(kernel, memory, scratch);
                    for (int unit = 0; unit < kernel.units(); unit++) {
                        assertRuns(((Counting) kernel).runs().get(unit), run, unit, kernel);
                    }
                }
            }
        }
    }

    private static void assertRuns(int found, int expected, int unit, Kernel kernel) {
        // Millions of these: only a failure is worth building a message for.
        if (found != expected) {
            assertThat(found).as("runs of unit %d of %d", unit, kernel.units()).isEqualTo(expected);
        }
    }
}

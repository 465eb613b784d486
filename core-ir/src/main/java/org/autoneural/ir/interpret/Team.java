package org.autoneural.ir.interpret;

import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Threads that share work. Units must write different elements, so that results do not depend on who computes them. */
final class Team {
    private final ForkJoinPool pool;

    Team(int threads) {
        pool = new ForkJoinPool(threads);
    }

    /** Runs units 0..units-1, in any order, and returns when all are done; throws what a unit threw. */
    void forEach(int units, IntConsumer unit) {
        if (pool.getParallelism() == 1 || units <= 1) {
            for (int i = 0; i < units; i++) {
                unit.accept(i);
            }
            return;
        }
        pool.submit(() -> IntStream.range(0, units).parallel().forEach(unit)).join();
    }

    /** As {@link #forEach} over 0..count-1 cut into ranges of at most {@code size}. */
    void forRanges(int count, int size, Range range) {
        forEach((count + size - 1) / size, i -> range.accept(i * size, Math.min(count, (i + 1) * size)));
    }

    /** Work on {@code from .. to-1}. */
    @FunctionalInterface
    interface Range {
        void accept(int from, int to);
    }
}

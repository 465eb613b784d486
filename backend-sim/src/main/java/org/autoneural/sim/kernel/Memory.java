package org.autoneural.sim.kernel;

import java.util.Map;
import org.autoneural.sim.plan.Arena;
import org.autoneural.sim.plan.Region;

/** What the kernels of one entry point of one context see, laid out by {@link org.autoneural.sim.plan.MemoryPlan}. */
public final class Memory {
    /** The arrays of one region. */
    public static final class Arrays {
        /** No elements. */
        public static final Arrays NONE = new Arrays(Map.of(Arena.BYTES, 0, Arena.SHORTS, 0, Arena.INTS, 0));

        final byte[] bytes;
        final short[] shorts;
        final int[] ints;

        /** @param sizes elements of each array */
        public Arrays(Map<Arena, Integer> sizes) {
            bytes = new byte[sizes.get(Arena.BYTES)];
            shorts = new short[sizes.get(Arena.SHORTS)];
            ints = new int[sizes.get(Arena.INTS)];
        }

        /** The array of {@code arena}: {@code byte[]}, {@code short[]} or {@code int[]}. */
        public Object of(Arena arena) {
            return switch (arena) {
                case BYTES -> bytes;
                case SHORTS -> shorts;
                case INTS -> ints;
            };
        }
    }

    private final Arrays state;
    private final Arrays exchange;
    /** That of the run that goes on, or of the last one. */
    private Arrays work;
    private boolean watched;

    /** Memory of a context: states, inputs and outputs, and what runs work in. */
    public Memory(Arrays state, Arrays exchange, Arrays work) {
        this.state = state;
        this.exchange = exchange;
        this.work = work;
    }

    /** Takes {@code other} for work memory from the next run on. */
    public void workIn(Arrays other) {
        work = other;
    }

    /** Says whether somebody looks at every result of the next runs, and not at the outputs alone. */
    public void watch(boolean everyResult) {
        watched = everyResult;
    }

    /** Whether every result must be whole, also where no kernel reads it. */
    public boolean isWatched() {
        return watched;
    }

    /** The arrays of {@code region}. */
    public Arrays of(Region region) {
        return switch (region) {
            case STATE -> state;
            case EXCHANGE -> exchange;
            case WORK -> work;
        };
    }
}

package org.autoneural.sim.kernel;

/**
 * One node, ready to run in any context of one executable. Immutable. The work is cut into units (output rows or channels,
 * never the summed dimension) that may run in any order and on any thread: no unit reads what another writes.
 */
public interface Kernel {
    /** Number of units, at least 1. */
    int units();

    /** Rough number of elementary operations of the whole node, to decide whether more than one thread pays. */
    long work();

    /** Working room that a thread needs to run it. */
    ScratchSize scratch();

    /**
     * Runs units {@code from .. to-1}.
     *
     * @throws IllegalArgumentException when an index operand (an id, a position) is out of range
     * @throws ArithmeticException      when a sum leaves its accumulator
     */
    void run(Memory memory, Scratch scratch, int from, int to);
}

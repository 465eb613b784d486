package org.autoneural.sim.kernel;

/**
 * Working room that a kernel needs for each thread, in elements.
 *
 * @param a      ints: operand rows
 * @param t      ints: sums, one row of results
 * @param acc    longs: sums that are wider than an int
 * @param blocks 1 for a {@link BlockProduct}, 2 for one whose sums are wider than an int, else 0
 * @param bytes  bytes: room of a kernel that its provider makes
 */
public record ScratchSize(int a, int t, int acc, int blocks, int bytes) {
    /** No room at all. */
    public static final ScratchSize NONE = new ScratchSize(0, 0, 0, 0, 0);

    /** For the kernels of this package. */
    ScratchSize(int a, int t, int acc, int blocks) {
        this(a, t, acc, blocks, 0);
    }

    /** For kernels without products of matrices. */
    static ScratchSize of(int a, int t, int acc) {
        return new ScratchSize(a, t, acc, 0);
    }

    /** Room that is enough for either. */
    public ScratchSize max(ScratchSize o) {
        return new ScratchSize(Math.max(a, o.a), Math.max(t, o.t), Math.max(acc, o.acc), Math.max(blocks, o.blocks),
                Math.max(bytes, o.bytes));
    }
}

package org.autoneural.sim.kernel;

/**
 * Working room that a kernel needs for each thread, in elements.
 *
 * @param a     ints: operand rows
 * @param t     ints: one tile of sums, one row of results
 * @param acc   longs: sums that are wider than an int
 * @param panel bytes: weights in the order of the inner loop
 * @param raw   bytes: weights as stored
 */
public record ScratchSize(int a, int t, int acc, int panel, int raw) {
    public static final ScratchSize NONE = new ScratchSize(0, 0, 0, 0, 0);

    public ScratchSize max(ScratchSize o) {
        return new ScratchSize(Math.max(a, o.a), Math.max(t, o.t), Math.max(acc, o.acc), Math.max(panel, o.panel), Math.max(raw, o.raw));
    }

    public long sizeBytes() {
        return 4L * a + 4L * t + 8L * acc + panel + raw;
    }
}

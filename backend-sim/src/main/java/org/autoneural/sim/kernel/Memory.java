package org.autoneural.sim.kernel;

/** The arrays of one context, laid out by {@link org.autoneural.sim.plan.MemoryPlan}. */
public final class Memory {
    final byte[] bytes;
    final short[] shorts;
    final int[] ints;

    public Memory(int bytes, int shorts, int ints) {
        this.bytes = new byte[bytes];
        this.shorts = new short[shorts];
        this.ints = new int[ints];
    }

    public byte[] bytes() {
        return bytes;
    }

    public short[] shorts() {
        return shorts;
    }

    public int[] ints() {
        return ints;
    }
}

package org.autoneural.sim.kernel;

/** Working room of one thread of one context. */
public final class Scratch {
    final int[] a;
    final int[] t;
    final long[] acc;
    final byte[] panel;
    final byte[] raw;

    public Scratch(ScratchSize size) {
        a = new int[size.a()];
        t = new int[size.t()];
        acc = new long[size.acc()];
        panel = new byte[size.panel()];
        raw = new byte[size.raw()];
    }
}

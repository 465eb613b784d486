package org.autoneural.sim.cost;

/**
 * Pairs of operand widths that a multiply-add array treats alike. The array multiplies bytes: a factor of 16 bits takes it two passes,
 * one for each byte, two such factors four. Fitted freely, the speeds are 0.44 and 0.26 of that of bytes; see
 * docs/latency.md.
 */
enum MacClass {
    /** Half-precision floats. */
    FP16(4, 1),
    /** 8-bit weights, 8-bit activations. */
    W8A8(1, 1),
    /** 8-bit weights, 16-bit activations. */
    W8A16(2, 2),
    /** 4-bit weights, 16-bit activations. No measurement has them: taken to run as with 8 bits. */
    W4A16(2, 2);

    private final int passes;
    private final int sums;

    MacClass(int passes, int sums) {
        this.passes = passes;
        this.sums = sums;
    }

    /** Passes of the array over a granule. */
    int passes() {
        return passes;
    }

    /** Sums that become one result: one for each byte of an integer activation. */
    int sums() {
        return sums;
    }
}

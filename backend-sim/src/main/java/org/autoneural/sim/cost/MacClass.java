package org.autoneural.sim.cost;

/** Pairs of operand widths that a multiply-add array treats alike. */
enum MacClass {
    /** Half-precision floats. */
    FP16,
    /** 8-bit weights, 8-bit activations. */
    W8A8,
    /** 8-bit weights, 16-bit activations. */
    W8A16,
    /** 4-bit weights, 16-bit activations. */
    W4A16
}

package org.autoneural.ir.math;

/** How a rescale rounds; docs/integer-semantics.md has the formulas. */
public enum Rounding {
    /** One rounding, half up: {@code (x*m + 2^(n-1)) >> n}. */
    SINGLE,
    /** Two roundings as in gemmlowp and TFLite's reference kernels. */
    DOUBLE,
    /** One rounding, half to even. */
    HALF_EVEN,
    /** Truncation toward zero. */
    TOWARD_ZERO
}

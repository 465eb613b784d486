package org.autoneural.ir.math;

/** How {@link Rescale} turns the exact product {@code p = x * m} into {@code p * 2^-n}. */
public enum Rounding {
    /** Half up, one rounding: {@code (p + 2^(n-1)) >> n}. The default of every op of this project. */
    SINGLE,
    /**
     * The two roundings of gemmlowp, in one formula: {@code (p + 2^(n-1) + (p >= 0 ? 2^30 : -2^30)) >> n} for n above 31.
     * At n of 31 or less the second rounding has nothing to do, and the result equals {@link #SINGLE}.
     * Takes 32-bit values and multipliers of 0 or more only.
     */
    DOUBLE,
    /** To nearest, ties to the even integer (ONNX, XNNPACK). */
    HALF_EVEN,
    /** Towards zero: the fraction is dropped. */
    TOWARD_ZERO
}

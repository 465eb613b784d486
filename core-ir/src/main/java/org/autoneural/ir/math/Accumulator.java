package org.autoneural.ir.math;

/** Width of the register that a sum of products is kept in. */
public enum Accumulator {
    /** 32 bits, two's complement wrap-around; exact when the final sum fits. */
    I32_WRAP,
    /** 32 bits, saturating. */
    I32_SAT,
    /** 48 bits, exact; leaving the range is an error. */
    I48,
    /** 64 bits, exact. */
    I64
}

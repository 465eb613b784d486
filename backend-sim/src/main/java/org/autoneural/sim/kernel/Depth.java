package org.autoneural.sim.kernel;

import org.autoneural.ir.DType;
import org.autoneural.ir.math.Accumulator;

/** How long a sum of products may be before it must leave a 32-bit lane. */
public final class Depth {
    private Depth() {
    }

    /** Greatest {@code |q - zero|} of a stored value. */
    public static long bound(DType type, int zero) {
        return Math.max(Math.abs(type.min() - zero), Math.abs(type.max() - zero));
    }

    /** Whether {@code q - zero} of a stored value has at most 16 bits with sign. */
    static boolean isNarrow(DType type, int zero) {
        return bound(type, zero) <= 1 << 15 && type.max() - zero <= Short.MAX_VALUE;
    }

    /**
     * Products that a 32-bit sum takes without loss; no limit when the accumulator wraps at 32 bits, since then wrapping on the
     * way changes nothing.
     *
     * @param a greatest magnitude of the one factor
     * @param b greatest magnitude of the other factor
     */
    public static int safe(Accumulator accumulator, long a, long b) {
        if (accumulator == Accumulator.I32_WRAP) {
            return Integer.MAX_VALUE;
        }
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Integer.MAX_VALUE / Math.max(1, a * b)));
    }
}

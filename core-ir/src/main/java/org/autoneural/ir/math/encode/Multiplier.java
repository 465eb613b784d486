package org.autoneural.ir.math.encode;

/**
 * A real ratio as an integer: {@code multiplier * 2^-shift}.
 *
 * @param multiplier 0 to 2^31 - 1
 * @param shift 1 to 62
 */
public record Multiplier(int multiplier, int shift) {
    /** The ratio this stands for, exactly. */
    public double ratio() {
        return StrictMath.scalb((double) multiplier, -shift);
    }
}

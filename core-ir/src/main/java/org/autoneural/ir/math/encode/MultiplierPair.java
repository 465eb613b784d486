package org.autoneural.ir.math.encode;

/**
 * Two real ratios with one shift, for {@link org.autoneural.ir.math.IntAdd}.
 *
 * @param multiplierA 0 to 2^31 - 1
 * @param multiplierB 0 to 2^31 - 1; negate it to subtract
 * @param shift 1 to 62
 */
public record MultiplierPair(int multiplierA, int multiplierB, int shift) {
}

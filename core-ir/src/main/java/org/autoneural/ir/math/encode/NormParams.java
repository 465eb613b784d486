package org.autoneural.ir.math.encode;

/**
 * The integers of a norm.
 *
 * @param epsInt added to the row's sum of squares (layer norm: to n^2 times its variance); 0 to 2^61
 * @param multiplier of the row's factor, 31 bits
 * @param shift of the row's factor, 1 to 62
 */
public record NormParams(long epsInt, int multiplier, int shift) {
}

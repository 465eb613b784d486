package org.autoneural.ir.op;

/**
 * Rescale of a sum of two tensors with one rounding (half up) after the exact sum:
 * {@code y = clamp(zeroOut + ((a - zeroA) * multiplierA + (b - zeroB) * multiplierB + 2^(shift-1)) >> shift, min, max)}.
 */
public record PairRescale(int multiplierA, int multiplierB, int shift, int zeroA, int zeroB, int zeroOut, int min, int max) {}

package org.autoneural.ir.op;

import org.autoneural.ir.math.Rounding;

/**
 * One rescale for a whole tensor: {@code y = clamp(zeroOut + round((v - zeroIn) * multiplier * 2^-shift), min, max)}, where
 * {@code v} is what the op computes from its operand.
 */
public record TensorRescale(int multiplier, int shift, Rounding rounding, int zeroIn, int zeroOut, int min, int max) {}

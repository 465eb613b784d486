package org.autoneural.ir.op;

import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;

/**
 * Rescale of (sums of) products of two activations:
 * {@code y = clamp(zeroOut + round(acc * multiplier * 2^-shift), min, max)} with {@code acc = sum (a - zeroA) * (b - zeroB)}.
 */
public record ProductRescale(Accumulator accumulator, int multiplier, int shift, Rounding rounding, int zeroA, int zeroB,
        int zeroOut, int min, int max) {}

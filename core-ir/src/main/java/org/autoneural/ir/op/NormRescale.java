package org.autoneural.ir.op;

/**
 * Integers of a normalisation (docs/integer-semantics.md): {@code epsilon} is added to the sum of squares of the integers,
 * {@code multiplier * 2^-shift} carries the scales of gain and result.
 */
public record NormRescale(long epsilon, int multiplier, int shift, int zeroIn, int zeroOut, int min, int max) {}

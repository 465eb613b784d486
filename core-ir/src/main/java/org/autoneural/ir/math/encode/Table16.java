package org.autoneural.ir.math.encode;

/**
 * A 16-bit table for {@link org.autoneural.ir.math.Table}.
 *
 * @param entries [2^b + 1] s16, b from 9 to 12
 * @param maxErrorSteps greatest distance to the exact function, clamped to the output's range, over all 65536 inputs, in output
 *         steps: rounding of the entries and of the result included
 */
public record Table16(short[] entries, double maxErrorSteps) {
}

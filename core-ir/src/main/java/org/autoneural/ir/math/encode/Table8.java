package org.autoneural.ir.math.encode;

/**
 * An 8-bit table for {@link org.autoneural.ir.math.Table}.
 *
 * @param entries [256] s8, entry {@code q + 128}
 * @param maxErrorSteps greatest distance to the exact function, clamped to the output's range, in output steps
 */
public record Table8(byte[] entries, double maxErrorSteps) {
}

package org.autoneural.ir.math.encode;

/**
 * Cosine and sine of every position and pair for {@link org.autoneural.ir.math.IntRope}: s16, scale 2^-15, clamped to
 * [-32767, 32767]; entry (position, pair) at index {@code position * pairs + pair}. The error is at most 1 step at +-1 (the
 * clamp), half a step elsewhere.
 *
 * @param positions number of positions
 * @param pairs half the head's width
 * @param cos [positions, pairs]
 * @param sin [positions, pairs]
 */
public record RopeTables(int positions, int pairs, short[] cos, short[] sin) {
    /**
     * Angle {@code position * theta^(-2j/headWidth)} for pair j, computed for each position by itself, in double precision.
     *
     * @param headWidth width of a head, even
     */
    public static RopeTables build(int positions, int headWidth, double theta) {
        if (headWidth < 2 || headWidth % 2 != 0) {
            throw new IllegalArgumentException("rotary embedding over heads of " + headWidth + " values (allowed: an even number)");
        }
        if (!(theta > 0) || Double.isInfinite(theta)) {
            throw new IllegalArgumentException("the rotary base is " + theta + " (allowed: above 0)");
        }
        double[] inverseFrequencies = new double[headWidth / 2];
        for (int j = 0; j < inverseFrequencies.length; j++) {
            inverseFrequencies[j] = StrictMath.pow(theta, -2.0 * j / headWidth);
        }
        return build(positions, inverseFrequencies);
    }

    /** The same from the angle per position of each pair (scaled rotary embeddings). */
    public static RopeTables build(int positions, double[] inverseFrequencies) {
        int pairs = inverseFrequencies.length;
        if (positions < 1 || (long) positions * pairs > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("rotary tables for " + positions + " positions of " + pairs
                    + " pairs (allowed: 1 position or more, below 2^31 entries)");
        }
        short[] cos = new short[positions * pairs];
        short[] sin = new short[positions * pairs];
        for (int p = 0; p < positions; p++) {
            for (int j = 0; j < pairs; j++) {
                double angle = p * inverseFrequencies[j];
                cos[p * pairs + j] = q15(StrictMath.cos(angle));
                sin[p * pairs + j] = q15(StrictMath.sin(angle));
            }
        }
        return new RopeTables(positions, pairs, cos, sin);
    }

    private static short q15(double v) {
        return (short) Math.max(-Short.MAX_VALUE, Math.min(Short.MAX_VALUE, Math.round(v * 32768)));
    }
}

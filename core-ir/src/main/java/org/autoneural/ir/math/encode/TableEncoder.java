package org.autoneural.ir.math.encode;

import java.util.function.DoubleUnaryOperator;
import org.autoneural.ir.math.Table;

/**
 * Real functions to tables. The function sees {@code x = inScale * (q - inZero)}; the stored output is
 * {@code clamp(outZero + f(x) / outScale, outMin, outMax)}.
 */
public final class TableEncoder {
    private static final int MIN_LOG2_ENTRIES = 9;
    /** A table of half the size is preferred when it is at most this much worse, in output steps. */
    private static final double NEGLIGIBLE_STEPS = 0.02;
    /** A table this good is taken at once. */
    private static final double TARGET_STEPS = 0.6;

    private TableEncoder() {
    }

    /** 256 entries, each the nearest value: at most half a step of error. */
    public static Table8 encode8(DoubleUnaryOperator f, double inScale, int inZero, double outScale, int outZero, int outMin,
            int outMax) {
        requireScales(inScale, outScale);
        requireRange(outMin, outMax, Byte.MIN_VALUE, Byte.MAX_VALUE);
        byte[] entries = new byte[Table.ENTRIES_8];
        double worst = 0;
        for (int q = -128; q <= 127; q++) {
            double exact = exact(f, inScale * (q - inZero), outScale, outZero, outMin, outMax);
            entries[q + 128] = (byte) Math.round(exact);
            worst = Math.max(worst, Math.abs(entries[q + 128] - exact));
        }
        return new Table8(entries, worst);
    }

    /** {@link #encode16(DoubleUnaryOperator, double, int, double, int, int, int)} with both zero points 0. */
    public static Table16 encode16(DoubleUnaryOperator f, double inScale, double outScale, int outMin, int outMax) {
        return encode16(f, inScale, 0, outScale, 0, outMin, outMax);
    }

    /**
     * The smallest table of 2^9 + 1 to 2^12 + 1 entries whose error is at most 0.6 output steps; where none is that good, the
     * smallest within 0.02 steps of the best. Rounding alone (of the entries, then of the result) can cost a whole step;
     * where the output's range ends between two knots, the table cuts the corner by up to 4 steps times the slope (in steps).
     */
    public static Table16 encode16(DoubleUnaryOperator f, double inScale, int inZero, double outScale, int outZero, int outMin,
            int outMax) {
        requireScales(inScale, outScale);
        requireRange(outMin, outMax, Short.MIN_VALUE, Short.MAX_VALUE);
        double[] exact = new double[65537];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = exact(f, inScale * (i - 32768 - inZero), outScale, outZero, outMin, outMax);
        }
        Table16[] candidates = new Table16[Table.MAX_LOG2_ENTRIES_16 - MIN_LOG2_ENTRIES + 1];
        double best = Double.MAX_VALUE;
        for (int k = 0; k < candidates.length; k++) {
            candidates[k] = interpolated(exact, MIN_LOG2_ENTRIES + k);
            best = Math.min(best, candidates[k].maxErrorSteps());
        }
        double enough = Math.max(TARGET_STEPS, best + NEGLIGIBLE_STEPS);
        for (Table16 candidate : candidates) {
            if (candidate.maxErrorSteps() <= enough) {
                return candidate;
            }
        }
        throw new AssertionError();
    }

    private static Table16 interpolated(double[] exact, int log2Entries) {
        int fractionBits = 16 - log2Entries;
        short[] entries = new short[(1 << log2Entries) + 1];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = (short) Math.round(exact[i << fractionBits]);
        }
        double worst = 0;
        for (int q = -32768; q <= 32767; q++) {
            worst = Math.max(worst, Math.abs(Table.lookup16(entries, q, fractionBits) - exact[q + 32768]));
        }
        return new Table16(entries, worst);
    }

    private static double exact(DoubleUnaryOperator f, double x, double outScale, int outZero, int outMin, int outMax) {
        double y = f.applyAsDouble(x);
        if (Double.isNaN(y)) {
            throw new IllegalArgumentException("the function of a table is not a number at " + x);
        }
        return Math.max(outMin, Math.min(outMax, outZero + y / outScale));
    }

    private static void requireScales(double inScale, double outScale) {
        if (!(inScale > 0 && outScale > 0) || Double.isInfinite(inScale) || Double.isInfinite(outScale)) {
            throw new IllegalArgumentException("a table from scale " + inScale + " to scale " + outScale
                    + " (allowed: positive numbers)");
        }
    }

    private static void requireRange(int outMin, int outMax, int least, int greatest) {
        if (outMin > outMax || outMin < least || outMax > greatest) {
            throw new IllegalArgumentException("a table with outputs from " + outMin + " to " + outMax + " (allowed: within "
                    + least + " to " + greatest + ")");
        }
    }
}

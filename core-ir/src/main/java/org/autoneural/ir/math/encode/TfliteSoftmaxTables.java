package org.autoneural.ir.math.encode;

import java.util.function.DoubleUnaryOperator;
import org.autoneural.ir.math.TfliteSoftmax;

/**
 * The two tables of {@link TfliteSoftmax#row16}: 513 samples at scale 2^-15, each lowered by half of what linear interpolation is
 * too great in the middle of its interval.
 *
 * <p>Source: TFLite {@code LUTPopulate}; {@code docs/integer-semantics.md}, section 14.
 */
public final class TfliteSoftmaxTables {
    private static final double ONE = 1 << 15;

    private TfliteSoftmaxTables() {
    }

    /** e^x over [-10, 0]. */
    public static int[] exponential() {
        return table(StrictMath::exp, -10, 0);
    }

    /** 1 / (1 + x) over [0, 1]. */
    public static int[] reciprocal() {
        return table(x -> 1 / (1 + x), 0, 1);
    }

    private static int[] table(DoubleUnaryOperator f, double from, double to) {
        int last = TfliteSoftmax.TABLE_ENTRIES - 1;
        double step = (to - from) / last;
        int[] table = new int[TfliteSoftmax.TABLE_ENTRIES];
        for (int i = 0; i < last; i++) {
            double x = from + i * step;
            double sample = round(f.applyAsDouble(x) * ONE);
            double between = round((f.applyAsDouble(from + (i + 1) * step) * ONE + sample) / 2);
            double bias = round((between - round(f.applyAsDouble(x + step / 2) * ONE)) / 2);
            table[i] = stored(sample - bias);
        }
        table[last] = stored(round(f.applyAsDouble(to) * ONE));
        return table;
    }

    /** Halves away from zero. */
    private static double round(double v) {
        return v < 0 ? -Math.floor(-v + 0.5) : Math.floor(v + 0.5);
    }

    private static int stored(double v) {
        return (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, v));
    }
}

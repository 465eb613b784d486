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
    private static final float ONE = 1 << 15;

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

    // In single precision, as TFLite computes it: a table belongs to its models. Every x here is exact in both precisions.
    private static int[] table(DoubleUnaryOperator f, double from, double to) {
        int last = TfliteSoftmax.TABLE_ENTRIES - 1;
        double step = (to - from) / last;
        int[] table = new int[TfliteSoftmax.TABLE_ENTRIES];
        for (int i = 0; i < last; i++) {
            double x = from + i * step;
            float sample = round(scaled(f, x));
            float between = round((scaled(f, x + step) + sample) / 2);
            float bias = round((between - round(scaled(f, x + step / 2))) / 2);
            table[i] = stored(sample - bias);
        }
        table[last] = stored(round(scaled(f, to)));
        return table;
    }

    private static float scaled(DoubleUnaryOperator f, double x) {
        return (float) f.applyAsDouble(x) * ONE;
    }

    /** Halves away from zero. */
    private static float round(float v) {
        return (float) (v < 0 ? -Math.floor(-v + 0.5) : Math.floor(v + 0.5));
    }

    private static int stored(float v) {
        return (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, v));
    }
}

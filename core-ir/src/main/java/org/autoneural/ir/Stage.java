package org.autoneural.ir;

import java.util.Locale;

/** Where a graph stands on its way from a checkpoint to integers; see {@code ir.verify} for what each stage allows. */
public enum Stage {
    /** f32 as in the checkpoint. */
    FLOAT,
    /** The same ops; every f32 value carries an encoding and every encoding an origin. */
    QUANTIZED,
    /** Integers only; every rescale, table and accumulator width is explicit. */
    INTEGER;

    /** The name in the textual form: {@code float}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}

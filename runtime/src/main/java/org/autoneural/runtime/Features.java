package org.autoneural.runtime;

import org.autoneural.backend.TensorBuffer;
import org.autoneural.ir.QuantParams;

/** The visual tokens of one picture, [T, D] in the encoding of the language model's input; made by {@link Session#look}. */
public final class Features {
    private final TensorBuffer rows;

    Features(TensorBuffer rows) {
        this.rows = rows;
    }

    /** Number of visual tokens. */
    public int tokens() {
        return rows.shape().dim(0);
    }

    /** Real values, row by row. */
    public float[] real() {
        QuantParams q = rows.type().quant().orElseThrow();
        float[] values = new float[Math.toIntExact(rows.shape().elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (q.scale() * (rows.getLong(i) - q.zeroPoint()));
        }
        return values;
    }

    TensorBuffer rows() {
        return rows;
    }
}

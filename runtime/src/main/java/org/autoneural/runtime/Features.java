package org.autoneural.runtime;

import org.autoneural.backend.TensorBuffer;

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

    /** [T, D] in the encoding that its type carries; to be read only. */
    public TensorBuffer rows() {
        return rows;
    }
}

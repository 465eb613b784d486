package org.autoneural.benchmarks.full;

import java.io.IOException;
import java.io.OutputStream;
import org.autoneural.ir.Shape;

/** One tensor of a synthetic checkpoint; its elements follow from name and shape (goldens/full/SPEC.md). */
record SyntheticTensor(String name, Shape shape) {
    private static final int BLOCK_ELEMENTS = 1 << 16;

    /** Middle of the values. */
    double centre() {
        if (name.endsWith("layer_scale.gamma")) {
            return 0.1;
        }
        return shape.rank() == 1 && !name.endsWith(".bias") ? 1 : 0;
    }

    /** Largest distance of a value from {@link #centre}. */
    double halfWidth() {
        if (name.endsWith("layer_scale.gamma")) {
            return 0.05;
        }
        if (name.endsWith(".bias")) {
            return 0.02;
        }
        if (shape.rank() == 1) {
            return 0.1;
        }
        if (name.equals("model.embed_tokens.weight")) {
            return 0.05 * Math.sqrt(3.0);
        }
        boolean small = name.startsWith("model.layers.")
                && (name.endsWith("out_proj.weight") || name.endsWith("feed_forward.w2.weight"));
        return (small ? 0.3 : 1.0) * Math.sqrt(3.0 / shape.inner(0));
    }

    long sizeBytes() {
        return 2 * shape.elements();
    }

    /** Writes all elements as bf16, little-endian, row-major. */
    void writeTo(OutputStream out) throws IOException {
        long seed = SyntheticNumbers.seed(name);
        double centre = centre();
        double halfWidth = halfWidth();
        byte[] block = new byte[2 * BLOCK_ELEMENTS];
        for (long from = 0; from < shape.elements(); from += BLOCK_ELEMENTS) {
            int n = (int) Math.min(BLOCK_ELEMENTS, shape.elements() - from);
            for (int i = 0; i < n; i++) {
                int bits = SyntheticNumbers.bfloat(SyntheticNumbers.value(seed, from + i, centre, halfWidth));
                block[2 * i] = (byte) bits;
                block[2 * i + 1] = (byte) (bits >>> 8);
            }
            out.write(block, 0, 2 * n);
        }
    }
}

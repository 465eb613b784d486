package org.autoneural.model;

import org.autoneural.ir.op.Activation;

/**
 * What all blocks of an encoder share.
 *
 * @param epsilon    of every RMS norm (model.md B.1: 1e-6)
 * @param activation after every expansion (model.md B.1: tanh GELU)
 * @param layerScale whether UIR and attention blocks end with a gain per channel, tensor {@code layer_scale.gamma}
 */
record VisionStyle(double epsilon, Activation.Function activation, boolean layerScale) {
    /** RMS norm over channels, pixel by pixel. x: [1, C, H, W]. */
    String norm(Scope norm, String x) {
        return norm.rmsNorm(x, 1, epsilon);
    }

    /** {@link #norm}, then the activation. */
    String normAct(Scope norm, String x) {
        return norm.named(norm.value() + ".act").activation(norm(norm, x), activation);
    }
}

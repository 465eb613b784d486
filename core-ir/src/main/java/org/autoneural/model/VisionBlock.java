package org.autoneural.model;

/** A block of MobileNetV5's stages; channels and kernels come from the tensors. */
sealed interface VisionBlock permits EdgeResidual, UniversalInvertedResidual, MobileAttention {
    /** Adds the block's nodes. x: [1, C, H, W]; the result: [1, O, ceil(H / stride), ceil(W / stride)]. */
    String build(Scope scope, String x);
}

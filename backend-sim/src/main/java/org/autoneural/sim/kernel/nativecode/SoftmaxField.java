package org.autoneural.sim.kernel.nativecode;

/** The fields of {@code an_softmax} in {@code kernels.h}, which describes them, in its order. */
enum SoftmaxField {
    X_AT, X_BYTES, Y_AT, Y_BYTES, WIDTH, M, CAUSAL, FILL, LAST
}

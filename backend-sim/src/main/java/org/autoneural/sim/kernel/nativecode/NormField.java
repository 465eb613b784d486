package org.autoneural.sim.kernel.nativecode;

/** The fields of {@code an_norm} in {@code kernels.h}, which describes them, in its order. */
enum NormField {
    X_AT, Y_AT, Y_BYTES, WIDTH, ZERO_OUT, MIN, MAX
}

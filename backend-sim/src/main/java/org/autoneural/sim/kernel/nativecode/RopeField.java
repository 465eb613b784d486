package org.autoneural.sim.kernel.nativecode;

/** The fields of {@code an_rope} in {@code kernels.h}, which describes them, in its order. */
enum RopeField {
    X_AT, COS_AT, SIN_AT, Y_AT, Y_BYTES, HEADS, WIDTH, POSITIONS, MULTIPLIER, SHIFT, ZERO_OUT, MIN, MAX
}

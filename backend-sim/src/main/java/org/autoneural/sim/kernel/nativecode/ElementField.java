package org.autoneural.sim.kernel.nativecode;

/** The fields of {@code an_element} in {@code kernels.h}, which describes them, in its order. */
enum ElementField {
    OPERATION, A_AT, B_AT, Y_AT, MULTIPLIER, MULTIPLIER_B, SHIFT, MIN, MAX
}

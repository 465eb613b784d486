package org.autoneural.sim.kernel.nativecode;

/** The fields of {@code an_causal} in {@code kernels.h}, which describes them, in its order. */
enum CausalField {
    ACCUMULATOR, ROUNDING, ZERO_OUT, MIN, MAX, FAST, BIAS_BOUND, Y_AT, Y_BYTES,
    U_AT, STATE_AT, NEW_STATE_AT, TOKENS, CHANNELS, TAPS, SAFE
}

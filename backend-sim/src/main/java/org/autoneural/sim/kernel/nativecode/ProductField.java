package org.autoneural.sim.kernel.nativecode;

/** The fields of {@code an_product} in {@code kernels.h}, which describes them, in its order. */
enum ProductField {
    ACCUMULATOR, ROUNDING, ZERO_OUT, MIN, MAX, FAST, BIAS_BOUND, Y_AT, Y_BYTES,
    A_AT, A_BYTES, ZERO_A, B_AT, ZERO_B, GROUPS, ROWS, M, DEPTH, COLUMNS, TRANSPOSED, CAUSAL, FILL, SAFE_DEPTH, BLOCK_ROWS
}

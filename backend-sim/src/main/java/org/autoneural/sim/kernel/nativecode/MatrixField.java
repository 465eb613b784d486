package org.autoneural.sim.kernel.nativecode;

/** The fields of {@code an_matrix} in {@code kernels.h}, which describes them, in its order. */
enum MatrixField {
    ACCUMULATOR, ROUNDING, ZERO_OUT, MIN, MAX, FAST, BIAS_BOUND, Y_AT, Y_BYTES,
    X_AT, X_BYTES, ZERO_IN, WEIGHT_BITS, ROWS, DEPTH, CHANNELS, SAFE_DEPTH, BLOCK_ROWS,
    KERNEL_H, KERNEL_W, PART, HEIGHT, WIDTH, OUT_HEIGHT, OUT_WIDTH, STRIDE_H, STRIDE_W, PAD_TOP, PAD_LEFT, DILATION_H, DILATION_W
}

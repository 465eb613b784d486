package org.autoneural.sim.kernel;

/** Operand rows of a product with a constant matrix, as ints without their zero point. */
interface RowSource {
    /** Number of rows, over all groups alike. */
    int rows();

    /** Writes the K values that row {@code row} of channel group {@code group} is multiplied with to {@code a[at ..]}. */
    void fill(Memory memory, int row, int group, int[] a, int at);
}

package org.autoneural.sim.kernel;

/** Left operand of a product of matrices: its rows, as ints without their zero point. */
interface RowSource {
    /** Number of rows, over all groups alike. */
    int rows();

    /** Writes values {@code from .. from+count-1} of the K that row {@code row} of group {@code group} has to {@code a[at ..]}. */
    void fill(Memory memory, int group, int row, int from, int count, int[] a, int at);
}

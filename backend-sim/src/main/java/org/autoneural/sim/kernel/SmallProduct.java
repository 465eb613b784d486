package org.autoneural.sim.kernel;

/**
 * A provider's faster way to multiply matrices of small values, and the room of one thread for it: a block of rows and a panel of columns
 * in a form of its own. Sums are exact.
 */
public interface SmallProduct {
    /** Greatest magnitude that a sum of products may have on the way. */
    int MAX_SUM = 1 << 24;
    /** Products in a row that must fit {@link #MAX_SUM} for it to pay. */
    int MIN_DEPTH = 64;

    /** Takes rows {@code 0 .. rows-1} from {@code a[r * DEPTH ..]}, the first {@code depth} values of each. */
    void setRows(int[] a, int rows, int depth);

    /** As {@link KernelProvider#unpackBytes}, to the panel. */
    void unpackBytes(byte[] words, int groups, int column);

    /** As {@link KernelProvider#unpackNibbles}, to the panel. */
    void unpackNibbles(byte[] words, int groups, int column);

    /**
     * As {@link KernelProvider#multiply}.
     *
     * @param safe products that a sum takes before it may exceed {@link #MAX_SUM}
     */
    void multiply(int columns, int rows, int depth, int safe, int[][] sums, int column);
}

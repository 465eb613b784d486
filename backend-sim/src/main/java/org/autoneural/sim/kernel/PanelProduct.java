package org.autoneural.sim.kernel;

/**
 * Products of a block of rows with a panel of columns, and one thread's room for both in the provider's own form. All arithmetic is modulo 2^32.
 * Values of rows are those of s16, or of s8 less its zero point; values of the panel those of s8 or s4, less a zero point of s8.
 */
public interface PanelProduct {
    /** Rows that are multiplied together. */
    int ROWS = 4;
    /** Most rows of a block, a multiple of {@link #ROWS}. */
    int BLOCK_ROWS = 192;
    /** Summed values that are bounded together. */
    int PART = 16;
    /** Most summed values, a multiple of {@link #PART} and of every layout's groups: a row begins so many after another. */
    int DEPTH = 256;

    /** Columns of a panel, a multiple of a tile's 32. */
    int columns();

    /** Takes row {@code row} of a block: {@code a[0 .. depth-1]}, after which there are zeros up to a multiple of {@link #PART}. */
    void setRow(int row, int[] a, int depth);

    /**
     * Says that rows {@code 0 .. rows-1} were set, {@code depth} values each.
     *
     * @param bound greatest magnitude of a value of the panels that they will meet
     * @return magnitude that no sum of products of a row with a column of such a panel exceeds
     */
    long bound(int rows, int depth, long bound);

    /** {@code panel[q, column + c] = byte q of the words of channel c, - zero}: one tile, s8, {@code groups} groups of 4. */
    void unpackBytes(byte[] words, int groups, int zero, int column);

    /** {@code panel[q, column + c]} = weight q of channel c: one tile, s4, {@code groups} groups of 8. */
    void unpackNibbles(byte[] words, int groups, int column);

    /** {@code panel[k, j] = x[xo + j] - zero} for {@code j < count}. */
    void unpackRow(byte[] x, int xo, int count, int zero, int k);

    /**
     * {@code sums[r][column + j] += sum over q < depth of row r [q] * panel[q, j]} for the rows that were set and {@code j < count}. Rows are done
     * up to a multiple of {@link #ROWS} and columns to one of a vector: what is beyond means nothing.
     */
    void multiply(int count, int[][] sums, int column);
}

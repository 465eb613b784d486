package org.autoneural.ir.interpret;

/** The inner loops of {@link FloatProducts}: plain Java, or the Vector API. */
public interface FloatKernel {
    /** Columns of a block are a multiple of this. */
    int COLUMNS = 64;

    /**
     * A block of a product: {@code y[yo + r*ldy + j] += sum over k < depth of a[ao + r*lda + k] * panel[k][j]} for
     * {@code r < rows} and {@code j < columns}, each sum in ascending order of k.
     *
     * @param columns a multiple of {@link #COLUMNS}, at most the length of the panel's rows
     */
    void block(float[] a, int ao, int lda, int rows, float[][] panel, int depth, int columns, float[] y, int yo, int ldy);

    /** Sum of {@code a[ao + i] * b[i]} over {@code n}. */
    float dot(float[] a, int ao, float[] b, int n);
}

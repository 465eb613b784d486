package org.autoneural.ir.interpret;

/**
 * The inner loops of {@link FloatProducts}: plain Java, or the Vector API. Both give the same bits on every JVM: products are
 * fused multiply-adds, every sum has one order, and functions are the same sequence of f32 operations.
 */
public interface FloatKernel {
    /** Columns of a block are a multiple of this. */
    int COLUMNS = 64;
    /** Interleaved partial sums of a dot product: a multiple of the f32 lanes of every vector in use. */
    int DOT_LANES = 64;

    /**
     * A block of a product: {@code y[yo + r*ldy + j] += sum over k < depth of a[ao + r*lda + k] * panel[k][j]} for
     * {@code r < rows} and {@code j < columns}, by fused multiply-adds in ascending order of k.
     *
     * @param columns a multiple of {@link #COLUMNS}, at most the length of the panel's rows
     */
    void block(float[] a, int ao, int lda, int rows, float[][] panel, int depth, int columns, float[] y, int yo, int ldy);

    /**
     * Sum of {@code a[ao + i] * b[i]} over {@code n}: partial sum {@code i mod} {@value #DOT_LANES} by fused multiply-adds in
     * ascending order of i, then {@link FastFloatMath#fold}.
     */
    float dot(float[] a, int ao, float[] b, int n);

    /**
     * {@code y[i] = x[i] / (1 + e^-(a x[i] + b x[i]^3))} for {@code from <= i < to}: SILU, and GELU by tanh; as
     * {@link FastFloatMath#gate}.
     */
    void gate(float[] x, int from, int to, float a, float b, float[] y);

    /** {@code y[i] = e^(x[i] - max)} for {@code from <= i < to}, as {@link FastFloatMath#exp}. No x[i] is larger than {@code max}. */
    void exponentials(float[] x, int from, int to, float max, float[] y);
}

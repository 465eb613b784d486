package org.autoneural.sim.kernel;

import java.util.Optional;

/**
 * The inner loops. All arithmetic is on 32-bit integers modulo 2^32; the caller chooses depths at which the true sum fits, or
 * wants the wrapped one. Implementations are stateless.
 */
public interface KernelProvider {
    /** Rows of a {@link #tile}. */
    int ROWS = 4;

    /** Name for options and reports. */
    String name();

    /**
     * A kernel of the provider's own for a node (it computes the same bits); empty to have one made from the inner loops below.
     * {@link Weights} gives the packed weights, {@link Slot} and {@link Memory} the arrays that operands lie in.
     */
    default Optional<Kernel> kernel(NodeOperands operands) {
        return Optional.empty();
    }

    /** Columns of a {@link #tile}, a multiple of 4. */
    int columns();

    /**
     * {@code t[r * columns + j] = sum over q < depth of a[ao + r * lda + q] * panel[po + q * columns + j]} for r < {@link #ROWS}.
     *
     * @param panel s8 [depth, columns]
     */
    void tile(byte[] panel, int po, int[] a, int ao, int lda, int depth, int[] t);

    /**
     * {@code y[r] = sum over q < depth of w[wo + r * ldw + q] * x[xo + q]} for r < {@link #ROWS}.
     *
     * @param y as long as a tile; what stands beyond its first {@link #ROWS} elements is lost
     */
    void dots(byte[] w, int wo, int ldw, int[] x, int xo, int depth, int[] y);

    /**
     * The same for 4-bit weights, two in a byte: {@code y[r] = sum over q < pairs of low(b) * x[even + q] + high(b) * x[odd + q]}
     * with {@code b = w[wo + r * ldw + q]}, low and high its signed nibbles.
     *
     * @param y as above
     */
    void dotsOfNibbles(byte[] w, int wo, int ldw, int[] x, int even, int odd, int pairs, int[] y);

    /**
     * One output pixel of a depthwise convolution: {@code acc[c] = sum over i < taps of (x[at[i] + c] - zero) * w[wAt[i] + c]}
     * for c < channels, the indices {@code at[i] = taps[2i]}, {@code wAt[i] = taps[2i + 1]}.
     */
    void depthwise(short[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao);

    /** As above for s8. */
    void depthwise(byte[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao);

    /** {@code y[yo + i] = x[xo + i] - zero}. */
    void widen(short[] x, int xo, int n, int zero, int[] y, int yo);

    /** As above for s8. */
    void widen(byte[] x, int xo, int n, int zero, int[] y, int yo);
}

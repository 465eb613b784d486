package org.autoneural.sim.kernel;

import java.util.Optional;

/**
 * The inner loops. All arithmetic is on 32-bit integers modulo 2^32; the caller chooses depths at which the true sum fits, or
 * wants the wrapped one. Implementations are stateless.
 */
public interface KernelProvider {
    /** Name for options and reports. */
    String name();

    /**
     * A kernel of the provider's own for a node (it computes the same bits); empty to have one made from the inner loops below.
     * {@link Weights} gives the packed weights, {@link Slot} and {@link Memory} the arrays that operands lie in.
     */
    default Optional<Kernel> kernel(NodeOperands operands) {
        return Optional.empty();
    }

    /** Rows below which {@link #matVec}, one row after the other, beats a {@link PanelProduct}, which first unpacks all weights. */
    int fewRows();

    /** Tiles of weights that {@link #matVec} works on at once: a unit of work. */
    int tilesPerUnit();

    /** Ints in each row of {@link Scratch#words}. */
    int wordRoom();

    /**
     * One row times tiles {@code tile .. tile+tiles-1} of {@code w}, groups of columns {@code group .. group+groups-1}:
     * {@code t[32 i + c] += sum over words w of channel c of tile i, over shifts n of (w >>> bits * n) * x[at]}, where w has its signs
     * flipped when it holds s8 ({@code w ^ 0x80808080}), bits is 8 for s8 and 4 for s4, and {@code at} counts words and shifts from
     * {@code xo} on. {@link WordRow} makes x such that this is the sum of products, but for a constant.
     */
    void matVec(Weights w, int tile, int tiles, int group, int groups, int[] x, int xo, int[] t, Scratch scratch);

    /** Room of one thread for products of matrices, and how to multiply them. */
    PanelProduct panelProduct();

    /** {@code wide[at + j] += sums[j]} for {@code j < count}. */
    void accumulate(int[] sums, int count, long[] wide, int at);

    /**
     * {@code y[yo + j] = clamp(zero + ((s * m + 2^(n - 1)) >> n))} with {@code s = sums[j] + bias[o + j]} modulo 2^32, the multiplier
     * {@code m = high[o + j] * 2^16 + low[o + j]} and the shift {@code n = 33 + shift[o + j]}, 33 to 62.
     */
    void requantize(int[] sums, int count, ChannelSums.Fast rule, int o, short[] y, int yo);

    /** As above for s8. */
    void requantize(int[] sums, int count, ChannelSums.Fast rule, int o, byte[] y, int yo);

    /**
     * One output pixel of a depthwise convolution: {@code acc[c] = sum over i < taps of (x[at[i] + c] - zero) * w[wAt[i] + c]}
     * for {@code c < channels}, the indices {@code at[i] = taps[2i]}, {@code wAt[i] = taps[2i + 1]}.
     */
    void depthwise(short[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao);

    /** As above for s8. */
    void depthwise(byte[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao);

    /**
     * {@code v[i] = clamp(zero + ((v[i] * factor[fo + i] * m + 2^(n - 1)) >> n))} for a shift n of 33 to 62, where
     * {@code v[i] * factor[fo + i]} fits an int.
     */
    void rescaleProducts(int[] v, int[] factor, int fo, int count, int multiplier, int shift, int zero, int min, int max);

    /**
     * {@code v[i] = clamp(zero + ((v[i] * ma + v[bo + i] * mb + 2^(n - 1)) >> n))} for values of at most 16 bits with sign, n of 18 to
     * 62, and multipliers above -2^31.
     */
    void rescaleSums(int[] v, int bo, int count, int ma, int mb, int shift, int zero, int min, int max);

    /** {@code y[yo + i] = (short) x[xo + i]}. */
    void narrow(int[] x, int xo, int n, short[] y, int yo);

    /** {@code y[yo + i] = x[xo + i] - zero}. */
    void widen(short[] x, int xo, int n, int zero, int[] y, int yo);

    /** As above for s8. */
    void widen(byte[] x, int xo, int n, int zero, int[] y, int yo);
}

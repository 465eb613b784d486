package org.autoneural.sim.kernel.vector;

import java.nio.LongBuffer;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.autoneural.ir.Tile32;
import org.autoneural.ir.math.IntAdd;
import org.autoneural.ir.math.Rescale;
import org.autoneural.sim.kernel.ChannelSums;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.PanelProduct;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.kernel.Weights;

/**
 * The inner loops by the Vector API, for vectors of 256 or 512 bits, written for what C2 of JDK 17 to 25 compiles well: a loop is
 * one static method, species are constants, vectors never leave a method.
 *
 * <p>A loop of products has at most 8 of them: C2 stops inlining in a method that outgrows its budget, and the rest of the loop makes objects
 * of vectors, up to a hundred times slower. How much of the budget an operation takes depends on what was compiled before, so that larger
 * loops are fast in most starts of a program and slow in some. {@code AllocationTest} holds that no vector becomes an object in single layers.
 */
public final class VectorKernels implements KernelProvider {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int LANES = I.length();
    private static final boolean USABLE = LANES == 8 || LANES == 16;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
    /** As many bytes, and as many shorts, as there are int lanes. */
    private static final VectorSpecies<Byte> B = LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final VectorSpecies<Short> S = LANES == 16 ? ShortVector.SPECIES_256 : ShortVector.SPECIES_128;
    private static final VectorSpecies<Long> L = LANES == 16 ? LongVector.SPECIES_512 : LongVector.SPECIES_256;
    /** Columns that a loop works on: two vectors. */
    private static final int COLUMNS = 2 * LANES;
    /** Four vectors of a tile's 32 channels, of sums and of words. */
    private static final VectorSpecies<Integer> SUMS = IntVector.SPECIES_256;
    private static final VectorSpecies<Long> WORDS = LongVector.SPECIES_256;
    private static final int GROUP_LONGS = Tile32.GROUP_BYTES / Long.BYTES;
    private static final int SIGNS = 0x8080_8080;

    /** Whether this processor's vectors have a width that the loops are written for. */
    public static boolean isUsable() {
        return USABLE;
    }

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public int fewRows() {
        return 8;
    }

    @Override
    public int tilesPerUnit() {
        return 2;
    }

    @Override
    public int wordRoom() {
        return 0;
    }

    /**
     * Weights are copied to an array some groups at a time, a page of memory at most, so that they come from memory in order and each line once.
     * Reads ahead of these would make the processor wait for them: what it reads ahead by itself is more.
     */
    @Override
    public void matVec(Weights w, int tile, int tiles, int group, int groups, int[] x, int xo, int[] t, Scratch scratch) {
        LongBuffer words = w.longs();
        long[] present = scratch.present();
        boolean nibbles = w.tiles().groupColumns() == 8;
        int perGroup = w.tiles().groupColumns();
        for (int i = 0; i < tiles; i++) {
            for (int g = 0; g < groups; g += Scratch.FETCH_GROUPS) {
                int n = Math.min(Scratch.FETCH_GROUPS, groups - g);
                words.get(w.firstLong(tile + i, group + g), present, 0, n * GROUP_LONGS);
                if (nibbles) {
                    dotsOfNibbles(present, n, x, xo + perGroup * g, t, Tile32.ROWS * i);
                } else {
                    dotsOfBytes(present, n, x, xo + perGroup * g, t, Tile32.ROWS * i);
                }
            }
        }
    }

    /**
     * All channels of a tile, four vectors of 256 bits on every processor. The loops over digits have 4 turns, few enough for C2 to write them out,
     * after it has taken in the operations of one turn; two times 4 products are all that its limits see.
     */
    private static void dotsOfNibbles(long[] w, int groups, int[] x, int xo, int[] t, int to) {
        IntVector s0 = IntVector.fromArray(SUMS, t, to);
        IntVector s1 = IntVector.fromArray(SUMS, t, to + 8);
        IntVector s2 = IntVector.fromArray(SUMS, t, to + 16);
        IntVector s3 = IntVector.fromArray(SUMS, t, to + 24);
        for (int g = 0, p = 0, k = xo; g < groups; g++, p += GROUP_LONGS, k += 8) {
            IntVector v0 = LongVector.fromArray(WORDS, w, p).reinterpretAsInts();
            IntVector v1 = LongVector.fromArray(WORDS, w, p + 4).reinterpretAsInts();
            IntVector v2 = LongVector.fromArray(WORDS, w, p + 8).reinterpretAsInts();
            IntVector v3 = LongVector.fromArray(WORDS, w, p + 12).reinterpretAsInts();
            for (int d = 0; d < 4; d++) {
                IntVector a = IntVector.broadcast(SUMS, x[k + d]);
                s0 = s0.add(v0.lanewise(VectorOperators.LSHR, 4 * d).mul(a));
                s1 = s1.add(v1.lanewise(VectorOperators.LSHR, 4 * d).mul(a));
                s2 = s2.add(v2.lanewise(VectorOperators.LSHR, 4 * d).mul(a));
                s3 = s3.add(v3.lanewise(VectorOperators.LSHR, 4 * d).mul(a));
            }
            for (int d = 4; d < 8; d++) {
                IntVector a = IntVector.broadcast(SUMS, x[k + d]);
                s0 = s0.add(v0.lanewise(VectorOperators.LSHR, 4 * d).mul(a));
                s1 = s1.add(v1.lanewise(VectorOperators.LSHR, 4 * d).mul(a));
                s2 = s2.add(v2.lanewise(VectorOperators.LSHR, 4 * d).mul(a));
                s3 = s3.add(v3.lanewise(VectorOperators.LSHR, 4 * d).mul(a));
            }
        }
        s0.intoArray(t, to);
        s1.intoArray(t, to + 8);
        s2.intoArray(t, to + 16);
        s3.intoArray(t, to + 24);
    }

    /** The same for s8. */
    private static void dotsOfBytes(long[] w, int groups, int[] x, int xo, int[] t, int to) {
        IntVector s0 = IntVector.fromArray(SUMS, t, to);
        IntVector s1 = IntVector.fromArray(SUMS, t, to + 8);
        IntVector s2 = IntVector.fromArray(SUMS, t, to + 16);
        IntVector s3 = IntVector.fromArray(SUMS, t, to + 24);
        for (int g = 0, p = 0, k = xo; g < groups; g++, p += GROUP_LONGS, k += 4) {
            IntVector v0 = LongVector.fromArray(WORDS, w, p).reinterpretAsInts().lanewise(VectorOperators.XOR, SIGNS);
            IntVector v1 = LongVector.fromArray(WORDS, w, p + 4).reinterpretAsInts().lanewise(VectorOperators.XOR, SIGNS);
            IntVector v2 = LongVector.fromArray(WORDS, w, p + 8).reinterpretAsInts().lanewise(VectorOperators.XOR, SIGNS);
            IntVector v3 = LongVector.fromArray(WORDS, w, p + 12).reinterpretAsInts().lanewise(VectorOperators.XOR, SIGNS);
            for (int d = 0; d < 4; d++) {
                IntVector a = IntVector.broadcast(SUMS, x[k + d]);
                s0 = s0.add(v0.lanewise(VectorOperators.LSHR, 8 * d).mul(a));
                s1 = s1.add(v1.lanewise(VectorOperators.LSHR, 8 * d).mul(a));
                s2 = s2.add(v2.lanewise(VectorOperators.LSHR, 8 * d).mul(a));
                s3 = s3.add(v3.lanewise(VectorOperators.LSHR, 8 * d).mul(a));
            }
        }
        s0.intoArray(t, to);
        s1.intoArray(t, to + 8);
        s2.intoArray(t, to + 16);
        s3.intoArray(t, to + 24);
    }

    @Override
    public PanelProduct panelProduct() {
        return new FloatProduct();
    }

    @Override
    public void accumulate(int[] sums, int count, long[] wide, int at) {
        addLongs(sums, (count + LANES - 1) / LANES * LANES, wide, at);
    }

    private static void addLongs(int[] sums, int count, long[] wide, int at) {
        for (int j = 0; j < count; j += LANES) {
            IntVector v = IntVector.fromArray(I, sums, j);
            LongVector.fromArray(L, wide, at + j).add((LongVector) v.convertShape(VectorOperators.I2L, L, 0)).intoArray(wide, at + j);
            LongVector.fromArray(L, wide, at + j + LANES / 2).add((LongVector) v.convertShape(VectorOperators.I2L, L, 1))
                    .intoArray(wide, at + j + LANES / 2);
        }
    }

    @Override
    public void requantize(int[] sums, int count, ChannelSums.Fast rule, int o, short[] y, int yo) {
        int done = shortsOfSums(sums, count, rule.bias(), rule.high(), rule.low(), rule.half(), rule.shift(), rule.zero(), rule.min(),
                rule.max(), o, y, yo);
        for (int j = done; j < count; j++) {
            y[yo + j] = (short) rule.result(sums[j], o + j);
        }
    }

    /** The high halves of the 64-bit products from four 16-bit ones; the bits below have no part in the rounding. */
    private static int shortsOfSums(int[] sums, int count, int[] bias, int[] high, int[] low, int[] half, int[] shift, int zero, int min,
            int max, int o, short[] y, int yo) {
        int j = 0;
        for (; j <= count - LANES; j += LANES) {
            IntVector s = IntVector.fromArray(I, sums, j).add(IntVector.fromArray(I, bias, o + j));
            IntVector h = IntVector.fromArray(I, high, o + j);
            IntVector l = IntVector.fromArray(I, low, o + j);
            IntVector sh = s.lanewise(VectorOperators.ASHR, 16);
            IntVector sl = s.and(0xFFFF);
            IntVector p1 = sh.mul(l);
            IntVector p2 = sl.mul(h);
            IntVector mid = sl.mul(l).lanewise(VectorOperators.LSHR, 16).add(p1.and(0xFFFF)).add(p2.and(0xFFFF)).lanewise(VectorOperators.LSHR, 16);
            IntVector r = sh.mul(h).add(p1.lanewise(VectorOperators.ASHR, 16)).add(p2.lanewise(VectorOperators.ASHR, 16)).add(mid)
                    .add(IntVector.fromArray(I, half, o + j)).lanewise(VectorOperators.ASHR, IntVector.fromArray(I, shift, o + j));
            ((ShortVector) r.add(zero).max(min).min(max).convertShape(VectorOperators.I2S, S, 0)).intoArray(y, yo + j);
        }
        return j;
    }

    @Override
    public void requantize(int[] sums, int count, ChannelSums.Fast rule, int o, byte[] y, int yo) {
        for (int j = 0; j < count; j++) {
            y[yo + j] = (byte) rule.result(sums[j], o + j);
        }
    }

    @Override
    public void rescaleProducts(int[] v, int[] factor, int fo, int count, int multiplier, int shift, int zero, int min, int max) {
        int i = highOfProducts(v, factor, fo, count, multiplier >> 16, multiplier & 0xFFFF, 1 << (shift - 33), shift - 32, zero, min, max);
        for (; i < count; i++) {
            v[i] = Rescale.clamp(zero + Rescale.single((long) v[i] * factor[fo + i], multiplier, shift), min, max);
        }
    }

    /** As {@link #shortsOfSums}. */
    private static int highOfProducts(int[] v, int[] factor, int fo, int count, int high, int low, int half, int shift, int zero, int min,
            int max) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            IntVector s = IntVector.fromArray(I, v, i).mul(IntVector.fromArray(I, factor, fo + i));
            IntVector sh = s.lanewise(VectorOperators.ASHR, 16);
            IntVector sl = s.and(0xFFFF);
            IntVector p1 = sh.mul(low);
            IntVector p2 = sl.mul(high);
            IntVector mid = sl.mul(low).lanewise(VectorOperators.LSHR, 16).add(p1.and(0xFFFF)).add(p2.and(0xFFFF)).lanewise(VectorOperators.LSHR, 16);
            sh.mul(high).add(p1.lanewise(VectorOperators.ASHR, 16)).add(p2.lanewise(VectorOperators.ASHR, 16)).add(mid).add(half)
                    .lanewise(VectorOperators.ASHR, shift).add(zero).max(min).min(max).intoArray(v, i);
        }
        return i;
    }

    @Override
    public void rescaleSums(int[] v, int bo, int count, int ma, int mb, int shift, int zero, int min, int max) {
        int i = sumsOfProducts(v, bo, count, ma >> 16, ma & 0xFFFF, mb >> 16, mb & 0xFFFF, shift - 17, zero, min, max);
        for (; i < count; i++) {
            v[i] = IntAdd.element(v[i], v[bo + i], ma, mb, shift, zero, min, max);
        }
    }

    /** The sums without their low 16 bits, which have no part in the rounding; halved after a 1 is added, since adding a half could overflow. */
    private static int sumsOfProducts(int[] v, int bo, int count, int ah, int al, int bh, int bl, int shift, int zero, int min, int max) {
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            IntVector a = IntVector.fromArray(I, v, i);
            IntVector b = IntVector.fromArray(I, v, bo + i);
            IntVector pa = a.mul(al);
            IntVector pb = b.mul(bl);
            a.mul(ah).add(b.mul(bh)).add(pa.lanewise(VectorOperators.ASHR, 16)).add(pb.lanewise(VectorOperators.ASHR, 16))
                    .add(pa.and(0xFFFF).add(pb.and(0xFFFF)).lanewise(VectorOperators.LSHR, 16))
                    .lanewise(VectorOperators.ASHR, shift).add(1).lanewise(VectorOperators.ASHR, 1).add(zero).max(min).min(max).intoArray(v, i);
        }
        return i;
    }

    @Override
    public void narrow(int[] x, int xo, int n, short[] y, int yo) {
        int i = shortsOfInts(x, xo, n, y, yo);
        for (; i < n; i++) {
            y[yo + i] = (short) x[xo + i];
        }
    }

    private static int shortsOfInts(int[] x, int xo, int n, short[] y, int yo) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            ((ShortVector) IntVector.fromArray(I, x, xo + i).convertShape(VectorOperators.I2S, S, 0)).intoArray(y, yo + i);
        }
        return i;
    }

    @Override
    public void depthwise(short[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        Arrays.fill(acc, ao, ao + channels, 0);
        int i = 0;
        for (; i <= tapCount - 2; i += 2) {
            int at = to + 2 * i;
            addTwoTapsOfShorts(x, zero, taps[at], taps[at + 2], w, taps[at + 1], taps[at + 3], channels, acc, ao);
        }
        if (i < tapCount) {
            addTapOfShorts(x, zero, taps[to + 2 * i], w, taps[to + 2 * i + 1], channels, acc, ao);
        }
    }

    private static void addTwoTapsOfShorts(short[] x, int zero, int x0, int x1, int[] w, int w0, int w1, int channels, int[] acc, int ao) {
        int c = 0;
        for (; c <= channels - LANES; c += LANES) {
            ((IntVector) ShortVector.fromArray(S, x, x0 + c).convertShape(VectorOperators.S2I, I, 0)).sub(zero).mul(IntVector.fromArray(I, w, w0 + c))
                    .add(((IntVector) ShortVector.fromArray(S, x, x1 + c).convertShape(VectorOperators.S2I, I, 0)).sub(zero)
                            .mul(IntVector.fromArray(I, w, w1 + c)))
                    .add(IntVector.fromArray(I, acc, ao + c)).intoArray(acc, ao + c);
        }
        for (; c < channels; c++) {
            acc[ao + c] += (x[x0 + c] - zero) * w[w0 + c] + (x[x1 + c] - zero) * w[w1 + c];
        }
    }

    private static void addTapOfShorts(short[] x, int zero, int x0, int[] w, int w0, int channels, int[] acc, int ao) {
        int c = 0;
        for (; c <= channels - LANES; c += LANES) {
            ((IntVector) ShortVector.fromArray(S, x, x0 + c).convertShape(VectorOperators.S2I, I, 0)).sub(zero).mul(IntVector.fromArray(I, w, w0 + c))
                    .add(IntVector.fromArray(I, acc, ao + c)).intoArray(acc, ao + c);
        }
        for (; c < channels; c++) {
            acc[ao + c] += (x[x0 + c] - zero) * w[w0 + c];
        }
    }

    @Override
    public void depthwise(byte[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        Arrays.fill(acc, ao, ao + channels, 0);
        int i = 0;
        for (; i <= tapCount - 2; i += 2) {
            int at = to + 2 * i;
            addTwoTapsOfBytes(x, zero, taps[at], taps[at + 2], w, taps[at + 1], taps[at + 3], channels, acc, ao);
        }
        if (i < tapCount) {
            addTapOfBytes(x, zero, taps[to + 2 * i], w, taps[to + 2 * i + 1], channels, acc, ao);
        }
    }

    private static void addTwoTapsOfBytes(byte[] x, int zero, int x0, int x1, int[] w, int w0, int w1, int channels, int[] acc, int ao) {
        int c = 0;
        for (; c <= channels - LANES; c += LANES) {
            ((IntVector) ByteVector.fromArray(B, x, x0 + c).convertShape(VectorOperators.B2I, I, 0)).sub(zero).mul(IntVector.fromArray(I, w, w0 + c))
                    .add(((IntVector) ByteVector.fromArray(B, x, x1 + c).convertShape(VectorOperators.B2I, I, 0)).sub(zero)
                            .mul(IntVector.fromArray(I, w, w1 + c)))
                    .add(IntVector.fromArray(I, acc, ao + c)).intoArray(acc, ao + c);
        }
        for (; c < channels; c++) {
            acc[ao + c] += (x[x0 + c] - zero) * w[w0 + c] + (x[x1 + c] - zero) * w[w1 + c];
        }
    }

    private static void addTapOfBytes(byte[] x, int zero, int x0, int[] w, int w0, int channels, int[] acc, int ao) {
        int c = 0;
        for (; c <= channels - LANES; c += LANES) {
            ((IntVector) ByteVector.fromArray(B, x, x0 + c).convertShape(VectorOperators.B2I, I, 0)).sub(zero).mul(IntVector.fromArray(I, w, w0 + c))
                    .add(IntVector.fromArray(I, acc, ao + c)).intoArray(acc, ao + c);
        }
        for (; c < channels; c++) {
            acc[ao + c] += (x[x0 + c] - zero) * w[w0 + c];
        }
    }

    @Override
    public void widen(short[] x, int xo, int n, int zero, int[] y, int yo) {
        widenShorts(x, xo, n, zero, y, yo);
    }

    private static void widenShorts(short[] x, int xo, int n, int zero, int[] y, int yo) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            ((IntVector) ShortVector.fromArray(S, x, xo + i).convertShape(VectorOperators.S2I, I, 0)).sub(zero).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] - zero;
        }
    }

    @Override
    public void widen(byte[] x, int xo, int n, int zero, int[] y, int yo) {
        widenBytes(x, xo, n, zero, y, yo);
    }

    private static void widenBytes(byte[] x, int xo, int n, int zero, int[] y, int yo) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            ((IntVector) ByteVector.fromArray(B, x, xo + i).convertShape(VectorOperators.B2I, I, 0)).sub(zero).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] - zero;
        }
    }
}

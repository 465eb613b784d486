package org.autoneural.sim.kernel.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.autoneural.sim.kernel.KernelProvider;

/**
 * The inner loops by the Vector API, for vectors of 256 or 512 bits. Written for what C2 of JDK 17 to 25 compiles well: a loop
 * is one static method, species are constants, vectors never leave a method, at most 8 products in a loop body, arrays in and
 * arrays out.
 */
public final class VectorKernels implements KernelProvider {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int LANES = I.length();
    private static final boolean USABLE = LANES == 8 || LANES == 16;
    /** As many bytes, and as many shorts, as there are int lanes. */
    private static final VectorSpecies<Byte> B = LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final VectorSpecies<Short> S = LANES == 16 ? ShortVector.SPECIES_256 : ShortVector.SPECIES_128;
    private static final int COLUMNS = 2 * LANES;

    @Override
    public String name() {
        return "vector";
    }

    /** 0 when this processor's vectors are not of a width that the loops are written for. */
    @Override
    public int columns() {
        return USABLE ? COLUMNS : 0;
    }

    @Override
    public void tile(byte[] panel, int po, int[] a, int ao, int lda, int depth, int[] t) {
        tile4(panel, po, a, ao, lda, depth, t);
    }

    /**
     * 4 rows by 2 vectors of columns: 8 sums that stay in registers. With 4 vectors C2 of JDK 17 gives up on a body of this size
     * in some programs and boxes every vector.
     */
    private static void tile4(byte[] panel, int po, int[] a, int ao, int lda, int depth, int[] t) {
        IntVector c00 = IntVector.zero(I);
        IntVector c01 = c00;
        IntVector c10 = c00;
        IntVector c11 = c00;
        IntVector c20 = c00;
        IntVector c21 = c00;
        IntVector c30 = c00;
        IntVector c31 = c00;
        int p = po;
        for (int q = 0; q < depth; q++, p += COLUMNS) {
            IntVector w0 = (IntVector) ByteVector.fromArray(B, panel, p).convertShape(VectorOperators.B2I, I, 0);
            IntVector w1 = (IntVector) ByteVector.fromArray(B, panel, p + LANES).convertShape(VectorOperators.B2I, I, 0);
            IntVector x = IntVector.broadcast(I, a[ao + q]);
            c00 = c00.add(w0.mul(x));
            c01 = c01.add(w1.mul(x));
            x = IntVector.broadcast(I, a[ao + lda + q]);
            c10 = c10.add(w0.mul(x));
            c11 = c11.add(w1.mul(x));
            x = IntVector.broadcast(I, a[ao + 2 * lda + q]);
            c20 = c20.add(w0.mul(x));
            c21 = c21.add(w1.mul(x));
            x = IntVector.broadcast(I, a[ao + 3 * lda + q]);
            c30 = c30.add(w0.mul(x));
            c31 = c31.add(w1.mul(x));
        }
        c00.intoArray(t, 0);
        c01.intoArray(t, LANES);
        c10.intoArray(t, COLUMNS);
        c11.intoArray(t, COLUMNS + LANES);
        c20.intoArray(t, 2 * COLUMNS);
        c21.intoArray(t, 2 * COLUMNS + LANES);
        c30.intoArray(t, 3 * COLUMNS);
        c31.intoArray(t, 3 * COLUMNS + LANES);
    }

    @Override
    public void dots(byte[] w, int wo, int ldw, int[] x, int xo, int depth, int[] y) {
        dots4(w, wo, ldw, x, xo, depth, y);
    }

    private static void dots4(byte[] w, int wo, int ldw, int[] x, int xo, int depth, int[] y) {
        IntVector s0 = IntVector.zero(I);
        IntVector s1 = s0;
        IntVector s2 = s0;
        IntVector s3 = s0;
        int w1 = wo + ldw;
        int w2 = w1 + ldw;
        int w3 = w2 + ldw;
        int q = 0;
        for (; q <= depth - LANES; q += LANES) {
            IntVector v = IntVector.fromArray(I, x, xo + q);
            s0 = s0.add(((IntVector) ByteVector.fromArray(B, w, wo + q).convertShape(VectorOperators.B2I, I, 0)).mul(v));
            s1 = s1.add(((IntVector) ByteVector.fromArray(B, w, w1 + q).convertShape(VectorOperators.B2I, I, 0)).mul(v));
            s2 = s2.add(((IntVector) ByteVector.fromArray(B, w, w2 + q).convertShape(VectorOperators.B2I, I, 0)).mul(v));
            s3 = s3.add(((IntVector) ByteVector.fromArray(B, w, w3 + q).convertShape(VectorOperators.B2I, I, 0)).mul(v));
        }
        int y0 = s0.reduceLanes(VectorOperators.ADD);
        int y1 = s1.reduceLanes(VectorOperators.ADD);
        int y2 = s2.reduceLanes(VectorOperators.ADD);
        int y3 = s3.reduceLanes(VectorOperators.ADD);
        for (; q < depth; q++) {
            int v = x[xo + q];
            y0 += w[wo + q] * v;
            y1 += w[w1 + q] * v;
            y2 += w[w2 + q] * v;
            y3 += w[w3 + q] * v;
        }
        y[0] = y0;
        y[1] = y1;
        y[2] = y2;
        y[3] = y3;
    }

    @Override
    public void dotsOfNibbles(byte[] w, int wo, int ldw, int[] x, int even, int odd, int pairs, int[] y) {
        nibbles2(w, wo, wo + ldw, x, even, odd, pairs, y, 0);
        nibbles2(w, wo + 2 * ldw, wo + 3 * ldw, x, even, odd, pairs, y, 2);
    }

    /** Two rows at a time: with four C2 of JDK 17 boxes in some programs. */
    private static void nibbles2(byte[] w, int w0, int w1, int[] x, int even, int odd, int pairs, int[] y, int yo) {
        IntVector s0 = IntVector.zero(I);
        IntVector s1 = s0;
        int q = 0;
        for (; q <= pairs - LANES; q += LANES) {
            IntVector e = IntVector.fromArray(I, x, even + q);
            IntVector o = IntVector.fromArray(I, x, odd + q);
            IntVector b = (IntVector) ByteVector.fromArray(B, w, w0 + q).convertShape(VectorOperators.B2I, I, 0);
            s0 = s0.add(b.lanewise(VectorOperators.LSHL, 28).lanewise(VectorOperators.ASHR, 28).mul(e)).add(b.lanewise(VectorOperators.ASHR, 4).mul(o));
            b = (IntVector) ByteVector.fromArray(B, w, w1 + q).convertShape(VectorOperators.B2I, I, 0);
            s1 = s1.add(b.lanewise(VectorOperators.LSHL, 28).lanewise(VectorOperators.ASHR, 28).mul(e)).add(b.lanewise(VectorOperators.ASHR, 4).mul(o));
        }
        y[yo] = s0.reduceLanes(VectorOperators.ADD) + restOfNibbles(w, w0, x, even, odd, q, pairs);
        y[yo + 1] = s1.reduceLanes(VectorOperators.ADD) + restOfNibbles(w, w1, x, even, odd, q, pairs);
    }

    private static int restOfNibbles(byte[] w, int wo, int[] x, int even, int odd, int from, int pairs) {
        int sum = 0;
        for (int q = from; q < pairs; q++) {
            int b = w[wo + q];
            sum += (b << 28 >> 28) * x[even + q] + (b >> 4) * x[odd + q];
        }
        return sum;
    }

    @Override
    public void depthwise(short[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        depthwiseShorts(x, zero, taps, to, tapCount, w, channels, acc, ao);
    }

    private static void depthwiseShorts(short[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        int c = 0;
        for (; c <= channels - 4 * LANES; c += 4 * LANES) {
            IntVector s0 = IntVector.zero(I);
            IntVector s1 = s0;
            IntVector s2 = s0;
            IntVector s3 = s0;
            IntVector z = IntVector.broadcast(I, zero);
            for (int i = 0; i < tapCount; i++) {
                int xo = taps[to + 2 * i] + c;
                int wo = taps[to + 2 * i + 1] + c;
                s0 = s0.add(((IntVector) ShortVector.fromArray(S, x, xo).convertShape(VectorOperators.S2I, I, 0)).sub(z)
                        .mul(IntVector.fromArray(I, w, wo)));
                s1 = s1.add(((IntVector) ShortVector.fromArray(S, x, xo + LANES).convertShape(VectorOperators.S2I, I, 0)).sub(z)
                        .mul(IntVector.fromArray(I, w, wo + LANES)));
                s2 = s2.add(((IntVector) ShortVector.fromArray(S, x, xo + 2 * LANES).convertShape(VectorOperators.S2I, I, 0)).sub(z)
                        .mul(IntVector.fromArray(I, w, wo + 2 * LANES)));
                s3 = s3.add(((IntVector) ShortVector.fromArray(S, x, xo + 3 * LANES).convertShape(VectorOperators.S2I, I, 0)).sub(z)
                        .mul(IntVector.fromArray(I, w, wo + 3 * LANES)));
            }
            s0.intoArray(acc, ao + c);
            s1.intoArray(acc, ao + c + LANES);
            s2.intoArray(acc, ao + c + 2 * LANES);
            s3.intoArray(acc, ao + c + 3 * LANES);
        }
        for (; c <= channels - LANES; c += LANES) {
            IntVector s = IntVector.zero(I);
            for (int i = 0; i < tapCount; i++) {
                s = s.add(((IntVector) ShortVector.fromArray(S, x, taps[to + 2 * i] + c).convertShape(VectorOperators.S2I, I, 0)).sub(zero)
                        .mul(IntVector.fromArray(I, w, taps[to + 2 * i + 1] + c)));
            }
            s.intoArray(acc, ao + c);
        }
        for (; c < channels; c++) {
            int s = 0;
            for (int i = 0; i < tapCount; i++) {
                s += (x[taps[to + 2 * i] + c] - zero) * w[taps[to + 2 * i + 1] + c];
            }
            acc[ao + c] = s;
        }
    }

    @Override
    public void depthwise(byte[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        depthwiseBytes(x, zero, taps, to, tapCount, w, channels, acc, ao);
    }

    private static void depthwiseBytes(byte[] x, int zero, int[] taps, int to, int tapCount, int[] w, int channels, int[] acc, int ao) {
        int c = 0;
        for (; c <= channels - LANES; c += LANES) {
            IntVector s = IntVector.zero(I);
            for (int i = 0; i < tapCount; i++) {
                s = s.add(((IntVector) ByteVector.fromArray(B, x, taps[to + 2 * i] + c).convertShape(VectorOperators.B2I, I, 0)).sub(zero)
                        .mul(IntVector.fromArray(I, w, taps[to + 2 * i + 1] + c)));
            }
            s.intoArray(acc, ao + c);
        }
        for (; c < channels; c++) {
            int s = 0;
            for (int i = 0; i < tapCount; i++) {
                s += (x[taps[to + 2 * i] + c] - zero) * w[taps[to + 2 * i + 1] + c];
            }
            acc[ao + c] = s;
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

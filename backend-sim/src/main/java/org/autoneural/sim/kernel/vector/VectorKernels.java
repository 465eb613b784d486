package org.autoneural.sim.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.autoneural.sim.kernel.KernelProvider;

/**
 * The inner loops by the Vector API, for vectors of 256 or 512 bits, written for what C2 of JDK 17 to 25 compiles well: a loop is
 * one static method, species are constants, vectors never leave a method, at most 8 products in a loop body.
 *
 * <p>No vector lives from one turn of a loop to the next: sums are loaded from an array and stored to it again. With sums kept in
 * vectors, JDK 17 allocated every vector of a loop in some starts of the same program and none in others; its inlining log showed
 * guards on shared type profiles at the head of such loops, which is the likely reason. The loads and stores hide behind the
 * multiplications, which take two cycles each.
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
        Arrays.fill(t, 0, ROWS * COLUMNS, 0);
        addToTile(panel, po, a, ao, lda, depth, t);
    }

    /** 4 rows by 2 vectors of columns: 8 products and as many sums. C2 of JDK 17 boxes the last few of 16. */
    private static void addToTile(byte[] panel, int po, int[] a, int ao, int lda, int depth, int[] t) {
        int p = po;
        for (int q = 0; q < depth; q++, p += COLUMNS) {
            IntVector w0 = (IntVector) ByteVector.fromArray(B, panel, p).convertShape(VectorOperators.B2I, I, 0);
            IntVector w1 = (IntVector) ByteVector.fromArray(B, panel, p + LANES).convertShape(VectorOperators.B2I, I, 0);
            IntVector x = IntVector.broadcast(I, a[ao + q]);
            w0.mul(x).add(IntVector.fromArray(I, t, 0)).intoArray(t, 0);
            w1.mul(x).add(IntVector.fromArray(I, t, LANES)).intoArray(t, LANES);
            x = IntVector.broadcast(I, a[ao + lda + q]);
            w0.mul(x).add(IntVector.fromArray(I, t, COLUMNS)).intoArray(t, COLUMNS);
            w1.mul(x).add(IntVector.fromArray(I, t, COLUMNS + LANES)).intoArray(t, COLUMNS + LANES);
            x = IntVector.broadcast(I, a[ao + 2 * lda + q]);
            w0.mul(x).add(IntVector.fromArray(I, t, 2 * COLUMNS)).intoArray(t, 2 * COLUMNS);
            w1.mul(x).add(IntVector.fromArray(I, t, 2 * COLUMNS + LANES)).intoArray(t, 2 * COLUMNS + LANES);
            x = IntVector.broadcast(I, a[ao + 3 * lda + q]);
            w0.mul(x).add(IntVector.fromArray(I, t, 3 * COLUMNS)).intoArray(t, 3 * COLUMNS);
            w1.mul(x).add(IntVector.fromArray(I, t, 3 * COLUMNS + LANES)).intoArray(t, 3 * COLUMNS + LANES);
        }
    }

    @Override
    public void dots(byte[] w, int wo, int ldw, int[] x, int xo, int depth, int[] y) {
        Arrays.fill(y, 0, ROWS * LANES, 0);
        int q = dotsOfVectorPairs(w, wo, ldw, x, xo, depth, y);
        if (q <= depth - LANES) {
            dotsOfVectors(w, wo + q, ldw, x, xo + q, y);
            q += LANES;
        }
        addLanes(y);
        for (; q < depth; q++) {
            int v = x[xo + q];
            y[0] += w[wo + q] * v;
            y[1] += w[wo + ldw + q] * v;
            y[2] += w[wo + 2 * ldw + q] * v;
            y[3] += w[wo + 3 * ldw + q] * v;
        }
    }

    /** Sums by lane, 4 rows of two vectors at a time. Returns the depth done. */
    private static int dotsOfVectorPairs(byte[] w, int wo, int ldw, int[] x, int xo, int depth, int[] t) {
        int q = 0;
        int p = wo;
        for (; q <= depth - 2 * LANES; q += 2 * LANES, p += 2 * LANES) {
            IntVector x0 = IntVector.fromArray(I, x, xo + q);
            IntVector x1 = IntVector.fromArray(I, x, xo + q + LANES);
            x0.mul((IntVector) ByteVector.fromArray(B, w, p).convertShape(VectorOperators.B2I, I, 0))
                    .add(x1.mul((IntVector) ByteVector.fromArray(B, w, p + LANES).convertShape(VectorOperators.B2I, I, 0)))
                    .add(IntVector.fromArray(I, t, 0)).intoArray(t, 0);
            x0.mul((IntVector) ByteVector.fromArray(B, w, p + ldw).convertShape(VectorOperators.B2I, I, 0))
                    .add(x1.mul((IntVector) ByteVector.fromArray(B, w, p + ldw + LANES).convertShape(VectorOperators.B2I, I, 0)))
                    .add(IntVector.fromArray(I, t, LANES)).intoArray(t, LANES);
            x0.mul((IntVector) ByteVector.fromArray(B, w, p + 2 * ldw).convertShape(VectorOperators.B2I, I, 0))
                    .add(x1.mul((IntVector) ByteVector.fromArray(B, w, p + 2 * ldw + LANES).convertShape(VectorOperators.B2I, I, 0)))
                    .add(IntVector.fromArray(I, t, 2 * LANES)).intoArray(t, 2 * LANES);
            x0.mul((IntVector) ByteVector.fromArray(B, w, p + 3 * ldw).convertShape(VectorOperators.B2I, I, 0))
                    .add(x1.mul((IntVector) ByteVector.fromArray(B, w, p + 3 * ldw + LANES).convertShape(VectorOperators.B2I, I, 0)))
                    .add(IntVector.fromArray(I, t, 3 * LANES)).intoArray(t, 3 * LANES);
        }
        return q;
    }

    /** One vector of each of 4 rows. */
    private static void dotsOfVectors(byte[] w, int wo, int ldw, int[] x, int xo, int[] t) {
        IntVector v = IntVector.fromArray(I, x, xo);
        for (int r = 0; r < ROWS; r++) {
            v.mul((IntVector) ByteVector.fromArray(B, w, wo + r * ldw).convertShape(VectorOperators.B2I, I, 0))
                    .add(IntVector.fromArray(I, t, r * LANES)).intoArray(t, r * LANES);
        }
    }

    /** {@code t[r] = sum over j < LANES of t[r * LANES + j]} for 4 rows. */
    private static void addLanes(int[] t) {
        int t0 = IntVector.fromArray(I, t, 0).reduceLanes(VectorOperators.ADD);
        int t1 = IntVector.fromArray(I, t, LANES).reduceLanes(VectorOperators.ADD);
        int t2 = IntVector.fromArray(I, t, 2 * LANES).reduceLanes(VectorOperators.ADD);
        int t3 = IntVector.fromArray(I, t, 3 * LANES).reduceLanes(VectorOperators.ADD);
        t[0] = t0;
        t[1] = t1;
        t[2] = t2;
        t[3] = t3;
    }

    @Override
    public void dotsOfNibbles(byte[] w, int wo, int ldw, int[] x, int even, int odd, int pairs, int[] y) {
        Arrays.fill(y, 0, ROWS * LANES, 0);
        int q = nibblesOfVectors(w, wo, ldw, x, even, odd, pairs, y);
        addLanes(y);
        for (int r = 0; r < ROWS && q < pairs; r++) {
            y[r] += restOfNibbles(w, wo + r * ldw, x, even, odd, q, pairs);
        }
    }

    /** Sums by lane, 8 products for 4 rows. Returns the pairs done. */
    private static int nibblesOfVectors(byte[] w, int wo, int ldw, int[] x, int even, int odd, int pairs, int[] t) {
        int q = 0;
        for (; q <= pairs - LANES; q += LANES) {
            IntVector e = IntVector.fromArray(I, x, even + q);
            IntVector o = IntVector.fromArray(I, x, odd + q);
            IntVector b = (IntVector) ByteVector.fromArray(B, w, wo + q).convertShape(VectorOperators.B2I, I, 0);
            b.lanewise(VectorOperators.LSHL, 28).lanewise(VectorOperators.ASHR, 28).mul(e).add(b.lanewise(VectorOperators.ASHR, 4).mul(o))
                    .add(IntVector.fromArray(I, t, 0)).intoArray(t, 0);
            b = (IntVector) ByteVector.fromArray(B, w, wo + ldw + q).convertShape(VectorOperators.B2I, I, 0);
            b.lanewise(VectorOperators.LSHL, 28).lanewise(VectorOperators.ASHR, 28).mul(e).add(b.lanewise(VectorOperators.ASHR, 4).mul(o))
                    .add(IntVector.fromArray(I, t, LANES)).intoArray(t, LANES);
            b = (IntVector) ByteVector.fromArray(B, w, wo + 2 * ldw + q).convertShape(VectorOperators.B2I, I, 0);
            b.lanewise(VectorOperators.LSHL, 28).lanewise(VectorOperators.ASHR, 28).mul(e).add(b.lanewise(VectorOperators.ASHR, 4).mul(o))
                    .add(IntVector.fromArray(I, t, 2 * LANES)).intoArray(t, 2 * LANES);
            b = (IntVector) ByteVector.fromArray(B, w, wo + 3 * ldw + q).convertShape(VectorOperators.B2I, I, 0);
            b.lanewise(VectorOperators.LSHL, 28).lanewise(VectorOperators.ASHR, 28).mul(e).add(b.lanewise(VectorOperators.ASHR, 4).mul(o))
                    .add(IntVector.fromArray(I, t, 3 * LANES)).intoArray(t, 3 * LANES);
        }
        return q;
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

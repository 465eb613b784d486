package org.autoneural.sim.kernel.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.autoneural.ir.Tile32;
import org.autoneural.sim.kernel.PanelProduct;

/**
 * Integers in floats: a fused multiply-add of floats is one instruction where 32-bit integers take a slow multiplication and an addition.
 * A float holds every integer up to 2^24 exactly, and no sum here goes beyond, so nothing is ever rounded: the results are those of integers,
 * in whatever order and on whatever processor they are added.
 *
 * <p>How many products a sum takes follows from the rows at hand: none of its parts is greater than the sum of the magnitudes of a row's values
 * times the greatest of a panel. So the summed values are cut into windows, for each four rows their own, whose sums of magnitudes
 * are as great as they may be; the sum of a window leaves for integers. Of 8-bit weights and activations of 16 bits that are spread like a
 * bell, 16 to 128 products make a window; 2 always fit, 4 where the panel has no zero point.
 *
 * <p>As in {@link VectorKernels}, a loop has at most 8 products. The tile is too large a method to be inlined, so that C2 compiles it by itself.
 */
final class FloatProduct implements PanelProduct {
    /** Greatest magnitude of a sum of products. */
    static final int MAX_SUM = 1 << 24;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
    private static final int LANES = I.length();
    /** As many bytes as there are int lanes. */
    private static final VectorSpecies<Byte> B = LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;
    private static final int COLUMNS = 2 * LANES;
    /** A float of this and a value below 2^22 has the value in its lowest bits. */
    private static final float ONES = 0x1.8p23f;
    /** A float of this and a value of at most 2^24 has a fourth of the value, rounded, in its lowest bits. */
    private static final float FOURS = 0x1.8p25f;
    private static final int ONES_BITS = Float.floatToRawIntBits(ONES);
    private static final int FOURS_BITS = Float.floatToRawIntBits(FOURS);
    private static final int PARTS = DEPTH / PART;
    /** Floats of a tile: the sums of a window. */
    private static final int TILE = ROWS * COLUMNS;
    /** Windows whose sums are kept before they are added up. */
    private static final int TILES = 16;

    private final float[] rows = new float[BLOCK_ROWS * DEPTH];
    private final float[][] panel = new float[Tile32.ROWS / COLUMNS][DEPTH * COLUMNS];
    private final float[] tiles = new float[TILES * TILE];
    /** [rows / ROWS, parts, ROWS]: the sum of the magnitudes of each {@link #PART} values of a row. */
    private final int[] magnitudes = new int[BLOCK_ROWS * PARTS];
    /** For each four rows how many windows they have, and in {@code ends} 0 and where each window ends. */
    private final int[] windows = new int[BLOCK_ROWS / ROWS];
    private final int[][] ends = new int[BLOCK_ROWS / ROWS][DEPTH + 1];
    private int rowCount;
    /** Greatest sum of the magnitudes of a row. */
    private int magnitude;

    @Override
    public int columns() {
        return Tile32.ROWS;
    }

    @Override
    public void setRow(int row, int[] a, int depth) {
        int parts = (depth + PART - 1) / PART;
        floatsOfInts(a, parts * PART, rows, row * DEPTH);
        magnitudesOfInts(a, parts, magnitudes, row / ROWS * ROWS * PARTS + row % ROWS);
    }

    @Override
    public long bound(int rows, int depth, long bound) {
        rowCount = rows;
        int parts = (depth + PART - 1) / PART;
        for (int r = rows; r % ROWS != 0; r++) {
            for (int i = 0; i < parts; i++) {
                magnitudes[(r / ROWS * PARTS + i) * ROWS + r % ROWS] = 0;
            }
        }
        magnitude = 0;
        for (int r = 0; r < rows; r += ROWS) {
            windows[r / ROWS] = findWindows(r * PARTS, depth, (int) (MAX_SUM / bound), ends[r / ROWS]);
        }
        return magnitude * bound;
    }

    private static void floatsOfInts(int[] a, int count, float[] f, int at) {
        for (int i = 0; i < count; i += LANES) {
            ((FloatVector) IntVector.fromArray(I, a, i).convertShape(VectorOperators.I2F, F, 0)).intoArray(f, at + i);
        }
    }

    private static void magnitudesOfInts(int[] a, int parts, int[] sums, int at) {
        for (int i = 0, p = 0, to = at; i < parts; i++, p += PART, to += ROWS) {
            IntVector s = IntVector.fromArray(I, a, p).abs();
            for (int j = LANES; j < PART; j += LANES) {
                s = s.add(IntVector.fromArray(I, a, p + j).abs());
            }
            sums[to] = s.reduceLanes(VectorOperators.ADD);
        }
    }

    /**
     * Cuts the summed values of four rows into windows in which no row's sum of magnitudes is beyond {@code limit}: whole parts, or pieces of
     * a part that is beyond it by itself.
     */
    private int findWindows(int from, int depth, int limit, int[] ends) {
        int n = 0;
        // Sums of magnitudes up to here, and up to where the window begins.
        int a = 0;
        int b = 0;
        int c = 0;
        int d = 0;
        int a0 = 0;
        int b0 = 0;
        int c0 = 0;
        int d0 = 0;
        for (int k = 0, p = from; k < depth; k += PART, p += ROWS) {
            int a1 = a + magnitudes[p];
            int b1 = b + magnitudes[p + 1];
            int c1 = c + magnitudes[p + 2];
            int d1 = d + magnitudes[p + 3];
            if (greatest(a1 - a0, b1 - b0, c1 - c0, d1 - d0) > limit) {
                n = end(ends, n, k);
                a0 = a;
                b0 = b;
                c0 = c;
                d0 = d;
                if (greatest(a1 - a, b1 - b, c1 - c, d1 - d) > limit) {
                    int safe = Integer.highestOneBit(limit >> 15);
                    for (int q = safe; q <= PART; q += safe) {
                        n = end(ends, n, Math.min(depth, k + q));
                    }
                    a0 = a1;
                    b0 = b1;
                    c0 = c1;
                    d0 = d1;
                }
            }
            a = a1;
            b = b1;
            c = c1;
            d = d1;
        }
        magnitude = Math.max(magnitude, greatest(a, b, c, d));
        return end(ends, n, depth);
    }

    private static int greatest(int a, int b, int c, int d) {
        return Math.max(Math.max(a, b), Math.max(c, d));
    }

    /** A window that ends at {@code k}, unless it is empty. Returns how many there are then. */
    private static int end(int[] ends, int n, int k) {
        ends[n + 1] = k;
        return ends[n] < k ? n + 1 : n;
    }

    @Override
    public void unpackBytes(byte[] words, int groups, int zero, int column) {
        for (int c = 0; c < Tile32.ROWS; c += LANES) {
            for (int j = 0; j < 4; j++) {
                bytesOfWords(words, 4 * c + j, groups, zero, panel[(column + c) / COLUMNS], c % COLUMNS + j * COLUMNS);
            }
        }
    }

    /** The first byte of each four. */
    private static void bytesOfWords(byte[] words, int wo, int groups, int zero, float[] panel, int at) {
        for (int g = 0, p = wo, to = at; g < groups; g++, p += Tile32.GROUP_BYTES, to += 4 * COLUMNS) {
            IntVector w = ByteVector.fromArray(BYTES, words, p).reinterpretAsInts();
            IntVector v = w.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24).sub(zero);
            ((FloatVector) v.convertShape(VectorOperators.I2F, F, 0)).intoArray(panel, to);
        }
    }

    @Override
    public void unpackNibbles(byte[] words, int groups, int column) {
        for (int c = 0; c < Tile32.ROWS; c += LANES) {
            for (int j = 0; j < 4; j++) {
                nibblesOfWords(words, 4 * c + j, groups, panel[(column + c) / COLUMNS], c % COLUMNS + j * COLUMNS);
            }
        }
    }

    /** The nibbles of the first byte of each four: they are 4 summed values apart. */
    private static void nibblesOfWords(byte[] words, int wo, int groups, float[] panel, int at) {
        for (int g = 0, p = wo, to = at; g < groups; g++, p += Tile32.GROUP_BYTES, to += 8 * COLUMNS) {
            IntVector w = ByteVector.fromArray(BYTES, words, p).reinterpretAsInts();
            IntVector low = w.and(15).sub(Tile32.BIAS_4);
            IntVector high = w.lanewise(VectorOperators.LSHR, 4).and(15).sub(Tile32.BIAS_4);
            ((FloatVector) low.convertShape(VectorOperators.I2F, F, 0)).intoArray(panel, to);
            ((FloatVector) high.convertShape(VectorOperators.I2F, F, 0)).intoArray(panel, to + 4 * COLUMNS);
        }
    }

    @Override
    public void unpackRow(byte[] x, int xo, int count, int zero, int k) {
        for (int c = 0; c < count; c += COLUMNS) {
            floatsOfBytes(x, xo + c, Math.min(COLUMNS, count - c), zero, panel[c / COLUMNS], k * COLUMNS);
        }
    }

    private static void floatsOfBytes(byte[] x, int xo, int n, int zero, float[] f, int fo) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            IntVector v = ((IntVector) ByteVector.fromArray(B, x, xo + i).convertShape(VectorOperators.B2I, I, 0)).sub(zero);
            ((FloatVector) v.convertShape(VectorOperators.I2F, F, 0)).intoArray(f, fo + i);
        }
        for (; i < n; i++) {
            f[fo + i] = x[xo + i] - zero;
        }
    }

    @Override
    public void multiply(int count, int[][] sums, int column) {
        for (int c = 0; c < count; c += COLUMNS) {
            for (int r = 0; r < rowCount; r += ROWS) {
                multiplyRows(panel[c / COLUMNS], r, sums, column + c);
            }
        }
    }

    private void multiplyRows(float[] panel, int row, int[][] sums, int column) {
        int[] e = ends[row / ROWS];
        for (int i = 0; i < windows[row / ROWS]; i += TILES) {
            int n = Math.min(TILES, windows[row / ROWS] - i);
            for (int j = 0; j < n; j++) {
                multiplyTile(panel, e[i + j], e[i + j + 1], rows, row * DEPTH, tiles, j * TILE);
            }
            for (int r = 0; r < ROWS; r++) {
                addWindows(tiles, r * COLUMNS, n, sums[row + r], column);
            }
        }
    }

    /** 4 rows by 2 vectors of columns, sums in registers. */
    private static void multiplyTile(float[] panel, int k, int end, float[] a, int ao, float[] t, int to) {
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = FloatVector.zero(F);
        FloatVector s10 = FloatVector.zero(F);
        FloatVector s11 = FloatVector.zero(F);
        FloatVector s20 = FloatVector.zero(F);
        FloatVector s21 = FloatVector.zero(F);
        FloatVector s30 = FloatVector.zero(F);
        FloatVector s31 = FloatVector.zero(F);
        for (int q = k; q < end; q++) {
            FloatVector w0 = FloatVector.fromArray(F, panel, q * COLUMNS);
            FloatVector w1 = FloatVector.fromArray(F, panel, q * COLUMNS + LANES);
            FloatVector x = FloatVector.broadcast(F, a[ao + q]);
            s00 = w0.fma(x, s00);
            s01 = w1.fma(x, s01);
            x = FloatVector.broadcast(F, a[ao + DEPTH + q]);
            s10 = w0.fma(x, s10);
            s11 = w1.fma(x, s11);
            x = FloatVector.broadcast(F, a[ao + 2 * DEPTH + q]);
            s20 = w0.fma(x, s20);
            s21 = w1.fma(x, s21);
            x = FloatVector.broadcast(F, a[ao + 3 * DEPTH + q]);
            s30 = w0.fma(x, s30);
            s31 = w1.fma(x, s31);
        }
        s00.intoArray(t, to);
        s01.intoArray(t, to + LANES);
        s10.intoArray(t, to + COLUMNS);
        s11.intoArray(t, to + COLUMNS + LANES);
        s20.intoArray(t, to + 2 * COLUMNS);
        s21.intoArray(t, to + 2 * COLUMNS + LANES);
        s30.intoArray(t, to + 3 * COLUMNS);
        s31.intoArray(t, to + 3 * COLUMNS + LANES);
    }

    /**
     * {@code t[to + j] += sum over i < n of (int) f[fo + i * TILE + j]} for {@code j < COLUMNS}; C2 of JDK 17 has no instruction for that conversion.
     * A value is its fourth, rounded, four times, and a rest of at most 2. What the bits of the added constants are is taken off at the end.
     */
    private static void addWindows(float[] f, int fo, int n, int[] t, int to) {
        IntVector high0 = IntVector.zero(I);
        IntVector high1 = IntVector.zero(I);
        FloatVector low0 = FloatVector.broadcast(F, ONES);
        FloatVector low1 = FloatVector.broadcast(F, ONES);
        for (int i = 0, p = fo; i < n; i++, p += TILE) {
            FloatVector s = FloatVector.fromArray(F, f, p);
            FloatVector fours = s.add(FOURS);
            high0 = high0.add(fours.reinterpretAsInts());
            low0 = low0.add(s.sub(fours.sub(FOURS)));
            s = FloatVector.fromArray(F, f, p + LANES);
            fours = s.add(FOURS);
            high1 = high1.add(fours.reinterpretAsInts());
            low1 = low1.add(s.sub(fours.sub(FOURS)));
        }
        int offset = (n * FOURS_BITS << 2) + ONES_BITS;
        IntVector.fromArray(I, t, to).add(high0.lanewise(VectorOperators.LSHL, 2)).add(low0.reinterpretAsInts()).sub(offset).intoArray(t, to);
        IntVector.fromArray(I, t, to + LANES).add(high1.lanewise(VectorOperators.LSHL, 2)).add(low1.reinterpretAsInts()).sub(offset)
                .intoArray(t, to + LANES);
    }
}

package org.autoneural.sim.kernel.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.autoneural.ir.Tile32;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.SmallProduct;

/**
 * Integers in floats: a fused multiply-add of floats is one instruction where 32-bit integers take a slow multiplication and an addition.
 * A float holds every integer up to 2^24 exactly, and no sum here goes beyond, so nothing is ever rounded: the results are those of integers,
 * in whatever order and on whatever processor they are added.
 *
 * <p>As in {@link VectorKernels}, a loop has at most 8 products. The tile is too large a method to be inlined, so that C2 compiles it by itself.
 */
final class FloatProduct implements SmallProduct {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
    private static final int LANES = I.length();
    private static final int COLUMNS = 2 * LANES;
    private static final int DEPTH = KernelProvider.DEPTH;
    /** A float of this and a value below 2^22 has the value in its lowest bits. */
    private static final float ONES = 0x1.8p23f;
    /** A float of this and a value of at most 2^24 has a fourth of the value, rounded, in its lowest bits. */
    private static final float FOURS = 0x1.8p25f;
    /** What the bits of both are more than the value. */
    private static final int OFFSET = (Float.floatToRawIntBits(FOURS) << 2) + Float.floatToRawIntBits(ONES);

    private final float[] rows = new float[KernelProvider.BLOCK_ROWS * DEPTH];
    private final float[][] panel = new float[Tile32.ROWS / COLUMNS][DEPTH * COLUMNS];
    private final float[] tiles = new float[KernelProvider.BLOCK_ROWS * COLUMNS];

    @Override
    public void setRows(int[] a, int count, int depth) {
        for (int r = 0; r < count; r++) {
            floatsOfInts(a, r * DEPTH, (depth + LANES - 1) / LANES * LANES, rows);
        }
    }

    private static void floatsOfInts(int[] a, int at, int count, float[] f) {
        for (int i = at; i < at + count; i += LANES) {
            ((FloatVector) IntVector.fromArray(I, a, i).convertShape(VectorOperators.I2F, F, 0)).intoArray(f, i);
        }
    }

    @Override
    public void unpackBytes(byte[] words, int groups, int column) {
        for (int c = 0; c < Tile32.ROWS; c += LANES) {
            for (int j = 0; j < 4; j++) {
                bytesOfWords(words, 4 * c + j, groups, panel[(column + c) / COLUMNS], c % COLUMNS + j * COLUMNS);
            }
        }
    }

    /** The first byte of each four. */
    private static void bytesOfWords(byte[] words, int wo, int groups, float[] panel, int at) {
        for (int g = 0, p = wo, to = at; g < groups; g++, p += Tile32.GROUP_BYTES, to += 4 * COLUMNS) {
            IntVector w = ByteVector.fromArray(BYTES, words, p).reinterpretAsInts();
            IntVector v = w.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24);
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
    public void multiply(int columns, int count, int depth, int safe, int[][] sums, int column) {
        for (int c = 0; c < columns; c += COLUMNS) {
            for (int k = 0; k < depth; k += safe) {
                int end = Math.min(depth, k + safe);
                for (int r = 0; r < count; r += KernelProvider.ROWS) {
                    multiplyTile(panel[c / COLUMNS], k, end, rows, r * DEPTH, tiles, r * COLUMNS);
                }
                for (int r = 0; r < count; r++) {
                    addInts(tiles, r * COLUMNS, sums[r], column + c);
                }
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
     * {@code t[to + j] += (int) f[fo + j]} for {@code j < COLUMNS}; C2 of JDK 17 has no instruction for that conversion. A value is its fourth,
     * rounded, four times, and a rest of at most 2.
     */
    private static void addInts(float[] f, int fo, int[] t, int to) {
        for (int j = 0; j < COLUMNS; j += LANES) {
            FloatVector s = FloatVector.fromArray(F, f, fo + j);
            FloatVector fours = s.add(FOURS);
            IntVector high = fours.reinterpretAsInts().lanewise(VectorOperators.LSHL, 2);
            IntVector low = s.sub(fours.sub(FOURS)).add(ONES).reinterpretAsInts();
            IntVector.fromArray(I, t, to + j).add(high).add(low).sub(OFFSET).intoArray(t, to + j);
        }
    }
}

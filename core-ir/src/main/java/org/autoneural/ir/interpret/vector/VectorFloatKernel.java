package org.autoneural.ir.interpret.vector;

import static org.autoneural.ir.interpret.FastFloatMath.EXP_MAX;
import static org.autoneural.ir.interpret.FastFloatMath.EXP_MIN;
import static org.autoneural.ir.interpret.FastFloatMath.LN2_HIGH;
import static org.autoneural.ir.interpret.FastFloatMath.LN2_LOW;
import static org.autoneural.ir.interpret.FastFloatMath.LOG2_E;
import static org.autoneural.ir.interpret.FastFloatMath.ONE_BITS;
import static org.autoneural.ir.interpret.FastFloatMath.ROUND;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.autoneural.ir.interpret.FastFloatMath;
import org.autoneural.ir.interpret.FloatKernel;
import org.autoneural.ir.interpret.PlainFloatKernel;

/**
 * The loops of {@link PlainFloatKernel}, the same operations in the same order, by vectors. The rules for C2 are those of the performance notes 3.4: vectors never leave a method, at
 * most 16 multiply-adds a loop body.
 */
public final class VectorFloatKernel implements FloatKernel {
    // STEP divides COLUMNS and DOT_LANES for vectors of up to 512 bits.
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED.length() > 16
            ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = F.length();
    private static final int STEP = 4 * LANES;
    private static final int BLOCK = 2 * LANES;
    /** For what is left at the end. */
    private final FloatKernel plain = new PlainFloatKernel();

    @Override
    public void block(float[] a, int ao, int lda, int rows, float[][] panel, int depth, int columns, float[] y, int yo, int ldy) {
        for (int j = 0; j < columns; j += BLOCK) {
            int r = 0;
            for (; r + 6 <= rows; r += 6) {
                six(a, ao + r * lda, lda, panel, depth, j, y, yo + r * ldy + j, ldy);
            }
            for (; r < rows; r++) {
                one(a, ao + r * lda, panel, depth, j, y, yo + r * ldy + j);
            }
        }
    }

    /** Rows 0..5 of a, columns j .. j + BLOCK - 1 of the panel: 12 sums, two weights and a broadcast fit 16 registers. */
    private static void six(float[] a, int ao, int lda, float[][] panel, int depth, int j, float[] y, int yo, int ldy) {
        FloatVector c00 = FloatVector.fromArray(F, y, yo);
        FloatVector c01 = FloatVector.fromArray(F, y, yo + LANES);
        FloatVector c10 = FloatVector.fromArray(F, y, yo + ldy);
        FloatVector c11 = FloatVector.fromArray(F, y, yo + ldy + LANES);
        FloatVector c20 = FloatVector.fromArray(F, y, yo + 2 * ldy);
        FloatVector c21 = FloatVector.fromArray(F, y, yo + 2 * ldy + LANES);
        FloatVector c30 = FloatVector.fromArray(F, y, yo + 3 * ldy);
        FloatVector c31 = FloatVector.fromArray(F, y, yo + 3 * ldy + LANES);
        FloatVector c40 = FloatVector.fromArray(F, y, yo + 4 * ldy);
        FloatVector c41 = FloatVector.fromArray(F, y, yo + 4 * ldy + LANES);
        FloatVector c50 = FloatVector.fromArray(F, y, yo + 5 * ldy);
        FloatVector c51 = FloatVector.fromArray(F, y, yo + 5 * ldy + LANES);
        int a1 = ao + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        int a4 = a3 + lda;
        int a5 = a4 + lda;
        for (int k = 0; k < depth; k++) {
            float[] p = panel[k];
            FloatVector w0 = FloatVector.fromArray(F, p, j);
            FloatVector w1 = FloatVector.fromArray(F, p, j + LANES);
            FloatVector x = FloatVector.broadcast(F, a[ao + k]);
            c00 = w0.fma(x, c00);
            c01 = w1.fma(x, c01);
            x = FloatVector.broadcast(F, a[a1 + k]);
            c10 = w0.fma(x, c10);
            c11 = w1.fma(x, c11);
            x = FloatVector.broadcast(F, a[a2 + k]);
            c20 = w0.fma(x, c20);
            c21 = w1.fma(x, c21);
            x = FloatVector.broadcast(F, a[a3 + k]);
            c30 = w0.fma(x, c30);
            c31 = w1.fma(x, c31);
            x = FloatVector.broadcast(F, a[a4 + k]);
            c40 = w0.fma(x, c40);
            c41 = w1.fma(x, c41);
            x = FloatVector.broadcast(F, a[a5 + k]);
            c50 = w0.fma(x, c50);
            c51 = w1.fma(x, c51);
        }
        c00.intoArray(y, yo);
        c01.intoArray(y, yo + LANES);
        c10.intoArray(y, yo + ldy);
        c11.intoArray(y, yo + ldy + LANES);
        c20.intoArray(y, yo + 2 * ldy);
        c21.intoArray(y, yo + 2 * ldy + LANES);
        c30.intoArray(y, yo + 3 * ldy);
        c31.intoArray(y, yo + 3 * ldy + LANES);
        c40.intoArray(y, yo + 4 * ldy);
        c41.intoArray(y, yo + 4 * ldy + LANES);
        c50.intoArray(y, yo + 5 * ldy);
        c51.intoArray(y, yo + 5 * ldy + LANES);
    }

    private static void one(float[] a, int ao, float[][] panel, int depth, int j, float[] y, int yo) {
        FloatVector c0 = FloatVector.fromArray(F, y, yo);
        FloatVector c1 = FloatVector.fromArray(F, y, yo + LANES);
        for (int k = 0; k < depth; k++) {
            float[] p = panel[k];
            FloatVector x = FloatVector.broadcast(F, a[ao + k]);
            c0 = FloatVector.fromArray(F, p, j).fma(x, c0);
            c1 = FloatVector.fromArray(F, p, j + LANES).fma(x, c1);
        }
        c0.intoArray(y, yo);
        c1.intoArray(y, yo + LANES);
    }

    @Override
    public float dot(float[] a, int ao, float[] b, int n) {
        if (8 * LANES == DOT_LANES && n % DOT_LANES == 0) {
            return wholeDot(a, ao, b, n);
        }
        float[] sums = new float[DOT_LANES];
        int whole = n / DOT_LANES * DOT_LANES;
        for (int lane = 0; lane < DOT_LANES; lane += STEP) {
            partialSums(a, ao, b, whole, lane, sums);
        }
        for (int i = whole; i < n; i++) {
            sums[i - whole] = Math.fma(a[ao + i], b[i], sums[i - whole]);
        }
        return fold(sums);
    }

    /** All partial sums in eight vectors, folded where they are: short dot products spend most of their time in the fold. */
    private static float wholeDot(float[] a, int ao, float[] b, int n) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int i = 0; i < n; i += DOT_LANES) {
            s0 = FloatVector.fromArray(F, a, ao + i).fma(FloatVector.fromArray(F, b, i), s0);
            s1 = FloatVector.fromArray(F, a, ao + i + LANES).fma(FloatVector.fromArray(F, b, i + LANES), s1);
            s2 = FloatVector.fromArray(F, a, ao + i + 2 * LANES).fma(FloatVector.fromArray(F, b, i + 2 * LANES), s2);
            s3 = FloatVector.fromArray(F, a, ao + i + 3 * LANES).fma(FloatVector.fromArray(F, b, i + 3 * LANES), s3);
            s4 = FloatVector.fromArray(F, a, ao + i + 4 * LANES).fma(FloatVector.fromArray(F, b, i + 4 * LANES), s4);
            s5 = FloatVector.fromArray(F, a, ao + i + 5 * LANES).fma(FloatVector.fromArray(F, b, i + 5 * LANES), s5);
            s6 = FloatVector.fromArray(F, a, ao + i + 6 * LANES).fma(FloatVector.fromArray(F, b, i + 6 * LANES), s6);
            s7 = FloatVector.fromArray(F, a, ao + i + 7 * LANES).fma(FloatVector.fromArray(F, b, i + 7 * LANES), s7);
        }
        float[] sums = new float[LANES];
        s0.add(s4).add(s2.add(s6)).add(s1.add(s5).add(s3.add(s7))).intoArray(sums, 0);
        return FastFloatMath.fold(sums, LANES);
    }

    /** {@link FastFloatMath#fold} of {@link #DOT_LANES}, by vectors as far as they reach. */
    private static float fold(float[] sums) {
        for (int half = DOT_LANES / 2; half >= LANES; half /= 2) {
            for (int i = 0; i < half; i += LANES) {
                FloatVector.fromArray(F, sums, i).add(FloatVector.fromArray(F, sums, i + half)).intoArray(sums, i);
            }
        }
        return FastFloatMath.fold(sums, LANES);
    }

    /** Partial sums {@code lane .. lane + STEP - 1} over the first {@code whole} elements. */
    private static void partialSums(float[] a, int ao, float[] b, int whole, int lane, float[] sums) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = lane; i < whole; i += DOT_LANES) {
            s0 = FloatVector.fromArray(F, a, ao + i).fma(FloatVector.fromArray(F, b, i), s0);
            s1 = FloatVector.fromArray(F, a, ao + i + LANES).fma(FloatVector.fromArray(F, b, i + LANES), s1);
            s2 = FloatVector.fromArray(F, a, ao + i + 2 * LANES).fma(FloatVector.fromArray(F, b, i + 2 * LANES), s2);
            s3 = FloatVector.fromArray(F, a, ao + i + 3 * LANES).fma(FloatVector.fromArray(F, b, i + 3 * LANES), s3);
        }
        s0.intoArray(sums, lane);
        s1.intoArray(sums, lane + LANES);
        s2.intoArray(sums, lane + 2 * LANES);
        s3.intoArray(sums, lane + 3 * LANES);
    }

    @Override
    public void gate(float[] x, int from, int to, float a, float b, float[] y) {
        int i = from;
        for (; i <= to - LANES; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            FloatVector t = v.mul(v).mul(-b).add(-a).mul(v).max(EXP_MIN).min(EXP_MAX);
            FloatVector shifted = t.mul(LOG2_E).add(ROUND);
            FloatVector n = shifted.sub(ROUND);
            FloatVector r = t.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
            FloatVector p = r.mul(1f / 5040).add(1f / 720);
            p = p.mul(r).add(1f / 120);
            p = p.mul(r).add(1f / 24);
            p = p.mul(r).add(1f / 6);
            p = p.mul(r).add(0.5f);
            p = p.mul(r).mul(r).add(r).add(1f);
            FloatVector e = p.mul(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats());
            v.div(e.add(1f)).intoArray(y, i);
        }
        plain.gate(x, i, to, a, b, y);
    }

    @Override
    public void exponentials(float[] x, int from, int to, float max, float[] y) {
        int i = from;
        for (; i <= to - LANES; i += LANES) {
            FloatVector t = FloatVector.fromArray(F, x, i).sub(max).max(EXP_MIN);
            FloatVector shifted = t.mul(LOG2_E).add(ROUND);
            FloatVector n = shifted.sub(ROUND);
            FloatVector r = t.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
            FloatVector p = r.mul(1f / 5040).add(1f / 720);
            p = p.mul(r).add(1f / 120);
            p = p.mul(r).add(1f / 24);
            p = p.mul(r).add(1f / 6);
            p = p.mul(r).add(0.5f);
            p = p.mul(r).mul(r).add(r).add(1f);
            p.mul(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(ONE_BITS).reinterpretAsFloats()).intoArray(y, i);
        }
        plain.exponentials(x, i, to, max, y);
    }
}

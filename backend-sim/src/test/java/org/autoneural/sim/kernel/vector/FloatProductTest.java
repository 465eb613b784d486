package org.autoneural.sim.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.autoneural.ir.Tile32;
import org.autoneural.sim.kernel.PanelProduct;
import org.junit.jupiter.api.Test;

/** Sums up to the last integer that a float holds, against sums of 64 bits. */
class FloatProductTest {
    private static final int DEPTH = PanelProduct.DEPTH;
    private static final int PART = PanelProduct.PART;

    @Test
    void sumsOfGreatestProductsAreExact() {
        for (int x : new int[] {Short.MIN_VALUE, Short.MAX_VALUE, 1 - Short.MAX_VALUE}) {
            for (int w : new int[] {-8, 7}) {
                nibbles("x " + x + ", w " + w, q -> x, () -> w, DEPTH);
            }
            for (int w : new int[] {-128, 127}) {
                bytes("x " + x + ", w " + w, q -> x, () -> w, 0, DEPTH);
                bytes("x " + x + ", w " + w + " - 127", q -> x, () -> w, 127, DEPTH - 1);
                bytes("x " + x + ", w " + w + " + 128", q -> x, () -> w, -128, DEPTH - 3);
            }
        }
    }

    /** A window may sum up to 2^24 exactly; one more in any place of it must go to the next. */
    @Test
    void windowsAtTheirBoundAndOneBeyondAreExact() {
        int whole = FloatProduct.MAX_SUM / 128 / (2 * PART);
        for (int at = 0; at < 2 * PART; at++) {
            for (int more = -1; more <= 1; more++) {
                int place = at;
                int d = more;
                bytes("value " + at + " of 32 is " + (whole + more), q -> q % (2 * PART) == place ? whole + d : whole, () -> -128, 0, DEPTH);
            }
        }
    }

    /** An odd sum above 2^24 is what a float cannot hold. */
    @Test
    void oddSumsAreExact() {
        bytes("odd", q -> 2047 + q % 2 * 2, () -> 127, 0, DEPTH);
        bytes("one great value", q -> q == 77 ? Short.MAX_VALUE : 1, () -> 127, 0, DEPTH);
        bytes("great values in one part", q -> q / PART == 3 ? Short.MIN_VALUE + q % PART : 1, () -> 127, 0, DEPTH);
    }

    /** Of every greatest magnitude, so that windows have every length. */
    @Test
    void randomProductsAreExact() {
        for (int seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            int bits = 1 + seed % 16;
            int depth = 1 + random.nextInt(DEPTH);
            double spread = random.nextBoolean() ? (1 << bits) / 4.0 : 1 << 20;
            IntUnaryOperator x = q -> clamp(random.nextGaussian() * spread, -1 << bits - 1, (1 << bits - 1) - 1);
            if (seed % 3 == 0) {
                nibbles("seed " + seed, x, () -> random.nextInt(16) - 8, depth);
            } else {
                bytes("seed " + seed, x, () -> clamp(random.nextGaussian() * 40, -128, 127), seed % 3 == 1 ? 0 : random.nextInt(256) - 128, depth);
            }
        }
    }

    private static int clamp(double value, int min, int max) {
        return (int) Math.max(min, Math.min(max, Math.rint(value)));
    }

    private static void nibbles(String what, IntUnaryOperator activation, IntSupplier weight, int depth) {
        check(what, true, activation, weight, 0, depth);
    }

    private static void bytes(String what, IntUnaryOperator activation, IntSupplier weight, int zero, int depth) {
        check(what, false, activation, weight, zero, depth);
    }

    /** 6 rows, so that a tile of rows is not full; {@code activation} of the summed index. */
    private static void check(String what, boolean nibbles, IntUnaryOperator activation, IntSupplier weight, int zero, int depth) {
        assumeTrue(VectorKernels.isUsable(), "vectors of this processor have no width that the loops are written for");
        int rows = 6;
        int perGroup = nibbles ? 8 : 4;
        int groups = (depth + perGroup - 1) / perGroup;
        int[][] a = new int[rows][DEPTH];
        for (int r = 0; r < rows; r++) {
            for (int q = 0; q < depth; q++) {
                a[r][q] = activation.applyAsInt(q);
            }
        }
        byte[] words = new byte[DEPTH * Tile32.ROWS + 4];
        int[][] w = new int[groups * perGroup][Tile32.ROWS];
        for (int k = 0; k < w.length; k++) {
            for (int c = 0; c < Tile32.ROWS; c++) {
                int value = weight.getAsInt();
                w[k][c] = value - zero;
                int at = k / perGroup * Tile32.GROUP_BYTES + 4 * c + k % 4;
                words[at] |= (byte) (nibbles ? value + Tile32.BIAS_4 << k % 8 / 4 * 4 : value);
            }
        }
        PanelProduct product = new FloatProduct();
        for (int r = 0; r < rows; r++) {
            product.setRow(r, a[r], depth);
        }
        long bound = nibbles ? 8 : 128 + Math.abs(zero);
        long greatest = Stream.of(a).mapToLong(row -> IntStream.of(row).map(Math::abs).sum()).max().orElseThrow();
        assertThat(product.bound(rows, depth, bound)).as("magnitude of sums, %s", what).isEqualTo(greatest * bound);
        if (nibbles) {
            product.unpackNibbles(words, groups, 0);
        } else {
            product.unpackBytes(words, groups, zero, 0);
        }
        int[][] sums = new int[PanelProduct.BLOCK_ROWS][Tile32.ROWS];
        product.multiply(Tile32.ROWS, sums, 0);
        for (int r = 0; r < rows; r++) {
            int[] expected = new int[Tile32.ROWS];
            for (int c = 0; c < Tile32.ROWS; c++) {
                long sum = 0;
                for (int k = 0; k < depth; k++) {
                    sum += (long) a[r][k] * w[k][c];
                }
                expected[c] = (int) sum;
            }
            assertThat(sums[r]).as("row %d, %s", r, what).isEqualTo(expected);
        }
    }
}

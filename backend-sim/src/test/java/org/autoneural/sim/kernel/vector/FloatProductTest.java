package org.autoneural.sim.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import java.util.function.IntSupplier;
import org.autoneural.ir.Tile32;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.SmallProduct;
import org.junit.jupiter.api.Test;

/** Sums up to the last integer that a float holds, on a seed of its own for each case. */
class FloatProductTest {
    private static final int DEPTH = KernelProvider.DEPTH;

    @Test
    void sumsOfGreatestProductsAreExact() {
        for (int x : new int[] {Short.MIN_VALUE, Short.MAX_VALUE, 1 - Short.MAX_VALUE}) {
            for (int w : new int[] {-8, 7}) {
                check("x " + x + ", w " + w, true, () -> x, () -> w, DEPTH, SmallProduct.MAX_SUM / (8 << 15));
            }
        }
    }

    @Test
    void randomNibblesAreExact() {
        Random random = new Random(41);
        check("seed 41", true, () -> random.nextInt(1 << 16) + Short.MIN_VALUE, () -> random.nextInt(16) - 8, 208, 64);
    }

    @Test
    void randomBytesAreExact() {
        Random random = new Random(43);
        check("seed 43", false, () -> random.nextInt(511) - 255, () -> random.nextInt(256) - 128, 250, DEPTH);
    }

    /** 6 rows, so that a tile of rows is not full. */
    private static void check(String what, boolean nibbles, IntSupplier activation, IntSupplier weight, int depth, int safe) {
        assumeTrue(VectorKernels.isUsable(), "vectors of this processor have no width that the loops are written for");
        int rows = 6;
        int perGroup = nibbles ? 8 : 4;
        int groups = (depth + perGroup - 1) / perGroup;
        int[] a = new int[KernelProvider.BLOCK_ROWS * DEPTH];
        for (int i = 0; i < rows * DEPTH; i++) {
            a[i] = activation.getAsInt();
        }
        byte[] words = new byte[DEPTH * Tile32.ROWS + 4];
        int[][] w = new int[groups * perGroup][Tile32.ROWS];
        for (int k = 0; k < w.length; k++) {
            for (int c = 0; c < Tile32.ROWS; c++) {
                w[k][c] = weight.getAsInt();
                int at = k / perGroup * Tile32.GROUP_BYTES + 4 * c + k % 4;
                words[at] |= (byte) (nibbles ? w[k][c] + Tile32.BIAS_4 << k % 8 / 4 * 4 : w[k][c]);
            }
        }
        SmallProduct product = new FloatProduct();
        product.setRows(a, rows, depth);
        if (nibbles) {
            product.unpackNibbles(words, groups, 0);
        } else {
            product.unpackBytes(words, groups, 0);
        }
        int[][] sums = new int[KernelProvider.BLOCK_ROWS][Tile32.ROWS];
        product.multiply(Tile32.ROWS, rows, depth, safe, sums, 0);
        for (int r = 0; r < rows; r++) {
            int[] expected = new int[Tile32.ROWS];
            for (int k = 0; k < depth; k++) {
                for (int c = 0; c < Tile32.ROWS; c++) {
                    expected[c] += a[r * DEPTH + k] * w[k][c];
                }
            }
            assertThat(sums[r]).as("row %d, %s", r, what).isEqualTo(expected);
        }
    }
}

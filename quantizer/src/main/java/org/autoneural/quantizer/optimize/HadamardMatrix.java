package org.autoneural.quantizer.optimize;

import java.util.Optional;

/**
 * An orthogonal matrix of entries {@code +-1/sqrt(n)}: a Hadamard matrix with the signs of its columns drawn from a fixed
 * sequence. Of order {@code 2^k}, {@code 12 * 2^k} or {@code 20 * 2^k} (Sylvester's and Paley's constructions).
 */
final class HadamardMatrix {
    private static final int[] PALEY_PRIMES = {11, 19};

    private final int order;
    /** Dense factor, [m, m]; 1x1 for a power of two. */
    private final int[][] outer;
    private final boolean[] negative;

    private HadamardMatrix(int order, int[][] outer) {
        this.order = order;
        this.outer = outer;
        this.negative = new boolean[order];
        long state = 0x9E3779B97F4A7C15L;
        for (int i = 0; i < order; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            negative[i] = state < 0;
        }
    }

    /** The matrix of that order; empty when there is no construction for it here. */
    static Optional<HadamardMatrix> of(int order) {
        if (Integer.bitCount(order) == 1) {
            return Optional.of(new HadamardMatrix(order, new int[][] {{1}}));
        }
        for (int q : PALEY_PRIMES) {
            if (order % (q + 1) == 0 && Integer.bitCount(order / (q + 1)) == 1) {
                return Optional.of(new HadamardMatrix(order, paley(q)));
            }
        }
        return Optional.empty();
    }

    /** I + S for a prime q that leaves 3 divided by 4. */
    private static int[][] paley(int q) {
        boolean[] square = new boolean[q];
        for (int i = 1; i < q; i++) {
            square[i * i % q] = true;
        }
        int[][] h = new int[q + 1][q + 1];
        for (int i = 0; i <= q; i++) {
            for (int j = 0; j <= q; j++) {
                int s = i == 0 ? 1 : j == 0 ? -1 : square[Math.floorMod(i - j, q)] ? 1 : -1;
                h[i][j] = i == j ? 1 : s;
            }
        }
        return h;
    }

    /** Replaces x by the matrix times x. */
    void apply(double[] x) {
        for (int i = 0; i < order; i++) {
            x[i] = negative[i] ? -x[i] : x[i];
        }
        int m = outer.length;
        int inner = order / m;
        for (int step = 1; step < inner; step *= 2) {
            for (int block = 0; block < order; block += 2 * step) {
                for (int i = block; i < block + step; i++) {
                    double a = x[i];
                    double b = x[i + step];
                    x[i] = a + b;
                    x[i + step] = a - b;
                }
            }
        }
        double norm = 1 / Math.sqrt(order);
        double[] column = new double[m];
        for (int i = 0; i < inner; i++) {
            for (int o = 0; o < m; o++) {
                column[o] = x[o * inner + i];
            }
            for (int o = 0; o < m; o++) {
                double sum = 0;
                for (int k = 0; k < m; k++) {
                    sum += outer[o][k] * column[k];
                }
                x[o * inner + i] = sum * norm;
            }
        }
    }
}

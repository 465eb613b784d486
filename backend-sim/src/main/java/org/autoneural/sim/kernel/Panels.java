package org.autoneural.sim.kernel;

/** Brings operands into the order [depth, columns] of {@link KernelProvider#tile}. */
final class Panels {
    private Panels() {
    }

    /** {@code panel[po + k * columns + r] = w[wo + r * ldw + k]} for {@code r < rows <= 4}, k < depth. */
    static void transpose(byte[] w, int wo, int ldw, int rows, int depth, byte[] panel, int po, int columns) {
        if (rows == 4) {
            int w1 = wo + ldw;
            int w2 = w1 + ldw;
            int w3 = w2 + ldw;
            for (int k = 0, p = po; k < depth; k++, p += columns) {
                panel[p] = w[wo + k];
                panel[p + 1] = w[w1 + k];
                panel[p + 2] = w[w2 + k];
                panel[p + 3] = w[w3 + k];
            }
        } else {
            for (int r = 0; r < rows; r++) {
                for (int k = 0, p = po + r; k < depth; k++, p += columns) {
                    panel[p] = w[wo + r * ldw + k];
                }
            }
        }
    }
}

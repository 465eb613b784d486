package org.autoneural.sim.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Brings operands into the order [depth, columns] of {@link KernelProvider#tile}. Four columns are written at once. */
final class Panels {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SIGNS = 0x8080_8080;

    private Panels() {
    }

    /** {@code panel[po + k * columns + r] = w[wo + r * ldw + k]} for {@code r < rows <= 4}, k < depth. */
    static void transpose(byte[] w, int wo, int ldw, int rows, int depth, byte[] panel, int po, int columns) {
        if (rows < KernelProvider.ROWS) {
            for (int r = 0; r < rows; r++) {
                for (int k = 0, p = po + r; k < depth; k++, p += columns) {
                    panel[p] = w[wo + r * ldw + k];
                }
            }
            return;
        }
        int w1 = wo + ldw;
        int w2 = w1 + ldw;
        int w3 = w2 + ldw;
        for (int k = 0, p = po; k < depth; k++, p += columns) {
            INT.set(panel, p, four(w[wo + k], w[w1 + k], w[w2 + k], w[w3 + k]));
        }
    }

    /**
     * The same for four rows of 4-bit weights, two in a byte:
     * {@code panel[po + k * columns + r]} is the signed nibble k of the row at {@code w[wo + r * ldw]}, k < 2 * pairs.
     */
    static void transposePairs(byte[] w, int wo, int ldw, int pairs, byte[] panel, int po, int columns) {
        int w1 = wo + ldw;
        int w2 = w1 + ldw;
        int w3 = w2 + ldw;
        for (int k = 0, p = po; k < pairs; k++, p += 2 * columns) {
            int four = four(w[wo + k], w[w1 + k], w[w2 + k], w[w3 + k]);
            INT.set(panel, p, signed(four & 0x0F0F_0F0F));
            INT.set(panel, p + columns, signed(four >>> 4 & 0x0F0F_0F0F));
        }
    }

    private static int four(byte a, byte b, byte c, byte d) {
        return (a & 0xFF) | (b & 0xFF) << 8 | (c & 0xFF) << 16 | d << 24;
    }

    /** Four bytes of 0..15 as signed 4-bit numbers: {@code (v ^ 8) - 8} in each byte, the borrow kept out of its neighbour. */
    private static int signed(int nibbles) {
        int v = nibbles ^ 0x0808_0808;
        return ((v | SIGNS) - 0x0808_0808) ^ SIGNS;
    }
}

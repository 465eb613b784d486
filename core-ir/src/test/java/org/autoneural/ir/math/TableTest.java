package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void interpolationIsExactForEveryInputOfEverySize() {
        long seed = 51;
        SplittableRandom random = new SplittableRandom(seed);
        for (int log2 = 8; log2 <= 12; log2++) {
            short[] table = new short[(1 << log2) + 1];
            for (int i = 0; i < table.length; i++) {
                // the steepest slopes, then random ones
                table[i] = (short) (i < 20 ? (i % 2 == 0 ? -32768 : 32767) : random.nextInt());
            }
            int k = 16 - log2;
            assertThat(Table.fractionBits(table)).isEqualTo(k);
            short[] x = new short[65536];
            short[] y = new short[65536];
            for (int q = -32768; q <= 32767; q++) {
                x[q + 32768] = (short) q;
            }
            Table.row(x, 0, x.length, table, y, 0);
            for (int u = 0; u < 65536; u++) {
                long from = table[u >> k];
                long to = table[(u >> k) + 1];
                long f = u & ((1 << k) - 1);
                long expected = from + Math.floorDiv((to - from) * f * 2 + (1L << k), 2L << k);
                if (y[u] != expected || y[u] < Math.min(from, to) || y[u] > Math.max(from, to)) {
                    throw new AssertionError("seed " + seed + ", " + table.length + " entries, input " + (u - 32768) + ": " + y[u]
                            + ", expected " + expected);
                }
            }
        }
    }

    @Test
    void eightBitLookupTakesTheEntryOfTheValue() {
        byte[] table = new byte[256];
        byte[] x = new byte[256];
        for (int i = 0; i < 256; i++) {
            table[i] = (byte) (3 * i);
            x[i] = (byte) (i - 128);
        }
        byte[] y = new byte[258];
        Table.row(x, 0, 256, table, y, 2);
        for (int i = 0; i < 256; i++) {
            assertThat(y[i + 2]).isEqualTo((byte) (3 * i)).isEqualTo(Table.lookup8(table, i - 128));
        }
    }

    @Test
    void refusesTablesOfOtherSizes() {
        for (int size : new int[] {0, 1, 2, 128, 129, 256, 512, 514, 8193}) {
            assertThatThrownBy(() -> Table.fractionBits(new short[size])).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(size + " entries");
        }
    }
}

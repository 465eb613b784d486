package org.autoneural.ir.math;

/**
 * Functions of one variable as tables: 256 entries for 8 bits, 2^b + 1 entries with linear interpolation for 16 bits.
 *
 * <p>Source: TOSA 1.0 TABLE and the rounded interpolation of TFLite; {@code docs/integer-semantics.md}, section 3.
 */
public final class Table {
    /** Entries of an 8-bit table. */
    public static final int ENTRIES_8 = 256;
    /** Least b of a 16-bit table of 2^b + 1 entries. */
    public static final int MIN_LOG2_ENTRIES_16 = 8;
    /** Greatest b of a 16-bit table of 2^b + 1 entries. */
    public static final int MAX_LOG2_ENTRIES_16 = 12;

    private Table() {
    }

    /**
     * Fraction bits of the index into a 16-bit table: {@code 16 - b} for 2^b + 1 entries.
     *
     * @throws IllegalArgumentException for any other number of entries
     */
    public static int fractionBits(short[] table) {
        int steps = table.length - 1;
        int log2 = 31 - Integer.numberOfLeadingZeros(Math.max(1, steps));
        if (steps != 1 << log2 || log2 < MIN_LOG2_ENTRIES_16 || log2 > MAX_LOG2_ENTRIES_16) {
            throw new IllegalArgumentException("a 16-bit table has " + table.length + " entries (allowed: 2^b + 1 with b from "
                    + MIN_LOG2_ENTRIES_16 + " to " + MAX_LOG2_ENTRIES_16 + ")");
        }
        return 16 - log2;
    }

    /** {@code T[q + 128]}. */
    public static byte lookup8(byte[] table, int q) {
        return table[q + 128];
    }

    /**
     * {@code T[i] + (((T[i+1] - T[i]) * f + 2^(k-1)) >> k)} with {@code i = (q + 32768) >> k} and f the k low bits below.
     * The result lies between the two entries.
     *
     * @param q s16
     * @param fractionBits k, from {@link #fractionBits}
     */
    public static short lookup16(short[] table, int q, int fractionBits) {
        int u = q + 32768;
        int i = u >> fractionBits;
        int f = u & ((1 << fractionBits) - 1);
        int from = table[i];
        // |slope * f| < 2^16 * 2^8
        return (short) (from + (((table[i + 1] - from) * f + (1 << (fractionBits - 1))) >> fractionBits));
    }

    /** {@link #lookup8} over n values: x, y: [n] s8. x and y may be the same place. */
    public static void row(byte[] x, int xo, int n, byte[] table, byte[] y, int yo) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = table[x[xo + i] + 128];
        }
    }

    /** {@link #lookup16} over n values: x, y: [n] s16. x and y may be the same place. */
    public static void row(short[] x, int xo, int n, short[] table, short[] y, int yo) {
        int fractionBits = fractionBits(table);
        for (int i = 0; i < n; i++) {
            y[yo + i] = lookup16(table, x[xo + i], fractionBits);
        }
    }
}

package org.autoneural.ir.math;

import java.math.BigInteger;

/**
 * {@code 2^-y} for y of 0 or more, by range reduction: the whole part of y is a shift, the fraction a table of 257 entries
 * with linear interpolation.
 *
 * <p>Error before the shift: relative 1e-6; the shift rounds half up, to a multiple of 2^-30. Above y = 31 the result is exactly 0,
 * so that a sum over many far-away keys gains nothing from them.
 */
public final class Exp2 {
    /** Fraction bits of the argument. */
    public static final int ARGUMENT_BITS = 16;
    /** Fraction bits of the result. */
    public static final int RESULT_BITS = 30;

    /** Above this argument (31 in Q16) the result is 0. */
    private static final long LAST = 31L << ARGUMENT_BITS;

    // [257] s32: round(2^(30 - i/256)).
    private static final int[] TABLE = table();

    private Exp2() {
    }

    /**
     * {@code 2^-y}.
     *
     * @param y Q16, 0 or more
     * @return Q30, in [0, 2^30]
     */
    public static int negative(long y) {
        if (y > LAST) {
            return 0;
        }
        int k = (int) y >> 16;
        int i = (int) y >> 8 & 255;
        int f = (int) y & 255;
        int from = TABLE[i];
        // Neighbours differ by less than 2^22, so the product has 30 bits.
        int v = from - (((from - TABLE[i + 1]) * f + 128) >> 8);
        // One shift that also rounds: v * 2 * 2^-k, plus 1, halved. k = 0 gives v. 32-bit unsigned: 2 * v <= 2^31.
        return ((v << 1 >>> k) + 1) >>> 1;
    }

    /** Entry i of the table, {@code round(2^(30 - i/256))}, 0 to 256: for kernels that gather from a copy of their own. */
    public static int entry(int i) {
        return TABLE[i];
    }

    // Integer square roots only: 2^-1/256 with 128 fraction bits, then its powers. A test checks each entry by exact powers.
    private static int[] table() {
        int precision = 128;
        BigInteger step = BigInteger.ONE.shiftLeft(precision - 1);
        for (int i = 0; i < 8; i++) {
            step = step.shiftLeft(precision).sqrt();
        }
        int[] table = new int[257];
        BigInteger power = BigInteger.ONE.shiftLeft(precision);
        for (int i = 0; i < table.length; i++) {
            table[i] = power.shiftRight(precision - RESULT_BITS - 1).add(BigInteger.ONE).shiftRight(1).intValueExact();
            power = power.multiply(step).shiftRight(precision);
        }
        return table;
    }
}

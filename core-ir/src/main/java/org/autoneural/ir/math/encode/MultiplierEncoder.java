package org.autoneural.ir.math.encode;

import org.autoneural.ir.math.Rescale;

/**
 * Real ratios to fixed point. With {@code ratio = f * 2^e}, f in [1/2, 1): {@code m = round(f * 2^31)}, {@code n = 31 - e},
 * so m lies in [2^30, 2^31). A ratio below 2^-31 would need a shift above 62; its m shrinks instead (down to 0), so that
 * {@code |m * 2^-n - ratio| <= 2^-63} still holds. Ratios of 1 and more have shifts of 30 and less.
 *
 * <p>Source: gemmlowp quantized multipliers; {@code docs/integer-semantics.md}, section 2.
 */
public final class MultiplierEncoder {
    /** Ratios must lie below this, 2^30: a shift of 1 or more is left. */
    public static final double LIMIT = 1L << 30;
    /** Ratios for 15-bit multipliers must lie below this, 2^14. */
    public static final double LIMIT_15 = 1 << 14;

    private MultiplierEncoder() {
    }

    /**
     * A 31-bit multiplier; relative error at most 2^-31 for ratios of 2^-31 and more.
     *
     * @throws IllegalArgumentException for a ratio that is not a number, not positive, or not below 2^30
     */
    public static Multiplier encode(double ratio) {
        require("the ratio", ratio, LIMIT);
        int shift = 31 - exponent(ratio);
        long m = mantissa(ratio, shift);
        if (m == 1L << 31) {
            m >>= 1;
            shift--;
        }
        if (shift < 1) {
            // Just below the limit, and rounded up to it.
            return new Multiplier(Integer.MAX_VALUE, 1);
        }
        return shift <= Rescale.MAX_SHIFT
                ? new Multiplier((int) m, shift)
                : new Multiplier((int) mantissa(ratio, Rescale.MAX_SHIFT), Rescale.MAX_SHIFT);
    }

    /**
     * A 15-bit multiplier, rounded from the 31-bit one and capped at 32767; relative error at most 2^-15 + 2^-31.
     *
     * @throws IllegalArgumentException for a ratio that is not a number, not positive, or not below 2^14
     */
    public static Multiplier encode15(double ratio) {
        require("the ratio", ratio, LIMIT_15);
        int shift31 = 31 - exponent(ratio);
        long m31 = mantissa(ratio, shift31);
        if (m31 == 1L << 31) {
            m31 >>= 1;
            shift31--;
        }
        int shift = shift31 - 16;
        if (shift < 1) {
            return new Multiplier(Short.MAX_VALUE, 1);
        }
        return shift <= Rescale.MAX_SHIFT
                ? new Multiplier((int) Math.min(Short.MAX_VALUE, (m31 + (1 << 15)) >> 16), shift)
                : new Multiplier((int) mantissa(ratio, Rescale.MAX_SHIFT), Rescale.MAX_SHIFT);
    }

    /**
     * Two ratios with the shift of the greater one, whose multiplier has 31 bits; the lesser has the same absolute error,
     * at most 2^-(shift + 1).
     */
    public static MultiplierPair encodePair(double ratioA, double ratioB) {
        require("the first ratio", ratioA, LIMIT);
        require("the second ratio", ratioB, LIMIT);
        int shift = encode(Math.max(ratioA, ratioB)).shift();
        return new MultiplierPair((int) Math.min(Integer.MAX_VALUE, mantissa(ratioA, shift)),
                (int) Math.min(Integer.MAX_VALUE, mantissa(ratioB, shift)), shift);
    }

    /** {@link #encode} for each channel; an error names the channel. */
    public static ChannelMultipliers encodeChannels(double[] ratios) {
        int[] multiplier = new int[ratios.length];
        int[] shift = new int[ratios.length];
        for (int c = 0; c < ratios.length; c++) {
            require("the ratio of channel " + c, ratios[c], LIMIT);
            Multiplier encoded = encode(ratios[c]);
            multiplier[c] = encoded.multiplier();
            shift[c] = encoded.shift();
        }
        return new ChannelMultipliers(multiplier, shift);
    }

    // e of ratio = f * 2^e with f in [1/2, 1); for subnormal numbers any e of -1021 or less serves, the shift being capped.
    private static int exponent(double ratio) {
        return Math.getExponent(ratio) + 1;
    }

    // round(ratio * 2^shift): the scaling is exact or underflows to 0, the rounding is half up.
    private static long mantissa(double ratio, int shift) {
        return Math.round(StrictMath.scalb(ratio, shift));
    }

    private static void require(String what, double ratio, double limit) {
        if (!(ratio > 0) || ratio >= limit) {
            throw new IllegalArgumentException(what + " of scales is " + ratio + " (allowed: above 0, below " + (long) limit
                    + "); check the scales it was made from");
        }
    }
}

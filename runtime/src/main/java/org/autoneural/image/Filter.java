package org.autoneural.image;

import java.math.BigInteger;

/**
 * Interpolation filters, as exact fractions: the weight at distance {@code n / d} is {@code weight(n, d) / (2 d^3)}.
 *
 * <p>The numbers are those of {@code resample} in {@code preprocessor_config.json}.
 */
public enum Filter {
    /** Triangle of half width 1. */
    BILINEAR(2, 1) {
        @Override
        BigInteger weight(long n, long d) {
            // 1 - t = (d - n) / d
            return n >= d ? BigInteger.ZERO : BigInteger.valueOf(2 * (d - n)).multiply(square(d));
        }
    },

    /** Keys' cubic convolution with a = -1/2, half width 2 (R. Keys, 1981). */
    BICUBIC(3, 2) {
        @Override
        BigInteger weight(long n, long d) {
            if (n >= 2 * d) {
                return BigInteger.ZERO;
            }
            if (n < d) {
                // 3/2 t^3 - 5/2 t^2 + 1
                return square(n).multiply(BigInteger.valueOf(3 * n - 5 * d)).add(square(d).multiply(BigInteger.valueOf(2 * d)));
            }
            // -1/2 t^3 + 5/2 t^2 - 4 t + 2
            return square(n).multiply(BigInteger.valueOf(5 * d - n)).add(square(d).multiply(BigInteger.valueOf(4 * d - 8 * n)));
        }
    };

    private final int resample;
    private final int support;

    Filter(int resample, int support) {
        this.resample = resample;
        this.support = support;
    }

    /** Numerator over {@code 2 d^3} of the weight at distance {@code n / d}; {@code n >= 0}, {@code d > 0}, both below 2^32. */
    abstract BigInteger weight(long n, long d);

    /** Half width, in pixels of the coarser of source and result. */
    int support() {
        return support;
    }

    /**
     * The filter with a {@code resample} number.
     *
     * @throws PictureException for every other number
     */
    static Filter ofResample(int resample, String name) {
        for (Filter filter : values()) {
            if (filter.resample == resample) {
                return filter;
            }
        }
        throw new PictureException(name + ": resample is " + resample + ", supported are 2 (bilinear) and 3 (bicubic).");
    }

    private static BigInteger square(long value) {
        return BigInteger.valueOf(value).multiply(BigInteger.valueOf(value));
    }
}

package org.autoneural.checkpoint;

/** Widens the floating-point formats below 32 bits to float; every finite value is exact. */
final class SmallFloat {
    private SmallFloat() {
    }

    /**
     * A format with a sign bit, an exponent and a mantissa in which every pattern is a finite number.
     *
     * @param raw  the bits; sign at position {@code exponentBits + mantissaBits}, nothing above it
     * @param bias at most 127; what is subtracted from the exponent field
     */
    static float finite(int raw, int exponentBits, int mantissaBits, int bias) {
        int exponent = raw >>> mantissaBits & (1 << exponentBits) - 1;
        int mantissa = raw & (1 << mantissaBits) - 1;
        float magnitude = exponent == 0
                ? Math.scalb((float) mantissa, 1 - bias - mantissaBits)
                : Float.intBitsToFloat(exponent - bias + 127 << 23 | mantissa << 23 - mantissaBits);
        return raw >>> exponentBits + mantissaBits == 0 ? magnitude : -magnitude;
    }

    /** As IEEE 754: the largest exponent stands for infinity and NaN. */
    static float ieee(int raw, int exponentBits, int mantissaBits) {
        int maxExponent = (1 << exponentBits) - 1;
        if ((raw >>> mantissaBits & maxExponent) != maxExponent) {
            return finite(raw, exponentBits, mantissaBits, maxExponent >> 1);
        }
        if ((raw & (1 << mantissaBits) - 1) != 0) {
            return Float.NaN;
        }
        return raw >>> exponentBits + mantissaBits == 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
    }

    /** The "FNUZ" formats: the pattern of minus zero is the only NaN, there is no infinity. */
    static float fnuz(int raw, int exponentBits, int mantissaBits, int bias) {
        return raw == 1 << exponentBits + mantissaBits ? Float.NaN : finite(raw, exponentBits, mantissaBits, bias);
    }
}

package org.autoneural.backend;

import java.util.Arrays;
import java.util.Locale;

/** How a network is stored on a device: bits of weights and of activations. */
public enum Precision {
    /** Half-precision floats. */
    FP16(16, 16),
    /** 8-bit weights and activations. */
    W8A8(8, 8),
    /** 8-bit weights, 16-bit activations. */
    W8A16(8, 16),
    /** 4-bit weights, 16-bit activations. */
    W4A16(4, 16);

    private final int weightBits;
    private final int activationBits;

    Precision(int weightBits, int activationBits) {
        this.weightBits = weightBits;
        this.activationBits = activationBits;
    }

    /** Bits of a weight. */
    public int weightBits() {
        return weightBits;
    }

    /** Bits of an activation. */
    public int activationBits() {
        return activationBits;
    }

    /** {@code w8a16} */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The precision written {@code text}; an {@link IllegalArgumentException} that lists them all otherwise. */
    public static Precision parse(String text) {
        return Arrays.stream(values()).filter(p -> p.text().equalsIgnoreCase(text)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no precision '" + text + "'; there are "
                        + Arrays.stream(values()).map(Precision::text).toList()));
    }
}

package org.autoneural.quantizer.encoding;

import java.util.Arrays;
import java.util.Optional;

/** Versions of AIMET's encodings files that are read and written. */
public enum AimetVersion {
    /** Maps of tensor names, one object a channel. */
    V0_6_1("0.6.1", "aimet-0.6.1"),
    /** Lists, one object a tensor. */
    V1_0_0("1.0.0", "aimet-1.0"),
    /** One list, in the terms of ONNX QuantizeLinear. */
    V2_0_0("2.0.0", "aimet-2.0");

    private final String text;
    private final String format;

    AimetVersion(String text, String format) {
        this.text = text;
        this.format = format;
    }

    /** As field {@code version} of a file has it. */
    public String text() {
        return text;
    }

    /** As the command line names it. */
    public String format() {
        return format;
    }

    /** The version whose field {@code version} is {@code text}. */
    static Optional<AimetVersion> of(String text) {
        return Arrays.stream(values()).filter(v -> v.text.equals(text)).findFirst();
    }

    /** The version that the command line calls {@code format}; an error listing those there are otherwise. */
    public static AimetVersion parse(String format) {
        return Arrays.stream(values()).filter(v -> v.format.equals(format)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no format of encodings '" + format + "'; there are "
                        + Arrays.stream(values()).map(AimetVersion::format).toList()));
    }
}

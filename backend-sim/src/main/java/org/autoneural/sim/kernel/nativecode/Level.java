package org.autoneural.sim.kernel.nativecode;

import java.util.Arrays;
import java.util.Locale;

/** Sets of instructions that the library is compiled for, each able to do what the one before can; numbered as in {@code kernels.h}. */
public enum Level {
    /** Plain C, on any processor. */
    PORTABLE,
    /** x86-64 with AVX2. */
    AVX2,
    /** x86-64 with AVX-512 F, BW, DQ, VL and VNNI. */
    AVX512;

    /** The name in lower case, as options have it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException listing the names */
    static Level named(String text) {
        return Arrays.stream(values()).filter(l -> l.text().equals(text)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "no level '" + text + "' of the native kernels; there are " + Arrays.stream(values()).map(Level::text).toList()));
    }
}

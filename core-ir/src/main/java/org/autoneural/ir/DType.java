package org.autoneural.ir;

import java.util.Locale;

/** Element type of a tensor. Names in the textual form are the lower-case names here ({@code s16}, {@code bf16}). */
public enum DType {
    /** IEEE 754 binary64. */
    F64(64, true, 0, 0),
    /** IEEE 754 binary32: every real value of the FLOAT and QUANTIZED stages. */
    F32(32, true, 0, 0),
    /** IEEE 754 binary16. */
    F16(16, true, 0, 0),
    /** Brain floating point: the upper half of an f32. */
    BF16(16, true, 0, 0),
    /** Signed 4-bit, two in a byte, the element with the even index in the low nibble. */
    S4(4, false, -8, 7),
    /** Signed 8-bit: weights and activations. */
    S8(8, false, Byte.MIN_VALUE, Byte.MAX_VALUE),
    /** Unsigned 8-bit: pictures and masks. */
    U8(8, false, 0, 255),
    /** Signed 16-bit: activations. */
    S16(16, false, Short.MIN_VALUE, Short.MAX_VALUE),
    /** Unsigned 16-bit. */
    U16(16, false, 0, 65_535),
    /** Signed 32-bit: biases, sums, ids and positions. */
    S32(32, false, Integer.MIN_VALUE, Integer.MAX_VALUE),
    /** Unsigned 32-bit. */
    U32(32, false, 0, 0xFFFF_FFFFL),
    /** Signed 64-bit: biases of wide sums. */
    S64(64, false, Long.MIN_VALUE, Long.MAX_VALUE),
    /** 0 or 1, a byte each. */
    BOOL(8, false, 0, 1);

    private final int bits;
    private final boolean floating;
    private final long min;
    private final long max;

    DType(int bits, boolean floating, long min, long max) {
        this.bits = bits;
        this.floating = floating;
        this.min = min;
        this.max = max;
    }

    /** Storage bits of one element. */
    public int bits() {
        return bits;
    }

    /** Whether elements are floating-point numbers. */
    public boolean isFloat() {
        return floating;
    }

    /** Smallest value of an integer type; 0 for floating types. */
    public long min() {
        return min;
    }

    /** Largest value of an integer type; 0 for floating types. */
    public long max() {
        return max;
    }

    /** Bytes that {@code elements} dense elements take, rounded up to a whole byte. */
    public long sizeBytes(long elements) {
        return (elements * bits + 7) / 8;
    }

    /** The name in the textual form. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type named {@code text} ({@code "s16"}); {@link IllegalArgumentException} when there is none. */
    public static DType parse(String text) {
        for (DType type : values()) {
            if (type.text().equals(text)) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown element type '" + text + "'");
    }
}

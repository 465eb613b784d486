package org.autoneural.qnn.graph;

/** Element types of the vendor's tensors that the mapping uses, under the short names of the op table. */
public enum DataType {
    /** A signed number of 32 bits. */
    I32("i32", 50, 4),
    /** An unsigned number of 32 bits. */
    U32("u32", 306, 4),
    /** A number of IEEE 754 binary32. */
    F32("F32", 562, 4),
    /** Signed fixed point; 4-bit weights stand in it one value a byte, upper nibble cleared. */
    S8("S8", 776, 1),
    /** Signed fixed point of 16 bits. */
    S16("S16", 790, 2),
    /** Signed fixed point of 32 bits: biases. */
    S32("S32", 818, 4),
    /** Unsigned fixed point: all activations of 8 bits. */
    U8("U8", 1032, 1),
    /** All activations of 16 bits. */
    U16("U16", 1046, 2),
    /** True or false, a byte each. */
    B8("B8", 1288, 1);

    private final String text;
    private final int code;
    private final int sizeBytes;

    DataType(String text, int code, int sizeBytes) {
        this.text = text;
        this.code = code;
        this.sizeBytes = sizeBytes;
    }

    /** The name in the op table and in printed graphs. */
    public String text() {
        return text;
    }

    /** The number that stands for this type in the vendor's binary interface. */
    public int code() {
        return code;
    }

    /** Bytes of one element. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** Whether elements stand for real numbers by an encoding. */
    public boolean isFixedPoint() {
        return switch (this) {
            case S8, S16, S32, U8, U16 -> true;
            case I32, U32, F32, B8 -> false;
        };
    }

    /** The type with the number {@code code}; an {@link IllegalArgumentException} when the mapping uses none. */
    public static DataType of(int code) {
        for (DataType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown data type number " + code);
    }

    /** The type called {@code text} in the op table; an {@link IllegalArgumentException} when there is none. */
    public static DataType parse(String text) {
        for (DataType type : values()) {
            if (type.text.equals(text)) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown data type '" + text + "'");
    }
}

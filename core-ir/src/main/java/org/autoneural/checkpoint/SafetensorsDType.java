package org.autoneural.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.autoneural.ir.DType;

/**
 * The element types of the safetensors format; the constants carry the names that stand in its files.
 * Elements are little-endian. Types below 8 bits are packed from the lowest bit of the first byte upwards.
 *
 * <p>Sources: safetensors format description; 8-bit floats: arXiv 2209.05433 (E5M2, E4M3) and 2206.02915 (FNUZ);
 * F8_E8M0, F6 and F4: OCP Microscaling Formats 1.0.
 */
public enum SafetensorsDType {
    /** 0 or 1, a byte each. */
    BOOL(8),
    /** Unsigned 8-bit integers. */
    U8(8),
    /** Signed 8-bit integers. */
    I8(8),
    /** 8-bit floats: 5 bits of exponent, 2 of mantissa, with infinities. */
    F8_E5M2(8),
    /** 8-bit floats: 4 bits of exponent, 3 of mantissa, without infinities. */
    F8_E4M3(8),
    /** Powers of two: 8 bits of exponent, nothing else. */
    F8_E8M0(8),
    /** As F8_E4M3 with bias 8 and one zero; its NaN stands where the negative zero would. */
    F8_E4M3FNUZ(8),
    /** As F8_E5M2 with bias 16, without infinities and with one zero. */
    F8_E5M2FNUZ(8),
    /** Signed 16-bit integers. */
    I16(16),
    /** Unsigned 16-bit integers. */
    U16(16),
    /** IEEE 754 binary16. */
    F16(16),
    /** The upper halves of 32-bit floats. */
    BF16(16),
    /** Signed 32-bit integers. */
    I32(32),
    /** Unsigned 32-bit integers. */
    U32(32),
    /** IEEE 754 binary32. */
    F32(32),
    /** Signed 64-bit integers. */
    I64(64),
    /** Unsigned 64-bit integers. */
    U64(64),
    /** IEEE 754 binary64. */
    F64(64),
    /** Complex numbers: two 32-bit floats. */
    C64(64),
    /** 4-bit floats: 2 bits of exponent, 1 of mantissa. */
    F4(4),
    /** 6-bit floats: 2 bits of exponent, 3 of mantissa. */
    F6_E2M3(6),
    /** 6-bit floats: 3 bits of exponent, 2 of mantissa. */
    F6_E3M2(6);

    private final int bits;

    SafetensorsDType(int bits) {
        this.bits = bits;
    }

    /** Width of one element in bits: 4, 6, 8, 16, 32 or 64. */
    public int bits() {
        return bits;
    }

    /**
     * The IR type under which tensors of this type are seen. It holds every value exactly (U64: those below 2^63);
     * the floats below 16 bits are seen as f32. Empty for C64.
     */
    public Optional<DType> irType() {
        return Optional.ofNullable(switch (this) {
            case BOOL -> DType.BOOL;
            case U8 -> DType.U8;
            case I8 -> DType.S8;
            case I16 -> DType.S16;
            case U16 -> DType.U16;
            case I32 -> DType.S32;
            case U32 -> DType.U32;
            case I64, U64 -> DType.S64;
            case F16 -> DType.F16;
            case BF16 -> DType.BF16;
            case F64 -> DType.F64;
            case F32, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, F4, F6_E2M3, F6_E3M2 -> DType.F32;
            case C64 -> null;
        });
    }

    /** True for BOOL and the signed and unsigned integers. */
    public boolean isInteger() {
        return switch (this) {
            case BOOL, U8, I8, I16, U16, I32, U32, I64, U64 -> true;
            default -> false;
        };
    }

    /** The constant of a name as it stands in a file. */
    static Optional<SafetensorsDType> ofName(String name) {
        return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
    }

    /** The bits of element {@code i}, counted from byte {@code position} of a little-endian buffer; not sign-extended. */
    long raw(ByteBuffer buffer, int position, int i) {
        return switch (bits) {
            case 4 -> buffer.get(position + (i >> 1)) >> 4 * (i & 1) & 0xF;
            case 6 -> {
                int at = position + (6 * i >> 3);
                int shift = 6 * i & 7;
                int low = buffer.get(at) & 0xFF;
                int high = shift > 2 ? buffer.get(at + 1) & 0xFF : 0;
                yield (high << 8 | low) >> shift & 0x3F;
            }
            case 8 -> buffer.get(position + i) & 0xFF;
            case 16 -> buffer.getShort(position + 2 * i) & 0xFFFF;
            case 32 -> buffer.getInt(position + 4 * i) & 0xFFFF_FFFFL;
            default -> buffer.getLong(position + 8 * i);
        };
    }

    /**
     * The value of an element. Exact for all types up to 16 bits and F32; I32, U32, I64, U64 and F64 are rounded to nearest even.
     *
     * @param raw as {@link #raw} gives it
     * @throws UnsupportedOperationException for C64, which is no real number
     */
    float toFloat(long raw) {
        int low = (int) raw;
        return switch (this) {
            case BOOL -> low == 0 ? 0 : 1;
            case U8, U16, U32 -> raw;
            case I8 -> (byte) low;
            case I16 -> (short) low;
            case I32 -> low;
            case I64 -> raw;
            // Halved with a sticky lowest bit, so that doubling after the rounding gives the correctly rounded value.
            case U64 -> raw >= 0 ? raw : (float) (raw >>> 1 | raw & 1) * 2;
            case F8_E5M2 -> SmallFloat.ieee(low, 5, 2);
            case F8_E4M3 -> (low & 0x7F) == 0x7F ? Float.NaN : SmallFloat.finite(low, 4, 3, 7);
            case F8_E8M0 -> low == 0xFF ? Float.NaN : Math.scalb(1f, low - 127);
            case F8_E4M3FNUZ -> SmallFloat.fnuz(low, 4, 3, 8);
            case F8_E5M2FNUZ -> SmallFloat.fnuz(low, 5, 2, 16);
            case F16 -> SmallFloat.ieee(low, 5, 10);
            case BF16 -> Float.intBitsToFloat(low << 16);
            case F32 -> Float.intBitsToFloat(low);
            case F64 -> (float) Double.longBitsToDouble(raw);
            case F4 -> SmallFloat.finite(low, 2, 1, 1);
            case F6_E2M3 -> SmallFloat.finite(low, 2, 3, 1);
            case F6_E3M2 -> SmallFloat.finite(low, 3, 2, 3);
            case C64 -> throw new UnsupportedOperationException("a complex number has no real value");
        };
    }

    /**
     * The value of an element of an {@linkplain #isInteger integer type}; U64 as its 64 bits, negative from 2^63 on.
     *
     * @throws UnsupportedOperationException for a type that is no integer
     */
    long toLong(long raw) {
        return switch (this) {
            case BOOL -> raw == 0 ? 0 : 1;
            case I8 -> (byte) raw;
            case I16 -> (short) raw;
            case I32 -> (int) raw;
            case U8, U16, U32, I64, U64 -> raw;
            default -> throw new UnsupportedOperationException(this + " is no integer type");
        };
    }
}

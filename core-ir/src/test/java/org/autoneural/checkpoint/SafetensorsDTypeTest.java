package org.autoneural.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.autoneural.ir.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsDTypeTest {
    // Values worked out by hand from the formats' definitions.
    @ParameterizedTest(name = "{0} {1} = {2}")
    @CsvSource({
        "BOOL, 00, 0", "BOOL, 01, 1",
        "U8, FF, 255", "I8, FF, -1", "I8, 80, -128",
        "U16, FFFF, 65535", "I16, 8000, -32768",
        "U32, FFFFFFFF, 4294967296", "I32, 80000000, -2147483648",
        "I64, FFFFFFFFFFFFFFFE, -2", "U64, FFFFFFFFFFFFFFFF, 18446744073709551616",
        // 2^63 + 2^39 + 1: just above half way between two floats, so it must round up
        "U64, 8000008000000001, 9223373136366403584", "U64, 8000008000000000, 9223372036854775808",
        "F32, 3F800001, 1.00000011920928955078125", "F64, 3FF8000000000000, 1.5", "F64, 7FEFFFFFFFFFFFFF, Infinity",
        "BF16, 3F80, 1", "BF16, C049, -3.140625", "BF16, 7F80, Infinity", "BF16, FFC0, NaN", "BF16, 0001, 9.1835496e-41",
        "F16, 3C00, 1", "F16, 3555, 0.333251953125", "F16, 7BFF, 65504", "F16, 0001, 5.9604644775390625e-8",
        "F16, 0400, 6.103515625e-5", "F16, 8000, -0.0", "F16, FC00, -Infinity", "F16, 7C01, NaN",
        "F8_E5M2, 3C, 1", "F8_E5M2, 7B, 57344", "F8_E5M2, 01, 1.52587890625e-5", "F8_E5M2, FC, -Infinity", "F8_E5M2, 7D, NaN",
        "F8_E4M3, 38, 1", "F8_E4M3, 7E, 448", "F8_E4M3, 01, 0.001953125", "F8_E4M3, 78, 256", "F8_E4M3, FF, NaN", "F8_E4M3, 80, -0.0",
        "F8_E4M3FNUZ, 40, 1", "F8_E4M3FNUZ, 7F, 240", "F8_E4M3FNUZ, 01, 0.0009765625", "F8_E4M3FNUZ, 80, NaN", "F8_E4M3FNUZ, FF, -240",
        "F8_E5M2FNUZ, 40, 1", "F8_E5M2FNUZ, 7F, 57344", "F8_E5M2FNUZ, 01, 7.62939453125e-6", "F8_E5M2FNUZ, 80, NaN",
        "F8_E8M0, 7F, 1", "F8_E8M0, 00, 5.8774717541114375e-39", "F8_E8M0, FE, 1.7014118346046923e38", "F8_E8M0, FF, NaN",
        "F4, 1, 0.5", "F4, 2, 1", "F4, 3, 1.5", "F4, 7, 6", "F4, F, -6", "F4, 8, -0.0",
        "F6_E2M3, 01, 0.125", "F6_E2M3, 08, 1", "F6_E2M3, 1F, 7.5", "F6_E2M3, 3F, -7.5",
        "F6_E3M2, 01, 0.0625", "F6_E3M2, 0C, 1", "F6_E3M2, 1F, 28", "F6_E3M2, 3F, -28",
    })
    void valueOfAPattern(SafetensorsDType dtype, String hex, float value) {
        assertThat(Float.floatToIntBits(dtype.toFloat(Long.parseUnsignedLong(hex, 16)))).isEqualTo(Float.floatToIntBits(value));
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeIsReadFromItsBits(SafetensorsDType dtype) {
        // Elements 0..7 hold the patterns 1, 3, 5 ... put together here as one long number, lowest bit first.
        BigInteger packed = BigInteger.ZERO;
        for (int i = 0; i < 8; i++) {
            packed = packed.or(BigInteger.valueOf(2 * i + 1).shiftLeft(i * dtype.bits()));
        }
        ByteBuffer buffer = ByteBuffer.allocate(2 + dtype.bits()).order(ByteOrder.LITTLE_ENDIAN);
        byte[] bigEndian = packed.toByteArray();
        for (int i = 0; i < bigEndian.length; i++) {
            buffer.put(bigEndian.length - i, bigEndian[i]); // one byte after the start: unaligned
        }
        for (int i = 0; i < 8; i++) {
            assertThat(dtype.raw(buffer, 1, i)).as("element %d", i).isEqualTo(2 * i + 1);
        }
    }

    @Test
    void integersAreExact() {
        assertThat(SafetensorsDType.I8.toLong(0x80)).isEqualTo(-128);
        assertThat(SafetensorsDType.U8.toLong(0x80)).isEqualTo(128);
        assertThat(SafetensorsDType.I32.toLong(0xFFFF_FFFFL)).isEqualTo(-1);
        assertThat(SafetensorsDType.U32.toLong(0xFFFF_FFFFL)).isEqualTo(4_294_967_295L);
        assertThat(SafetensorsDType.I64.toLong(Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThatThrownBy(() -> SafetensorsDType.F32.toLong(0)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> SafetensorsDType.C64.toFloat(0)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void irTypes() {
        assertThat(SafetensorsDType.BF16.irType()).contains(DType.BF16);
        assertThat(SafetensorsDType.I8.irType()).contains(DType.S8);
        assertThat(SafetensorsDType.F8_E4M3.irType()).contains(DType.F32);
        assertThat(SafetensorsDType.C64.irType()).isEmpty();
    }
}

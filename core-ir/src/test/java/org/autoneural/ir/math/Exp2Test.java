package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class Exp2Test {
    @Test
    void everyEntryIsTheNearestInteger() {
        for (int i = 0; i <= 256; i++) {
            // (e - 1/2)^256 <= 2^(30 * 256 - i) < (e + 1/2)^256, times 2^256
            BigInteger twice = BigInteger.valueOf(2L * Exp2.entry(i));
            BigInteger exact = BigInteger.ONE.shiftLeft(31 * 256 - i);
            assertThat(twice.subtract(BigInteger.ONE).pow(256)).isLessThanOrEqualTo(exact);
            assertThat(twice.add(BigInteger.ONE).pow(256)).isGreaterThan(exact);
        }
    }

    @Test
    void everyArgumentIsWithinItsBound() {
        OracleRow row = measure();
        System.out.println("[measured] exp2: relative error " + row.worst() + " for y in [0, 1)");
        assertThat(Exp2.negative(0)).isEqualTo(1 << 30);
        assertThat(Exp2.negative(31L << 16)).isEqualTo(1);
        assertThat(Exp2.negative((31L << 16) + 1)).isZero();
        assertThat(Exp2.negative(Long.MAX_VALUE)).isZero();
    }

    /** Every argument of Q16 from 0 to 33. */
    static OracleRow measure() {
        double worst = 0;
        int last = 1 << 30;
        for (int y = 0; y <= 33 << 16; y++) {
            int e = Exp2.negative(y);
            double exact = StrictMath.pow(2, 30 - y / 65536.0);
            // relative 1e-6, then half a step of 2^-30 for the shift
            double error = Math.abs(e - exact);
            if (error > exact * 1e-6 + (y < 65536 ? 0 : 0.5)) {
                throw new AssertionError("2^-" + y / 65536.0 + ": " + e + ", exact " + exact);
            }
            if (y < 65536) {
                worst = Math.max(worst, error / exact);
            }
            if (e > last) {
                throw new AssertionError("not monotonic at " + y);
            }
            last = e;
        }
        return new OracleRow("2^-y, every y of Q16 in [0, 33]", (33 << 16) + 1, "relative, before the shift", 1e-6, worst);
    }

    @Test
    void everyArgumentEqualsTheWrittenFormula() {
        for (int y = 0; y <= 31 << 16; y++) {
            int k = y >> 16;
            int i = (y >> 8) & 255;
            BigInteger slope = BigInteger.valueOf(Exp2.entry(i) - (long) Exp2.entry(i + 1));
            BigInteger v = BigInteger.valueOf(Exp2.entry(i))
                    .subtract(slope.multiply(BigInteger.valueOf(y & 255)).add(BigInteger.valueOf(128)).shiftRight(8));
            BigInteger expected = k == 0 ? v : v.add(BigInteger.ONE.shiftLeft(k - 1)).shiftRight(k);
            if (Exp2.negative(y) != expected.intValueExact()) {
                throw new AssertionError("2^-(" + y + " / 65536): " + Exp2.negative(y) + ", expected " + expected);
            }
        }
    }
}

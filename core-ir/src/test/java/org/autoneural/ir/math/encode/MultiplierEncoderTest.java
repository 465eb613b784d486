package org.autoneural.ir.math.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MultiplierEncoderTest {
    @Test
    void everyRatioIsWithinItsBound() {
        long seed = 61;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            double ratio = StrictMath.scalb(1 + random.nextDouble(), random.nextInt(-1074, 30));
            check(ratio);
        }
        for (int e = -1074; e < 30; e++) {
            double power = StrictMath.scalb(1.0, e);
            check(power);
            check(Math.nextDown(power) > 0 ? Math.nextDown(power) : power);
            check(Math.nextUp(power));
        }
        check(Double.MIN_VALUE);
        check(Math.nextDown((double) (1 << 30)));
    }

    private static void check(double ratio) {
        Multiplier m = MultiplierEncoder.encode(ratio);
        BigDecimal error = exact(m.multiplier(), m.shift()).subtract(new BigDecimal(ratio)).abs();
        // relative 2^-31, or half a unit at the greatest shift; a ratio rounded up to 2^30 loses one unit more
        double bound = Math.max(ratio * 0x1p-31, 0x1p-63);
        if (error.compareTo(new BigDecimal(bound)) > 0 || m.multiplier() < 0 || m.shift() < 1 || m.shift() > 62
                || ratio >= 0x1p-31 && m.multiplier() < 1 << 30) {
            throw new AssertionError(ratio + " became " + m);
        }
        if (ratio < MultiplierEncoder.LIMIT_15) {
            Multiplier m15 = MultiplierEncoder.encode15(ratio);
            BigDecimal error15 = exact(m15.multiplier(), m15.shift()).subtract(new BigDecimal(ratio)).abs();
            double bound15 = Math.max(ratio * (0x1p-15 + 0x1p-31), 0x1p-63);
            if (error15.compareTo(new BigDecimal(bound15)) > 0 || m15.multiplier() > 32767 || m15.shift() < 1 || m15.shift() > 62) {
                throw new AssertionError(ratio + " became " + m15 + " (15 bits)");
            }
        }
    }

    @Test
    void knownRatios() {
        assertThat(MultiplierEncoder.encode(1)).isEqualTo(new Multiplier(1 << 30, 30));
        assertThat(MultiplierEncoder.encode(0.5)).isEqualTo(new Multiplier(1 << 30, 31));
        assertThat(MultiplierEncoder.encode(3)).isEqualTo(new Multiplier(3 << 29, 29));
        assertThat(MultiplierEncoder.encode(1e-300)).isEqualTo(new Multiplier(0, 62));
        assertThat(MultiplierEncoder.encode15(1)).isEqualTo(new Multiplier(1 << 14, 14));
        assertThat(MultiplierEncoder.encode15(Math.nextDown(1.0))).isEqualTo(new Multiplier(1 << 14, 14));
        assertThat(MultiplierEncoder.encode15(0.99999)).isEqualTo(new Multiplier(32767, 15));
        assertThat(new Multiplier(3 << 29, 29).ratio()).isEqualTo(3);
    }

    @Test
    void aPairSharesTheShiftOfTheGreater() {
        long seed = 62;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 50_000; i++) {
            double a = StrictMath.scalb(1 + random.nextDouble(), random.nextInt(-40, 20));
            double b = StrictMath.scalb(1 + random.nextDouble(), random.nextInt(-40, 20));
            MultiplierPair p = MultiplierEncoder.encodePair(a, b);
            double half = StrictMath.scalb(0.5, -p.shift());
            assertThat(p.shift()).isEqualTo(MultiplierEncoder.encode(Math.max(a, b)).shift());
            if (exact(p.multiplierA(), p.shift()).subtract(new BigDecimal(a)).abs().compareTo(new BigDecimal(half)) > 0
                    || exact(p.multiplierB(), p.shift()).subtract(new BigDecimal(b)).abs().compareTo(new BigDecimal(half)) > 0) {
                throw new AssertionError("seed " + seed + ": " + a + ", " + b + " became " + p);
            }
        }
        assertThat(MultiplierEncoder.encodePair(1, 0.25)).isEqualTo(new MultiplierPair(1 << 30, 1 << 28, 30));
    }

    @Test
    void refusesWhatIsNoRatio() {
        for (double bad : new double[] {0, -0.0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1 << 30}) {
            assertThatThrownBy(() -> MultiplierEncoder.encode(bad)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Double.toString(bad)).hasMessageContaining("above 0, below 1073741824");
            assertThatThrownBy(() -> MultiplierEncoder.encode15(bad)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> MultiplierEncoder.encodePair(1, bad)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("second");
            assertThatThrownBy(() -> MultiplierEncoder.encodeChannels(new double[] {1, 2, bad}))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("channel 2");
        }
        ChannelMultipliers channels = MultiplierEncoder.encodeChannels(new double[] {1, 0.5});
        assertThat(channels.multiplier()).containsExactly(1 << 30, 1 << 30);
        assertThat(channels.shift()).containsExactly(30, 31);
    }

    private static BigDecimal exact(int multiplier, int shift) {
        return new BigDecimal(multiplier).divide(new BigDecimal(2).pow(shift));
    }
}

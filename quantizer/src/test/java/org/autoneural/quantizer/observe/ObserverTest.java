package org.autoneural.quantizer.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.function.Supplier;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObserverTest {
    private static float[] values(long seed) {
        Random random = new Random(seed);
        float[] values = new float[5000];
        float size = (float) Math.pow(10, random.nextInt(9) - 4);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(8) == 0 ? 0 : (float) (random.nextGaussian() * size * (1 + random.nextInt(3) * random.nextInt(2)));
        }
        values[random.nextInt(values.length)] = (float) (size * Math.pow(2, random.nextInt(20)));
        return values;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void mergedPartsEqualTheWholeInAnyOrder(long seed) {
        float[] all = values(seed);
        for (Supplier<Observer> kind : java.util.List.<Supplier<Observer>>of(MinMax::new, () -> new Percentile(99.9), () -> new Percentile(90))) {
            Observer whole = kind.get();
            whole.observe(all, 0, all.length);
            Observer left = kind.get();
            Observer right = kind.get();
            int cut = new Random(seed).nextInt(all.length);
            left.observe(all, 0, cut);
            right.observe(all, cut, all.length - cut);
            right.merge(left);
            assertThat(right.range()).as("seed %d", seed).isEqualTo(whole.range());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {99.99, 99.9, 99, 90, 60})
    void percentileLiesWithinABinOfTheExactQuantile(double percent) {
        float[] all = values(42);
        Percentile observer = new Percentile(percent);
        observer.observe(all, 0, all.length);
        float[] sorted = all.clone();
        java.util.Arrays.sort(sorted);
        int tail = (int) Math.floor(all.length * (100 - percent) / 200);
        double largest = Math.max(-sorted[0], sorted[sorted.length - 1]);
        Offset<Double> bin = Offset.offset(Math.scalb(1.0, Math.getExponent(largest) + 1) / 2048);
        Range range = observer.range().orElseThrow();
        assertThat(range.min()).isCloseTo(sorted[tail], bin).isLessThanOrEqualTo(sorted[tail]);
        assertThat(range.max()).isCloseTo(sorted[sorted.length - 1 - tail], bin).isGreaterThanOrEqualTo(sorted[sorted.length - 1 - tail]);
    }

    @Test
    void hundredPercentIsMinMax() {
        float[] all = values(7);
        Percentile percentile = new Percentile(100);
        MinMax minMax = new MinMax();
        percentile.observe(all, 0, all.length);
        minMax.observe(all, 0, all.length);
        assertThat(percentile.range()).isEqualTo(minMax.range()).isPresent();
    }

    @Test
    void extremesOfFloatFit() {
        Percentile observer = new Percentile(99);
        observer.observe(new float[] {Float.MIN_VALUE, -Float.MAX_VALUE, 0, Float.MAX_VALUE}, 0, 4);
        assertThat(observer.range()).contains(new Range(-Float.MAX_VALUE, Float.MAX_VALUE));
        assertThat(new Percentile(99).range()).isEmpty();
    }

    @Test
    void whatIsNotFiniteIsRefused() {
        assertThatThrownBy(() -> new MinMax().observe(new float[] {1, Float.NaN}, 0, 2))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("found NaN");
        assertThatThrownBy(() -> new Percentile(99).observe(new float[] {Float.NEGATIVE_INFINITY}, 0, 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("found -Infinity");
        assertThatThrownBy(() -> new Percentile(50)).hasMessageContaining("allowed: above 50, at most 100");
    }

    @Test
    void kindsDoNotMix() {
        assertThatThrownBy(() -> new MinMax().merge(new Percentile(99))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Percentile(99).merge(new Percentile(98))).isInstanceOf(IllegalArgumentException.class);
    }
}

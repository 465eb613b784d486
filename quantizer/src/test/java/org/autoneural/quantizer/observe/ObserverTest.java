package org.autoneural.quantizer.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.quantizer.encoding.Encodings;
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
        List<Integer> pieces = IntStream.range(0, PIECES).boxed().collect(Collectors.toList());
        for (Supplier<Observer> kind : List.<Supplier<Observer>>of(MinMax::new, () -> new Percentile(99.9), () -> new Percentile(90),
                () -> new LeastError(4), () -> new LeastError(8), Entropy::new, MeanRange::new)) {
            Observer whole = kind.get();
            pieces.forEach(p -> show(whole, all, p));
            Collections.shuffle(pieces, new Random(seed));
            int cut = new Random(seed).nextInt(PIECES);
            Observer left = kind.get();
            Observer right = kind.get();
            pieces.subList(0, cut).forEach(p -> show(left, all, p));
            pieces.subList(cut, PIECES).forEach(p -> show(right, all, p));
            right.merge(left);
            assertThat(right.range()).as("seed %d, %s", seed, whole.getClass().getSimpleName()).isEqualTo(whole.range()).isPresent();
        }
    }

    private static void show(Observer observer, float[] all, int piece) {
        observer.observe(all, piece * all.length / PIECES, all.length / PIECES);
    }

    private static final int PIECES = 20;

    /** Of rounding to {@code bits} within the range, what lies outside clipped. */
    private static double squaredError(float[] values, Range r, int bits) {
        QuantParams q = Encodings.asymmetric(bits == 8 ? DType.S8 : DType.S4, r, QuantParams.Origin.OBSERVER);
        double sum = 0;
        for (float v : values) {
            double d = v - q.scale() * (Encodings.quantize(v, q, 0) - q.zeroPoint());
            sum += d * d;
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void leastErrorLosesLessThanTheWholeRange(long seed) {
        Random random = new Random(seed);
        float[] all = new float[20000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
        }
        for (int bits : new int[] {4, 8}) {
            LeastError observer = new LeastError(bits);
            observer.observe(all, 0, all.length);
            MinMax whole = new MinMax();
            whole.observe(all, 0, all.length);
            assertThat(squaredError(all, observer.range().orElseThrow(), bits)).as("seed %d, %d bits", seed, bits)
                    .isLessThan((bits == 4 ? 0.8 : 0.99) * squaredError(all, whole.range().orElseThrow(), bits));
        }
    }

    @Test
    void entropyLeavesOutAFarOutlierAndKeepsAnEvenDistribution() {
        float[] even = new float[100_000];
        for (int i = 0; i < even.length; i++) {
            even[i] = (i - even.length / 2) / (float) even.length;
        }
        Entropy observer = new Entropy();
        observer.observe(even, 0, even.length);
        assertThat(observer.range().orElseThrow().absMax()).isBetween(0.48, 0.5);
        observer.observe(new float[] {40}, 0, 1);
        assertThat(observer.range().orElseThrow().max()).isBetween(0.4, 6.0);
    }

    @Test
    void meanRangeIsTheMeanOfTheExtremesOfThePieces() {
        MeanRange observer = new MeanRange();
        observer.observe(new float[] {-1, 2}, 0, 2);
        observer.observe(new float[] {-3, 5}, 0, 2);
        assertThat(observer.range()).contains(new Range(-2, 3.5));
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

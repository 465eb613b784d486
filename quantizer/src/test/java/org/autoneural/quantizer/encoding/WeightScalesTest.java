package org.autoneural.quantizer.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.quantizer.observe.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightScalesTest {
    private static Tensor weights(long seed, int channels, int length) {
        Random random = new Random(seed);
        float[] w = new float[channels * length];
        for (int i = 0; i < w.length; i++) {
            w[i] = (float) (random.nextGaussian() * Math.pow(2, i / length));
        }
        return Tensor.ofFloats(Shape.of(channels, length), w);
    }

    @ParameterizedTest
    @EnumSource(names = {"S4", "S8"})
    void withoutClippingNoWeightIsOffByMoreThanHalfAStep(DType storage) {
        Tensor w = weights(1, 6, 300);
        QuantParams q = WeightScales.perChannel(w, storage, false);
        float[] back = Encodings.dequantize(Encodings.quantize(w, q), q);
        for (int i = 0; i < back.length; i++) {
            assertThat(Math.abs(back[i] - w.getFloat(i))).as("weight %d", i).isLessThanOrEqualTo((float) (q.scale(i / 300) * 0.500001));
        }
        assertThat(q.axis()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void clippingLowersTheErrorOfEveryChannel(long seed) {
        Tensor w = weights(seed, 6, 300);
        QuantParams plain = WeightScales.perChannel(w, DType.S4, false);
        QuantParams clipped = WeightScales.perChannel(w, DType.S4, true);
        for (int c = 0; c < 6; c++) {
            assertThat(error(w, clipped, c)).as("seed %d, channel %d", seed, c).isLessThan(0.95 * error(w, plain, c));
        }
    }

    private static double error(Tensor w, QuantParams q, int channel) {
        float[] back = Encodings.dequantize(Encodings.quantize(w, q), q);
        double sum = 0;
        for (int i = channel * 300; i < (channel + 1) * 300; i++) {
            sum += Math.pow(back[i] - w.getFloat(i), 2);
        }
        return sum;
    }

    @Test
    void channelsOfZerosGetAUsableScale() {
        QuantParams q = WeightScales.perChannel(Tensor.ofFloats(Shape.of(2, 2), 0, 0, 127, 1), DType.S8, false);
        assertThat(q.scale(0)).isEqualTo(0x1p-16);
        assertThat(q.scale(1)).isEqualTo(1);
        assertThat(WeightScales.perChannel(Tensor.zeros(DType.F32, Shape.of(2, 2)), DType.S4, true).scale(1)).isPositive();
    }

    @Test
    void brokenWeightsAreNamed() {
        assertThatThrownBy(() -> WeightScales.perChannel(Tensor.ofFloats(Shape.of(2, 1), 1, Float.NaN), DType.S8, true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("channel 1 holds NaN (allowed: finite values)");
    }

    @Test
    void activationsKeepZeroAndTheEnds() {
        QuantParams q = Encodings.asymmetric(DType.S8, new Range(-1, 3), Origin.OBSERVER);
        assertThat(Encodings.quantize(0, q, 0)).isEqualTo(q.zeroPoint()).isEqualTo(-64);
        assertThat(Encodings.quantize(3, q, 0)).isEqualTo(127);
        assertThat(Encodings.quantize(-1, q, 0)).isEqualTo(-128);
        QuantParams positive = Encodings.asymmetric(DType.S8, new Range(2, 3), Origin.OBSERVER);
        assertThat(positive.zeroPoint()).as("the range is widened to hold 0").isEqualTo(-128);
        QuantParams s16 = Encodings.symmetric(DType.S16, 2, Origin.OBSERVER);
        assertThat(Encodings.quantize(-5, s16, 0)).isEqualTo(-32767);
        assertThat(Encodings.symmetric(DType.S16, 0, Origin.OBSERVER).scale()).isPositive();
        assertThat(Encodings.symmetric(DType.S16, Double.MIN_VALUE, Origin.OBSERVER).scale()).isPositive();
    }
}

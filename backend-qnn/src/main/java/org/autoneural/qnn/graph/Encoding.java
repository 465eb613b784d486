package org.autoneural.qnn.graph;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;

/**
 * How stored integers stand for real values in the vendor's convention: {@code real = (q + offset) * scale}, so an offset is the
 * negative of our zero point. {@link #activation}, {@link #weight} and {@link #bias} are the only places where our
 * {@link QuantParams} become this.
 */
public sealed interface Encoding {
    /** The scale of channel {@code c}, or the one scale; an error when there is no encoding. */
    float scale(int c);

    /** The offset of all channels. */
    default int offset() {
        return 0;
    }

    /** No encoding: plain integers, floats and truth values. */
    record None() implements Encoding {
        @Override
        public float scale(int c) {
            throw new IllegalStateException("a tensor without encoding has no scale");
        }

        @Override
        public String toString() {
            return "none";
        }
    }

    /** One scale and offset for the whole tensor. */
    record ScaleOffset(float scale, int offset) implements Encoding {
        @Override
        public float scale(int c) {
            return scale;
        }

        @Override
        public String toString() {
            return "scale " + scale + " offset " + offset;
        }
    }

    /** One scale for each index of {@code axis}; all offsets are 0. */
    record AxisScaleOffset(int axis, List<Float> scales) implements Encoding {
        public AxisScaleOffset {
            scales = List.copyOf(scales);
        }

        @Override
        public float scale(int c) {
            return scales.get(c);
        }

        @Override
        public String toString() {
            return "axis " + axis + " " + summary(scales);
        }
    }

    /** As {@link ScaleOffset} for {@code bits} bits of each stored element. */
    record BitsScaleOffset(int bits, float scale, int offset) implements Encoding {
        @Override
        public float scale(int c) {
            return scale;
        }

        @Override
        public String toString() {
            return "bits " + bits + " scale " + scale + " offset " + offset;
        }
    }

    /** As {@link AxisScaleOffset} for {@code bits} bits of each stored element. */
    record BitsAxisScaleOffset(int bits, int axis, List<Float> scales) implements Encoding {
        public BitsAxisScaleOffset {
            scales = List.copyOf(scales);
        }

        @Override
        public float scale(int c) {
            return scales.get(c);
        }

        @Override
        public String toString() {
            return "bits " + bits + " axis " + axis + " " + summary(scales);
        }
    }

    /**
     * Encoding of an activation, which is stored unsigned: s16 value q as q + 32768, s8 value q as q + 128.
     *
     * @param quant per tensor, storage s8 or s16
     */
    static ScaleOffset activation(QuantParams quant) {
        return new ScaleOffset((float) quant.scale(), (int) (quant.storage().min() - quant.zeroPoint()));
    }

    /** Encoding of a constant weight, signed as we store it, with its channels along {@code axis} of the vendor's layout. */
    static Encoding weight(QuantParams quant, int axis) {
        boolean narrow = quant.storage() == DType.S4;
        if (!quant.isPerChannel()) {
            float scale = (float) quant.scale();
            return narrow ? new BitsScaleOffset(4, scale, -quant.zeroPoint()) : new ScaleOffset(scale, -quant.zeroPoint());
        }
        List<Float> scales = floats(quant.scales());
        return narrow ? new BitsAxisScaleOffset(4, axis, scales) : new AxisScaleOffset(axis, scales);
    }

    /** Encoding of a 32-bit bias: for each channel the scale of the input times that of the weight. */
    static Encoding bias(QuantParams input, QuantParams weight) {
        if (!weight.isPerChannel()) {
            return new ScaleOffset((float) (input.scale() * weight.scale()), 0);
        }
        return new AxisScaleOffset(0, floats(Arrays.stream(weight.scales()).map(s -> input.scale() * s).toArray()));
    }

    private static List<Float> floats(double[] values) {
        return DoubleStream.of(values).mapToObj(v -> (float) v).toList();
    }

    private static String summary(List<Float> scales) {
        return scales.size() <= 4 ? "scales " + scales.stream().map(String::valueOf).collect(Collectors.joining(","))
                : scales.size() + " scales " + scales.get(0) + ".." + scales.get(scales.size() - 1);
    }
}

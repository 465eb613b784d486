package org.autoneural.quantizer.recipe;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a recipe can choose besides widths; each constant is written in recipes as its name in lower case with dashes. */
public final class Treatment {
    private Treatment() {}

    /** How the scales of a weight are found. */
    public enum Scales {
        /** From the largest magnitude of each channel. */
        MAX,
        /** The share of that with the least squared error of the weights. */
        MSE,
        /** The share of that with the least squared error of the layer's result on calibration data. */
        SEQUENTIAL_MSE;

        @Override
        public String toString() {
            return text(this);
        }
    }

    /** How weights are rounded, given their scales. */
    public enum Rounding {
        /** To the nearest integer. */
        NEAREST,
        /** One input after the other, what each loses made up for by those that follow (arXiv 2210.17323). */
        GPTQ,
        /** Up or down as the layer's result on calibration data is best (arXiv 2004.10568). */
        ADAROUND;

        @Override
        public String toString() {
            return text(this);
        }
    }

    /** Changes of the float program that leave what it computes as it is and make it easier to quantize. */
    public enum Transform {
        /** Rotates the language model's residual stream, which spreads outliers over all channels. */
        HADAMARD,
        /** Moves scales between layers, channel by channel, until their weights have like ranges (arXiv 1906.04721). */
        CROSS_LAYER_EQUALIZATION,
        /** Moves scales from activations with outlier channels into the weights that read them (arXiv 2211.10438). */
        SMOOTH_QUANT;

        @Override
        public String toString() {
            return text(this);
        }
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The constant written as {@code text}; an error that lists them all otherwise. */
    static <E extends Enum<E>> E parse(Class<E> type, String field, String text) {
        List<E> all = List.of(type.getEnumConstants());
        return all.stream().filter(e -> e.toString().equals(text)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                field + " is '" + text + "' (allowed: " + all.stream().map(Object::toString).collect(Collectors.joining(", ")) + ")"));
    }

    /** All names of {@code type}, for the schema. */
    static <E extends Enum<E>> List<String> names(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
    }
}

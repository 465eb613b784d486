package org.autoneural.quantizer.recipe;

import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.quantizer.observe.MinMax;
import org.autoneural.quantizer.observe.Observer;
import org.autoneural.quantizer.observe.Percentile;

/**
 * What to quantize to how many bits, and how ranges are found.
 *
 * @param name               for messages and reports
 * @param visionWeightBits   weights of entry point {@code vision} (encoder and connector), 4 or 8
 * @param languageWeightBits weights of all other entry points, 4 or 8
 * @param activationBits     16 (symmetric s16) or 8 (s8 with a zero point)
 * @param keyValueBits       second operands of products of two activations: keys, values and their caches; symmetric, 8 or 16
 * @param percent8           share of calibration values that the range of an 8-bit activation holds; 100 is min-max
 * @param percent16          the same for 16-bit activations
 * @param headroom16         factor on the range of 16-bit activations, for values that calibration did not see; 1 or more
 * @param clipInt4           whether the scales of 4-bit weights are searched for the least squared error
 * @param exceptions         weights of another width, the first that matches counts
 */
public record Recipe(String name, int visionWeightBits, int languageWeightBits, int activationBits, int keyValueBits,
        double percent8, double percent16, double headroom16, boolean clipInt4, List<WeightException> exceptions) {

    /**
     * Weights of another width than the rest.
     *
     * @param weight pattern of the weight's name: {@code *} stands for any characters; empty for any weight
     * @param op     name of an op that reads the weight ({@code gather}); empty for any op
     * @param bits   4 or 8
     */
    public record WeightException(String weight, String op, int bits) {
        public WeightException {
            requireOneOf("bits of a weight exception", bits, 4, 8);
            if (weight.isEmpty() && op.isEmpty()) {
                throw new IllegalArgumentException("a weight exception names neither a weight nor an op (allowed: one or both)");
            }
        }

        boolean matches(String weightName, String opName) {
            return (op.isEmpty() || op.equals(opName)) && (weight.isEmpty() || Wildcard.matches(weight, weightName));
        }
    }

    /**
     * Kept at 8 bits in every preset: token embeddings (tied with the logits' weight in most checkpoints), convolution taps
     * (0.005 % of the parameters, model.md G), and the connector, which all visual tokens pass.
     */
    private static final List<WeightException> KEEP_8 = List.of(
            new WeightException("", "gather", 8),
            new WeightException("*lm_head*", "", 8),
            new WeightException("", "causal_conv1d", 8),
            new WeightException("*multi_modal_projector*", "", 8));

    /**
     * One of sixteen bits: far less than saturating where calibration saw too little. Six calibration pictures of cockpit-tiny
     * give 38.5 dB without and 40.1 dB with it, its ViT baseline 32.5 and 45.1 dB.
     */
    private static final double HEADROOM = 2;

    public Recipe {
        requireOneOf("weights.vision", visionWeightBits, 4, 8);
        requireOneOf("weights.language", languageWeightBits, 4, 8);
        requireOneOf("activations", activationBits, 8, 16);
        requireOneOf("keysAndValues", keyValueBits, 8, 16);
        requirePercent("percentile.s8", percent8);
        requirePercent("percentile.s16", percent16);
        if (!(headroom16 >= 1 && headroom16 <= 16)) {
            throw new IllegalArgumentException("headroom is " + headroom16 + " (allowed: 1 to 16)");
        }
        exceptions = List.copyOf(exceptions);
    }

    /** 8-bit weights for vision, 4-bit for language, 16-bit activations: the paper's setting, and the default. */
    public static Recipe w8a16w4a16() {
        return new Recipe("w8a16-w4a16", 8, 4, 16, 8, 100, 100, HEADROOM, true, KEEP_8);
    }

    /** 8-bit weights and 16-bit activations throughout. */
    public static Recipe w8a16() {
        return new Recipe("w8a16", 8, 8, 16, 8, 100, 100, HEADROOM, true, List.of());
    }

    /** 8-bit weights and 8-bit activations throughout. */
    public static Recipe w8a8() {
        return new Recipe("w8a8", 8, 8, 8, 8, 100, 100, HEADROOM, true, List.of());
    }

    /** All presets, the default first. */
    public static List<Recipe> presets() {
        return List.of(w8a16w4a16(), w8a16(), w8a8());
    }

    /** The preset called {@code name}; an error listing those there are otherwise. */
    public static Recipe preset(String name) {
        return presets().stream().filter(r -> r.name.equals(name)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no recipe '" + name + "'; there are " + presets().stream().map(Recipe::name).toList()));
    }

    /** Bits of weight {@code weight} where op {@code op} reads it, in entry point {@code vision} or elsewhere. */
    public int weightBits(String weight, String op, boolean vision) {
        return exceptions.stream().filter(e -> e.matches(weight, op)).mapToInt(WeightException::bits).findFirst()
                .orElse(vision ? visionWeightBits : languageWeightBits);
    }

    /** Storage of activations. */
    public DType activations() {
        return activationBits == 16 ? DType.S16 : DType.S8;
    }

    /** Storage of keys, values and other second operands of products of two activations. */
    public DType keysAndValues() {
        return keyValueBits == 16 ? DType.S16 : DType.S8;
    }

    /** A new observer for a tensor that will be stored as {@code storage}. */
    public Observer observer(DType storage) {
        double percent = storage == DType.S8 ? percent8 : percent16;
        return percent == 100 ? new MinMax() : new Percentile(percent);
    }

    private static void requireOneOf(String what, int value, int a, int b) {
        if (value != a && value != b) {
            throw new IllegalArgumentException(what + " is " + value + " (allowed: " + a + " or " + b + ")");
        }
    }

    private static void requirePercent(String what, double percent) {
        if (!(percent > 50 && percent <= 100)) {
            throw new IllegalArgumentException(what + " is " + percent + " (allowed: above 50, at most 100)");
        }
    }
}

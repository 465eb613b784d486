package org.autoneural.quantizer.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.autoneural.ir.DType;
import org.autoneural.quantizer.recipe.Treatment.Rounding;
import org.autoneural.quantizer.recipe.Treatment.Scales;
import org.autoneural.quantizer.recipe.Treatment.Transform;

/**
 * What to quantize to how many bits, and by which algorithms.
 *
 * <p>What no rule sets: weights of 8 bits, activations of 16, ranges by min-max, scales by the largest magnitude, rounding to
 * nearest, no bias correction.
 *
 * @param name         for messages and reports
 * @param transforms   done on the float program first, in the order of {@link Transform}
 * @param keyValueBits second operands of products of two activations: keys, values and their caches; symmetric, 8 or 16
 * @param headroom16   factor on the range of 16-bit activations, for values that calibration did not see; 1 or more
 * @param rules        the first that matches a tensor and has a setting gives it
 */
public record Recipe(String name, List<Transform> transforms, int keyValueBits, double headroom16, List<Rule> rules) {
    /**
     * One of sixteen bits: far less than saturating where calibration saw too little. Six calibration pictures of cockpit-tiny
     * give 38.5 dB without and 40.1 dB with it, its ViT baseline 32.5 and 45.1 dB (both before weights were rounded by GPTQ).
     */
    private static final double HEADROOM = 2;
    /** Rounding a layer of more inputs takes long at full size: {@code inputs^3} for the factor, {@code inputs^2} a row. */
    private static final int QUICK_INPUTS = 1024;

    /**
     * Kept at 8 bits in every preset: token embeddings (tied with the logits' weight in most checkpoints), convolution taps
     * (0.005 % of the parameters, model.md G), and the connector, which all visual tokens pass.
     */
    private static final List<Rule> KEEP_8 = List.of(
            Rule.ANY.op("gather").weights(8),
            Rule.ANY.named("*lm_head*").weights(8),
            Rule.ANY.op("causal_conv1d").weights(8),
            Rule.ANY.named("*multi_modal_projector*").weights(8));

    public Recipe {
        transforms = transforms.stream().sorted().distinct().toList();
        requireOneOf("keysAndValues", keyValueBits, 8, 16);
        require(headroom16 >= 1 && headroom16 <= 16, "headroom", headroom16, "1 to 16");
        rules = List.copyOf(rules);
    }

    /** 8-bit weights for vision, 4-bit for language, 16-bit activations: the paper's setting, and the default. */
    public static Recipe w8a16w4a16() {
        return preset("w8a16-w4a16", List.of(), KEEP_8, Rule.ANY.part("vision").maxInputs(QUICK_INPUTS).rounding(Rounding.GPTQ).biasCorrection(true),
                Rule.ANY.part("language").weights(4).scales(Scales.MSE));
    }

    /** As {@link #w8a16w4a16}, with every layer rounded for the least error of its result: takes far longer on large models. */
    public static Recipe w4a16MaxAccuracy() {
        return preset("w4a16-max-accuracy", List.of(), KEEP_8, Rule.ANY.rounding(Rounding.GPTQ).biasCorrection(true),
                Rule.ANY.part("language").weights(4).scales(Scales.SEQUENTIAL_MSE));
    }

    /** 8-bit weights and 16-bit activations throughout. */
    public static Recipe w8a16() {
        return preset("w8a16", List.of(), List.of(), Rule.ANY.rounding(Rounding.GPTQ).biasCorrection(true));
    }

    /** 8-bit weights and 8-bit activations throughout. */
    public static Recipe w8a8() {
        return preset("w8a8", List.of(), List.of(), Rule.ANY.rounding(Rounding.GPTQ).biasCorrection(true),
                Rule.ANY.activations(8).range("percentile-99.99"));
    }

    private static Recipe preset(String name, List<Transform> transforms, List<Rule> keep, Rule... rules) {
        List<Rule> all = new ArrayList<>(keep);
        all.addAll(List.of(rules));
        return new Recipe(name, transforms, 8, HEADROOM, all);
    }

    /** All presets, the default first. */
    public static List<Recipe> presets() {
        return List.of(w8a16w4a16(), w8a8(), w4a16MaxAccuracy(), w8a16());
    }

    /** The preset called {@code name}; an error listing those there are otherwise. */
    public static Recipe preset(String name) {
        return presets().stream().filter(r -> r.name.equals(name)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no recipe '" + name + "'; there are " + presets().stream().map(Recipe::name).toList()));
    }

    /** This recipe under another name, with {@code first} before its rules. */
    public Recipe with(String otherName, List<Rule> first) {
        List<Rule> all = new ArrayList<>(first);
        all.addAll(rules);
        return new Recipe(otherName, transforms, keyValueBits, headroom16, all);
    }

    /** This recipe with other transforms. */
    public Recipe withTransforms(List<Transform> others) {
        return new Recipe(name, others, keyValueBits, headroom16, rules);
    }

    // --- what a tensor gets

    /**
     * A weight as rules see it.
     *
     * @param name   of the constant
     * @param op     kind of op that reads it
     * @param vision whether entry point {@code vision} reads it
     * @param inputs weights of one output channel
     */
    public record WeightUse(String name, String op, boolean vision, int inputs) {}

    /** Storage of a weight. */
    public DType weightStorage(WeightUse use) {
        return setting(use, r -> r.weights().stream().boxed().findFirst()).orElse(8) == 4 ? DType.S4 : DType.S8;
    }

    /** How the scales of a weight are found. */
    public Scales scales(WeightUse use) {
        return setting(use, Rule::scales).orElse(Scales.MAX);
    }

    /** How a weight is rounded. */
    public Rounding rounding(WeightUse use) {
        return setting(use, Rule::rounding).orElse(Rounding.NEAREST);
    }

    /** Whether the bias of the weight's layer is corrected for its rounding. */
    public boolean biasCorrection(WeightUse use) {
        return setting(use, Rule::biasCorrection).orElse(false);
    }

    private <T> Optional<T> setting(WeightUse use, Function<Rule, Optional<T>> setting) {
        return rules.stream().filter(r -> use.inputs() <= r.maxInputs().orElse(Integer.MAX_VALUE) && r.matches(use.name(), use.op(), use.vision()))
                .flatMap(r -> setting.apply(r).stream()).findFirst();
    }

    /** Storage of the activation {@code value} that op {@code op} makes. */
    public DType activation(String value, String op, boolean vision) {
        return activationSetting(value, op, vision, r -> r.activations().stream().boxed().findFirst()).orElse(16) == 16 ? DType.S16 : DType.S8;
    }

    /** How the range of the activation {@code value} is found. */
    public RangeKind range(String value, String op, boolean vision) {
        return activationSetting(value, op, vision, Rule::range).orElse(RangeKind.MIN_MAX);
    }

    private <T> Optional<T> activationSetting(String value, String op, boolean vision, Function<Rule, Optional<T>> setting) {
        return rules.stream().filter(r -> r.maxInputs().isEmpty() && r.matches(value, op, vision)).flatMap(r -> setting.apply(r).stream()).findFirst();
    }

    /** Storage of keys, values and other second operands of products of two activations. */
    public DType keysAndValues() {
        return keyValueBits == 16 ? DType.S16 : DType.S8;
    }

    static void requireOneOf(String what, int value, int a, int b) {
        require(value == a || value == b, what, value, a + " or " + b);
    }

    static void require(boolean ok, String what, Object found, String allowed) {
        if (!ok) {
            throw new IllegalArgumentException(what + " is " + found + " (allowed: " + allowed + ")");
        }
    }
}

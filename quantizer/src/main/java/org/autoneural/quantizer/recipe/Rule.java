package org.autoneural.quantizer.recipe;

import java.util.Optional;
import java.util.OptionalInt;
import org.autoneural.quantizer.recipe.Treatment.Rounding;
import org.autoneural.quantizer.recipe.Treatment.Scales;

/**
 * Settings for the tensors that it matches: every condition that is given must hold. A tensor gets each setting from the first
 * rule that matches it and has the setting.
 *
 * @param name           pattern of the weight's or value's name, {@code *} standing for any characters; empty for any
 * @param op             kind of op that reads the weight or makes the value ({@code linear}); empty for any
 * @param part           entry point {@code vision}, or {@code language} for all others; empty for both
 * @param maxInputs      most weights of an output channel that it matches; empty for any number. Does not match activations
 * @param weights        bits of a weight, 4 or 8
 * @param activations    bits of an activation, 8 or 16
 * @param range          how the range of an activation is found
 * @param scales         how a weight's scales are found
 * @param rounding       how a weight is rounded
 * @param biasCorrection whether a layer's bias makes up for what rounding its weights does to the mean of its result
 */
public record Rule(String name, String op, String part, OptionalInt maxInputs, OptionalInt weights, OptionalInt activations,
        Optional<RangeKind> range, Optional<Scales> scales, Optional<Rounding> rounding, Optional<Boolean> biasCorrection) {
    /** Matches everything and sets nothing. */
    public static final Rule ANY = new Rule("", "", "", OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty(),
            Optional.empty(), Optional.empty(), Optional.empty());

    public Rule {
        if (!part.isEmpty() && !part.equals("vision") && !part.equals("language")) {
            throw new IllegalArgumentException("part is '" + part + "' (allowed: vision, language)");
        }
        weights.ifPresent(bits -> Recipe.requireOneOf("weights of a rule", bits, 4, 8));
        activations.ifPresent(bits -> Recipe.requireOneOf("activations of a rule", bits, 8, 16));
        maxInputs.ifPresent(most -> Recipe.require(most >= 1, "maxInputs", most, "at least 1"));
    }

    /** Whether some tensor gets a setting from it. */
    boolean setsSomething() {
        return weights.isPresent() || activations.isPresent() || range.isPresent() || scales.isPresent() || rounding.isPresent()
                || biasCorrection.isPresent();
    }

    boolean matches(String tensor, String opName, boolean vision) {
        return (op.isEmpty() || op.equals(opName)) && (name.isEmpty() || Wildcard.matches(name, tensor))
                && (part.isEmpty() || part.equals("vision") == vision);
    }

    // --- for rules written in code

    /** This rule for names of that pattern only. */
    public Rule named(String pattern) {
        return new Rule(pattern, op, part, maxInputs, weights, activations, range, scales, rounding, biasCorrection);
    }

    /** This rule for ops of that kind only. */
    public Rule op(String kind) {
        return new Rule(name, kind, part, maxInputs, weights, activations, range, scales, rounding, biasCorrection);
    }

    /** This rule for {@code vision} or {@code language} only. */
    public Rule part(String which) {
        return new Rule(name, op, which, maxInputs, weights, activations, range, scales, rounding, biasCorrection);
    }

    /** This rule for weights of at most {@code most} values an output channel only. */
    public Rule maxInputs(int most) {
        return new Rule(name, op, part, OptionalInt.of(most), weights, activations, range, scales, rounding, biasCorrection);
    }

    /** This rule, setting the bits of weights: 4 or 8. */
    public Rule weights(int bits) {
        return new Rule(name, op, part, maxInputs, OptionalInt.of(bits), activations, range, scales, rounding, biasCorrection);
    }

    /** This rule, setting the bits of activations: 8 or 16. */
    public Rule activations(int bits) {
        return new Rule(name, op, part, maxInputs, weights, OptionalInt.of(bits), range, scales, rounding, biasCorrection);
    }

    /** This rule, setting how ranges of activations are found, as recipes write it. */
    public Rule range(String kind) {
        return new Rule(name, op, part, maxInputs, weights, activations, Optional.of(RangeKind.parse(kind)), scales, rounding, biasCorrection);
    }

    /** This rule, setting how scales of weights are found. */
    public Rule scales(Scales how) {
        return new Rule(name, op, part, maxInputs, weights, activations, range, Optional.of(how), rounding, biasCorrection);
    }

    /** This rule, setting how weights are rounded. */
    public Rule rounding(Rounding how) {
        return new Rule(name, op, part, maxInputs, weights, activations, range, scales, Optional.of(how), biasCorrection);
    }

    /** This rule, setting whether biases are corrected. */
    public Rule biasCorrection(boolean on) {
        return new Rule(name, op, part, maxInputs, weights, activations, range, scales, rounding, Optional.of(on));
    }
}

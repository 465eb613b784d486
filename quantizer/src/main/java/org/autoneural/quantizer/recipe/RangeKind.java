package org.autoneural.quantizer.recipe;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.autoneural.ir.DType;
import org.autoneural.quantizer.observe.Entropy;
import org.autoneural.quantizer.observe.LeastError;
import org.autoneural.quantizer.observe.MeanRange;
import org.autoneural.quantizer.observe.MinMax;
import org.autoneural.quantizer.observe.Observer;
import org.autoneural.quantizer.observe.Percentile;

/**
 * Which observer finds the range of an activation: {@code min-max}, {@code mean-range}, {@code least-error}, {@code entropy} or
 * {@code percentile-P}, P being above 50 and at most 100.
 *
 * @param name    as written in recipes, without the percentage
 * @param percent of {@code percentile}; empty for the others
 */
public record RangeKind(String name, OptionalDouble percent) {
    static final List<String> NAMES = List.of("min-max", "mean-range", "least-error", "entropy");
    private static final String PERCENTILE = "percentile-";

    /** The smallest and largest value seen. */
    public static final RangeKind MIN_MAX = new RangeKind("min-max", OptionalDouble.empty());

    static RangeKind parse(String text) {
        if (NAMES.contains(text)) {
            return new RangeKind(text, OptionalDouble.empty());
        }
        Optional<Double> percent = Optional.of(text).filter(t -> t.startsWith(PERCENTILE)).flatMap(t -> number(t.substring(PERCENTILE.length())));
        return new RangeKind("percentile", OptionalDouble.of(percent.filter(p -> p > 50 && p <= 100).orElseThrow(() ->
                new IllegalArgumentException("range is '" + text + "' (allowed: " + String.join(", ", NAMES)
                        + ", percentile-P with P above 50, at most 100)"))));
    }

    private static Optional<Double> number(String text) {
        try {
            return Optional.of(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A new observer for a tensor that will be stored as {@code storage}. */
    public Observer observer(DType storage) {
        return switch (name) {
            case "min-max" -> new MinMax();
            case "mean-range" -> new MeanRange();
            case "least-error" -> new LeastError(storage.bits());
            case "entropy" -> new Entropy();
            default -> new Percentile(percent.orElseThrow());
        };
    }

    @Override
    public String toString() {
        return percent.isPresent() ? PERCENTILE + percent.getAsDouble() : name;
    }
}

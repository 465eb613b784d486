package org.autoneural.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rescale;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Signature;
import org.autoneural.ir.op.Softmax;

/**
 * The variants that a report tries. They change the integer form of an op (the record component {@code integer}) by the names of
 * its components, so an op with a form of the same parts needs nothing here.
 */
final class Variants {
    private static final Map<Rounding, String> ROUNDINGS = new LinkedHashMap<>();
    private static final Map<Accumulator, String> ACCUMULATORS = new LinkedHashMap<>();

    static {
        ROUNDINGS.put(Rounding.SINGLE, "the rescale rounds once, half up");
        ROUNDINGS.put(Rounding.DOUBLE, "the rescale rounds twice, as gemmlowp");
        ROUNDINGS.put(Rounding.HALF_EVEN, "the rescale rounds ties to even");
        ROUNDINGS.put(Rounding.TOWARD_ZERO, "the rescale drops the fraction");
        ACCUMULATORS.put(Accumulator.I32_WRAP, "the sum wraps at 32 bits");
        ACCUMULATORS.put(Accumulator.I32_SAT, "the sum saturates at 32 bits");
        ACCUMULATORS.put(Accumulator.I64, "the sum is exact");
    }

    private Variants() {}

    /** All single changes that make sense for {@code op}, simplest first. */
    static List<Variant> of(Op op) {
        List<Variant> all = new ArrayList<>();
        Optional<Record> form = form(op);
        if (form.isEmpty()) {
            return all;
        }
        Records.component(form.get(), "rounding").ifPresent(own -> ROUNDINGS.forEach((rounding, meaning) -> {
            if (rounding != own) {
                all.add(new Variant(lower(rounding), Variant.Aspect.ROUNDING, meaning, e -> changed(e, Map.of("rounding", rounding))));
            }
        }));
        Records.component(form.get(), "accumulator").ifPresent(own -> ACCUMULATORS.forEach((accumulator, meaning) -> {
            // 48 bits are exact, too, or an error
            if (accumulator != own && !(accumulator == Accumulator.I64 && own == Accumulator.I48)) {
                all.add(new Variant(lower(accumulator), Variant.Aspect.ACCUMULATOR, meaning,
                        e -> changed(e, Map.of("accumulator", accumulator))));
            }
        }));
        all.add(new Variant("multiplier_15", Variant.Aspect.MULTIPLIER, "multipliers of 15 bits", Variants::narrowMultipliers));
        // Softmax gives what its type can hold, whatever the bounds of its form.
        if (Records.component(form.get(), "min").isPresent() && !(op instanceof Softmax)) {
            all.add(new Variant("type_bounds", Variant.Aspect.SATURATION, "results clamped to the bounds of their type only",
                    Variants::typeBounds));
            all.add(new Variant("no_saturation", Variant.Aspect.SATURATION, "results wrap instead of being clamped",
                    e -> changed(e, Map.of("min", Integer.MIN_VALUE, "max", Integer.MAX_VALUE))
                            .map(c -> new Evaluation(c.op(), c.in(), c.types(), true))));
        }
        return all;
    }

    /** Two changes of different aspects at once. */
    static List<Variant> pairs(Op op) {
        List<Variant> singles = of(op);
        List<Variant> pairs = new ArrayList<>();
        for (int i = 0; i < singles.size(); i++) {
            for (Variant second : singles.subList(i + 1, singles.size())) {
                if (second.aspect() != singles.get(i).aspect()) {
                    pairs.add(singles.get(i).and(second));
                }
            }
        }
        return pairs;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Record> form(Op op) {
        return Records.component((Record) op, "integer").flatMap(f -> f instanceof Optional<?> o ? o : Optional.of(f)).map(Record.class::cast);
    }

    private static Optional<Evaluation> changed(Evaluation e, Map<String, ?> changes) {
        return form(e.op()).map(form -> {
            Record other = Records.with(form, changes);
            boolean optional = Records.component((Record) e.op(), "integer").orElseThrow() instanceof Optional;
            return new Evaluation((Op) Records.with((Record) e.op(), Map.of("integer", optional ? Optional.of(other) : other)), e.in(),
                    e.types(), e.wraps());
        });
    }

    private static Optional<Evaluation> typeBounds(Evaluation e) {
        DType type = e.types().get(0).dtype();
        return changed(e, Map.of("min", (int) type.min(), "max", (int) type.max()));
    }

    private static Optional<Evaluation> narrowMultipliers(Evaluation e) {
        Record form = form(e.op()).orElseThrow();
        Optional<Object> shift = Records.component(form, "shift");
        if (shift.isEmpty()) {
            return narrowOperands(e);
        }
        int narrowShift = (int) shift.get() - 16;
        Map<String, Object> changes = new HashMap<>(Map.of("shift", narrowShift));
        for (String name : List.of("multiplier", "multiplierA", "multiplierB")) {
            Records.component(form, name).ifPresent(m -> changes.put(name, narrow((int) m)));
        }
        return narrowShift < 1 || changes.size() == 1 ? Optional.empty() : changed(e, changes);
    }

    // multiplier s32 and shift s8, one a channel, are operands
    private static Optional<Evaluation> narrowOperands(Evaluation e) {
        List<String> names = e.op().signature().operands().stream().map(Signature.Operand::name).toList();
        int m = names.indexOf("multiplier");
        int n = names.indexOf("shift");
        if (m < 0 || n < 0) {
            return Optional.empty();
        }
        int[] multipliers = e.in().get(m).toInts().clone();
        int[] shifts = e.in().get(n).toInts().clone();
        for (int c = 0; c < multipliers.length; c++) {
            multipliers[c] = narrow(multipliers[c]);
            shifts[c] -= 16;
            if (shifts[c] < 1 || shifts[c] > Rescale.MAX_SHIFT) {
                return Optional.empty();
            }
        }
        List<TensorData> in = new ArrayList<>(e.in());
        in.set(m, Tensor.ofInts(DType.S32, e.in().get(m).shape(), multipliers));
        in.set(n, Tensor.ofInts(DType.S8, e.in().get(n).shape(), shifts));
        return Optional.of(new Evaluation(e.op(), in, e.types(), e.wraps()));
    }

    /** docs/integer-semantics.md, section 2: the 15-bit form, of the magnitude. */
    private static int narrow(int multiplier) {
        int magnitude = (int) Math.min(Short.MAX_VALUE, (Math.abs((long) multiplier) + (1 << 15)) >> 16);
        return multiplier < 0 ? -magnitude : magnitude;
    }
}

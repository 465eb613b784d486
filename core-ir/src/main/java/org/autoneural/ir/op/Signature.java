package org.autoneural.ir.op;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Stage;

/**
 * What an op takes and gives, as data: read by the verifier, the textual form's errors and the generated documentation.
 *
 * @param name     name in the textual form
 * @param summary  one line for lists and docs
 * @param engine   unit that executes it
 * @param stages   stages at which the op may appear
 * @param operands in order
 * @param results  in order
 */
public record Signature(String name, String summary, Engine engine, Set<Stage> stages, List<Operand> operands,
        List<Operand> results) {

    /** When an operand must be there. */
    public enum Presence {
        /** At every stage. */
        REQUIRED,
        /** May be left out, together with all that follow it. */
        OPTIONAL,
        /** Only at the INTEGER stage, where it is required. */
        INTEGER_ONLY
    }

    /**
     * An operand or a result.
     *
     * @param floatTypes   types allowed at the FLOAT and QUANTIZED stages
     * @param integerTypes types allowed at the INTEGER stage
     * @param doc          shape and meaning
     */
    public record Operand(String name, Presence presence, Set<DType> floatTypes, Set<DType> integerTypes, String doc) {}

    /** Activations: f32, then s8 or s16. */
    public static final Set<DType> ACTIVATION = Set.of(DType.S8, DType.S16);
    /** Activations and 32-bit numbers such as sums: what a rescale takes and gives. */
    public static final Set<DType> RESCALED = Set.of(DType.S8, DType.S16, DType.S32);
    /** Weights: f32, then s4 or s8. */
    public static final Set<DType> WEIGHT = Set.of(DType.S4, DType.S8);
    /** Biases: f32, then s32 or s64. */
    public static final Set<DType> BIAS = Set.of(DType.S32, DType.S64);
    private static final Set<DType> F32 = Set.of(DType.F32);

    /** Any type: data movement. */
    public static final Set<DType> ANY = EnumSet.allOf(DType.class);

    /** Begins the signature of op {@code name}: what executes it, and what it does in a few words. */
    public static Builder op(String name, Engine engine, String summary) {
        return new Builder(name, engine, summary);
    }

    /** Fewest and most operands at {@code stage}. */
    public boolean acceptsCount(int count, Stage stage) {
        int required = 0;
        int total = 0;
        // Operands are found by position: an optional one cannot be left out before one that is there.
        for (Operand o : operands) {
            if (o.presence == Presence.INTEGER_ONLY && stage != Stage.INTEGER) {
                continue;
            }
            total++;
            if (o.presence != Presence.OPTIONAL) {
                required = total;
            }
        }
        return count >= required && count <= total;
    }

    /** Collects a signature in reading order. */
    public static final class Builder {
        private final String name;
        private final Engine engine;
        private final String summary;
        private Set<Stage> stages = EnumSet.allOf(Stage.class);
        private final List<Operand> operands = new ArrayList<>();
        private final List<Operand> results = new ArrayList<>();

        private Builder(String name, Engine engine, String summary) {
            this.name = name;
            this.engine = engine;
            this.summary = summary;
        }

        /** Allows the op at these stages only. */
        public Builder only(Stage... allowed) {
            stages = Set.of(allowed);
            return this;
        }

        /** A required operand: f32, or {@code integerTypes} at the INTEGER stage. */
        public Builder in(String operand, Set<DType> integerTypes, String doc) {
            operands.add(new Operand(operand, Presence.REQUIRED, F32, integerTypes, doc));
            return this;
        }

        /** An optional operand: f32, or {@code integerTypes} at the INTEGER stage. */
        public Builder optional(String operand, Set<DType> integerTypes, String doc) {
            operands.add(new Operand(operand, Presence.OPTIONAL, F32, integerTypes, doc));
            return this;
        }

        /** A required operand that has the same integer type at every stage (positions, ids, masks, pictures). */
        public Builder index(String operand, DType type, String doc) {
            operands.add(new Operand(operand, Presence.REQUIRED, Set.of(type), Set.of(type), doc));
            return this;
        }

        /** As {@link #index}, optional. */
        public Builder optionalIndex(String operand, DType type, String doc) {
            operands.add(new Operand(operand, Presence.OPTIONAL, Set.of(type), Set.of(type), doc));
            return this;
        }

        /** An operand of any type at any stage. */
        public Builder any(String operand, String doc) {
            operands.add(new Operand(operand, Presence.REQUIRED, ANY, ANY, doc));
            return this;
        }

        /** An operand that exists at the INTEGER stage only. */
        public Builder integer(String operand, Set<DType> types, String doc) {
            operands.add(new Operand(operand, Presence.INTEGER_ONLY, Set.of(), types, doc));
            return this;
        }

        /** A result: f32, or {@code integerTypes} at the INTEGER stage. */
        public Builder out(String result, Set<DType> integerTypes, String doc) {
            results.add(new Operand(result, Presence.REQUIRED, F32, integerTypes, doc));
            return this;
        }

        /** A result of any type: data movement. */
        public Builder anyOut(String result, String doc) {
            results.add(new Operand(result, Presence.REQUIRED, ANY, ANY, doc));
            return this;
        }

        /** The signature; stages are all of them unless {@link #only} was called. */
        public Signature build() {
            return new Signature(name, summary, engine, Set.copyOf(stages), List.copyOf(operands), List.copyOf(results));
        }
    }
}

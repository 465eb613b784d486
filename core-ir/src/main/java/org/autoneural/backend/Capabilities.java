package org.autoneural.backend;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.autoneural.ir.DType;

/**
 * What a target can execute, asked before quantizing so that nothing illegal is made.
 *
 * @param rules every limit, with its source; what no rule limits is allowed
 */
public record Capabilities(List<Rule> rules) {
    /** The parts that a tensor can play whose width a target limits. */
    public enum Role {
        /** What an op computes. */
        ACTIVATION,
        /** Constant weight of a linear layer, a convolution or a table of embeddings. */
        WEIGHT,
        /** Second operand of a product of two activations: keys, values and their caches. */
        MATMUL_B,
        /** Gain of a norm. */
        NORM_GAIN
    }

    /**
     * The element types that a role may have. A narrower one may be stored in a wider container: an s8 norm gain lies in an s16
     * tensor whose values stay within s8.
     */
    public record Storage(Role role, Set<DType> allowed) {
        public Storage {
            allowed = Set.copyOf(allowed);
        }
    }

    /**
     * A limit of the target.
     *
     * @param code    stable code, {@code V68-MATMUL}
     * @param storage the limit as data; empty for one that only {@link Backend#check} can hold a program against
     * @param text    the limit in words
     * @param source  where that is written or was measured
     */
    public record Rule(String code, Optional<Storage> storage, String text, String source) {
        /** A limit in words. */
        public Rule(String code, String text, String source) {
            this(code, Optional.empty(), text, source);
        }

        /** A limit of a role to some element types. */
        public Rule(String code, Role role, Set<DType> allowed, String text, String source) {
            this(code, Optional.of(new Storage(role, allowed)), text, source);
        }

        private boolean forbids(Role role, DType type) {
            return storage.filter(s -> s.role() == role && !s.allowed().contains(type)).isPresent();
        }

        @Override
        public String toString() {
            return code + " (" + text + "; source: " + source + ")";
        }
    }

    public Capabilities {
        rules = List.copyOf(rules);
    }

    /** The element types that every rule allows for {@code role}. */
    public Set<DType> allowed(Role role) {
        return Arrays.stream(DType.values()).filter(t -> forbids(role, t).isEmpty())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(DType.class)));
    }

    /** The first rule that does not allow {@code type} for {@code role}; empty when it is allowed. */
    public Optional<Rule> forbids(Role role, DType type) {
        return rules.stream().filter(r -> r.forbids(role, type)).findFirst();
    }
}

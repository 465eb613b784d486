package org.autoneural.compare;

import java.util.Optional;
import java.util.function.Function;

/**
 * A known way in which another implementation may compute the same op.
 *
 * @param name    short, as reports name it: {@code i32_sat}
 * @param aspect  what it changes; two variants of one aspect exclude each other
 * @param meaning one phrase for the reader
 * @param change  the op changed so; empty when it has nothing that could be changed so
 */
record Variant(String name, Aspect aspect, String meaning, Function<Evaluation, Optional<Evaluation>> change) {
    /** What a variant changes. */
    enum Aspect { ROUNDING, ACCUMULATOR, MULTIPLIER, SATURATION }

    /** Both at once. */
    Variant and(Variant other) {
        return new Variant(name + " + " + other.name, aspect, meaning + "; " + other.meaning,
                e -> change.apply(e).flatMap(other.change));
    }
}

package org.autoneural.qnn.table;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One op of the vendor's.
 *
 * @param name       {@code Conv2d}
 * @param leastInputs fewest inputs
 * @param mostInputs most inputs, {@link Integer#MAX_VALUE} for any number
 * @param params     in the order of the definition
 * @param types      allowed combinations of element types
 */
public record OpDefinition(String name, int leastInputs, int mostInputs, List<Parameter> params, List<Types> types) {
    public OpDefinition {
        params = List.copyOf(params);
        types = List.copyOf(types);
    }

    /**
     * A parameter.
     *
     * @param optional whether it may be left out
     * @param types    element types by their names in the table
     * @param dims     empty for a scalar; an empty extent is any
     */
    public record Parameter(String name, boolean optional, Set<String> types, Optional<List<Optional<Integer>>> dims) {}

    /**
     * Element types, one set of choices an operand; an op with any number of inputs repeats the last.
     *
     * @param manyOutputs whether there may be any number of outputs, which repeat the last
     */
    public record Types(List<Set<String>> inputs, List<Set<String>> outputs, boolean manyOutputs) {
        boolean allow(List<String> in, List<String> out) {
            return (manyOutputs || out.size() == outputs.size()) && fit(in, inputs) && fit(out, outputs);
        }

        private static boolean fit(List<String> given, List<Set<String>> choices) {
            for (int i = 0; i < given.size(); i++) {
                if (!choices.get(Math.min(i, choices.size() - 1)).contains(given.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The parameter of that name, when the op has it. */
    public Optional<Parameter> param(String param) {
        return params.stream().filter(p -> p.name().equals(param)).findFirst();
    }
}

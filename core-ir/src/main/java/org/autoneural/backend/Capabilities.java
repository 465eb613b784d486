package org.autoneural.backend;

import java.util.List;
import java.util.Set;
import org.autoneural.ir.DType;

/**
 * What a target can execute, asked before quantizing so that nothing illegal is made.
 *
 * @param activations    element types of activations
 * @param weights        element types of constant weights
 * @param matMulB        element types of the second operand of a product of two activations (keys and values)
 * @param perChannelInt4 whether 4-bit weights have one scale an output channel (and no blocks)
 * @param rules          every limit in words, with its source
 */
public record Capabilities(Set<DType> activations, Set<DType> weights, Set<DType> matMulB, boolean perChannelInt4,
        List<Rule> rules) {
    public Capabilities {
        activations = Set.copyOf(activations);
        weights = Set.copyOf(weights);
        matMulB = Set.copyOf(matMulB);
        rules = List.copyOf(rules);
    }

    /**
     * A limit of the target.
     *
     * @param code   stable code, {@code V68-MATMUL}
     * @param text   the limit in words
     * @param source where that is written or was measured
     */
    public record Rule(String code, String text, String source) {}
}

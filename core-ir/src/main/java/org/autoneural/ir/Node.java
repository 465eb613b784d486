package org.autoneural.ir;

import java.util.List;
import java.util.function.UnaryOperator;
import org.autoneural.ir.op.Op;

/**
 * One application of an op.
 *
 * @param op      the op with its attributes
 * @param inputs  names of the operands in the order of the op's signature; trailing optional ones may be absent
 * @param outputs names of the results; at least one, the first names the node in messages
 * @param source  the module or tensor of the checkpoint that this node comes from ({@code model.layers.0.conv.in_proj});
 *                empty for nodes that a pass made up
 */
public record Node(Op op, List<String> inputs, List<String> outputs, String source) {
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        if (outputs.isEmpty()) {
            throw new IllegalArgumentException(op.name() + " node without a result");
        }
    }

    /** The first result's name, by which messages call this node. */
    public String name() {
        return outputs.get(0);
    }

    /** Name of operand {@code i}, from 0. */
    public String input(int i) {
        return inputs.get(i);
    }

    /** Name of the first result. */
    public String output() {
        return outputs.get(0);
    }

    /** The same node with another op. */
    public Node withOp(Op other) {
        return new Node(other, inputs, outputs, source);
    }

    /** The same node with other operands. */
    public Node withInputs(List<String> other) {
        return new Node(op, other, outputs, source);
    }

    /** This node with every operand name mapped. */
    public Node mapInputs(UnaryOperator<String> rename) {
        return withInputs(inputs.stream().map(rename).toList());
    }
}

package org.autoneural.sim.cost;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.autoneural.backend.Precision;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.Linear;

/** Bits of the values of a graph: its own at the INTEGER stage, those of a {@link Precision} before it. */
final class Widths {
    private final Graph graph;
    private final Optional<Precision> precision;
    private final Set<String> weights = new HashSet<>();

    Widths(Graph graph, Optional<Precision> precision) {
        this.graph = graph;
        this.precision = precision;
        for (Node node : graph.nodes()) {
            int operand = node.op() instanceof Conv2d || node.op() instanceof Linear ? 1
                    : node.op() instanceof Gather ? 0 : node.op() instanceof CausalConv1d ? 3 : -1;
            if (operand >= 0) {
                weights.add(node.input(operand));
            }
        }
    }

    /** Bits of one element of {@code value}. */
    int bits(String value) {
        TensorType type = graph.type(value);
        if (precision.isEmpty() || type.dtype() != DType.F32) {
            return type.dtype().bits();
        }
        if (weights.contains(value)) {
            return precision.get().weightBits();
        }
        return precision.get().activationBits();
    }

    /** Bytes of {@code value} without padding. */
    long bytes(String value) {
        return (graph.type(value).shape().elements() * bits(value) + 7) / 8;
    }

    MacClass macClass(String activation, String weight) {
        if (precision.isPresent() && precision.get() == Precision.FP16) {
            return MacClass.FP16;
        }
        if (bits(activation) <= 8) {
            return MacClass.W8A8;
        }
        // A product of two activations counts as one with 8-bit weights, which is what its second operand is on the v68.
        return bits(weight) <= 4 ? MacClass.W4A16 : MacClass.W8A16;
    }
}

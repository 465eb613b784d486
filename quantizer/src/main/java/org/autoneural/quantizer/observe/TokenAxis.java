package org.autoneural.quantizer.observe;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Transpose;

/**
 * Which axis of each value counts the tokens of a chunk, so that the padding rows behind {@code n_valid} can be left out of
 * what is observed: their values mean nothing.
 */
final class TokenAxis {
    private final Map<String, Integer> axes = new HashMap<>();

    /** Starts at the graph's inputs that have one row a token ({@code ids}, {@code features}, {@code image_mask}): axis 0. */
    TokenAxis(Graph graph, int chunk) {
        for (String v : graph.inputs()) {
            boolean state = graph.states().stream().anyMatch(s -> s.input().equals(v));
            Shape shape = graph.type(v).shape();
            if (!state && chunk > 1 && shape.rank() >= 1 && shape.dim(0) == chunk) {
                axes.put(v, 0);
            }
        }
        graph.nodes().forEach(n -> follow(graph, n, chunk));
    }

    /** Axis of tokens of {@code value}; empty when it has none. */
    OptionalInt of(String value) {
        Integer axis = axes.get(value);
        return axis == null ? OptionalInt.empty() : OptionalInt.of(axis);
    }

    private void follow(Graph graph, Node n, int chunk) {
        if (n.op() instanceof KvAppend || n.op() instanceof LastRow) {
            return;
        }
        Integer axis = n.inputs().stream().map(axes::get).filter(Objects::nonNull).findFirst().orElse(null);
        if (axis == null) {
            return;
        }
        if (n.op() instanceof Transpose t) {
            axis = t.permutation().indexOf(axis);
        } else if (n.op() instanceof Reshape) {
            axis = reshaped(graph.type(n.input(0)).shape(), axis, graph.type(n.output()).shape());
        } else if (n.op() instanceof Concat c && c.axis() == axis) {
            return;
        }
        Shape shape = graph.type(n.output()).shape();
        // MatMul's second operand, and whatever else mixes tokens, ends the walk: the extent is then another one
        if (axis >= 0 && axis < shape.rank() && shape.dim(axis) == chunk && (n.op() instanceof CausalConv1d || n.outputs().size() == 1)) {
            axes.put(n.output(), axis);
        }
    }

    /** The axis of the same extent before which as many elements lie; -1 if there is none. */
    private static int reshaped(Shape from, int axis, Shape to) {
        for (int a = 0; a < to.rank(); a++) {
            if (to.dim(a) == from.dim(axis) && to.outer(a) == from.outer(axis)) {
                return a;
            }
        }
        return -1;
    }
}

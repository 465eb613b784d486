package org.autoneural.ir.pass;

import java.util.List;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.Scale;
import org.autoneural.ir.op.Transpose;

/**
 * Folds a factor that is the same for all channels ({@code 1/sqrt(d)} of attention) into the projection or norm gain that
 * its operand comes from, through reshapes, transposes and rotary embedding, which all commute with it (model.md B.9).
 */
public final class FoldUniformScale implements Pass {
    @Override
    public String name() {
        return "fold-uniform-scale";
    }

    @Override
    public String summary() {
        return "Folds a uniform factor such as 1/sqrt(d) into the projection or norm gain it comes from";
    }

    @Override
    public Graph run(Graph graph) {
        Graph current = graph;
        // One scale at a time: two of them may fold into the same weight.
        for (Graph next = foldOne(current); next != current; next = foldOne(current)) {
            current = next;
        }
        return current;
    }

    private static Graph foldOne(Graph graph) {
        for (Node node : graph.nodes()) {
            if (!(node.op() instanceof Scale) || !graph.isConstant(node.input(1)) || graph.outputs().contains(node.output())) {
                continue;
            }
            float[] factors = graph.constants().get(node.input(1)).toFloats();
            Node origin = origin(graph, node.input(0));
            if (origin == null || !uniform(factors)) {
                continue;
            }
            GraphRewriter rewriter = new GraphRewriter(graph);
            for (String w : origin.inputs().subList(1, origin.inputs().size())) {
                rewriter.constant(w, TensorViews.scaled(graph.constants().get(w), factors[0]));
            }
            rewriter.redirect(node.output(), node.input(0));
            rewriter.replace(node, List.of());
            return rewriter.build();
        }
        return graph;
    }

    /** The projection or norm that {@code value} comes from through data movement, when its weights are its own; null if none. */
    private static Node origin(Graph graph, String value) {
        String v = value;
        while (Uses.single(graph, v) && graph.producer(v).isPresent()) {
            Node node = graph.producer(v).get();
            Op op = node.op();
            if (op instanceof Linear || op instanceof Conv2d || op instanceof RmsNorm) {
                return node.inputs().stream().skip(1).allMatch(w -> Uses.ownConstant(graph, w)) ? node : null;
            }
            if (!(op instanceof Reshape || op instanceof Transpose || op instanceof Rope)) {
                return null;
            }
            v = node.input(0);
        }
        return null;
    }

    private static boolean uniform(float[] factors) {
        for (float f : factors) {
            if (f != factors[0]) {
                return false;
            }
        }
        return factors.length > 0;
    }
}

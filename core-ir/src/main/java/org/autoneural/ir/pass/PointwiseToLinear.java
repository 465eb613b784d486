package org.autoneural.ir.pass;

import java.util.List;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;

/** Turns a 1x1 convolution in NHWC (stride 1, no padding, one group) into a linear, which it is. */
public final class PointwiseToLinear implements Pass {
    @Override
    public String name() {
        return "pointwise-to-linear";
    }

    @Override
    public String summary() {
        return "Turns a 1x1 convolution in NHWC into a linear";
    }

    @Override
    public Graph run(Graph graph) {
        GraphRewriter rewriter = new GraphRewriter(graph);
        boolean changed = false;
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Conv2d conv && isPointwise(graph, node, conv)) {
                String w = node.input(1);
                Shape shape = graph.type(w).shape();
                rewriter.constant(w, TensorViews.reshaped(graph.constants().get(w), Shape.of(shape.dim(0), shape.dim(3))));
                rewriter.replace(node, node.withOp(Linear.of()));
                changed = true;
            }
        }
        return changed ? rewriter.build() : graph;
    }

    private static boolean isPointwise(Graph graph, Node node, Conv2d conv) {
        Shape w = graph.type(node.input(1)).shape();
        return conv.layout() == Layout.NHWC && conv.groups() == 1 && conv.strideH() == 1 && conv.strideW() == 1
                && conv.pads().equals(List.of(0, 0, 0, 0)) && w.dim(1) == 1 && w.dim(2) == 1
                && conv.integer().isEmpty() && Uses.ownConstant(graph, node.input(1));
    }
}

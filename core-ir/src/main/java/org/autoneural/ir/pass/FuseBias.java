package org.autoneural.ir.pass;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.op.Bias;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Linear;

/** Moves a bias into the convolution or linear before it: {@code bias(linear(x, w), b)} becomes {@code linear(x, w, b)}. */
public final class FuseBias implements Pass {
    @Override
    public String name() {
        return "fuse-bias";
    }

    @Override
    public String summary() {
        return "Moves a bias into the convolution or linear before it";
    }

    @Override
    public Graph run(Graph graph) {
        GraphRewriter rewriter = new GraphRewriter(graph);
        boolean changed = false;
        for (Node node : graph.nodes()) {
            Node product = node.op() instanceof Bias ? graph.producer(node.input(0)).orElse(null) : null;
            if (product != null && product.inputs().size() == 2 && Uses.single(graph, product.output())
                    && graph.isConstant(node.input(1)) && channelAxis(graph, product) == ((Bias) node.op()).axis()) {
                List<String> operands = new ArrayList<>(product.inputs());
                operands.add(node.input(1));
                rewriter.replace(product, List.of());
                rewriter.replace(node, new Node(product.op(), operands, node.outputs(), product.source()));
                changed = true;
            }
        }
        return changed ? rewriter.build() : graph;
    }

    /** Axis of the output channels of a convolution or linear; -1 for any other op. */
    static int channelAxis(Graph graph, Node node) {
        if (node.op() instanceof Conv2d conv) {
            return conv.layout().channelAxis();
        }
        return node.op() instanceof Linear ? graph.type(node.output()).shape().rank() - 1 : -1;
    }
}

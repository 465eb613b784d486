package org.autoneural.ir.pass;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Scale;

/**
 * Folds a per-channel factor into what produces it, exactly (model.md B.9): into the gain of a norm, or into the output rows
 * and the bias of a convolution or linear. Removes every layer scale of MobileNetV5 and ViT.
 */
public final class FoldLayerScale implements Pass {
    @Override
    public String name() {
        return "fold-layer-scale";
    }

    @Override
    public String summary() {
        return "Folds a per-channel factor into the norm gain or projection before it";
    }

    @Override
    public Graph run(Graph graph) {
        GraphRewriter rewriter = new GraphRewriter(graph);
        boolean changed = false;
        for (Node node : graph.nodes()) {
            Node producer = node.op() instanceof Scale && graph.isConstant(node.input(1))
                    ? graph.producer(node.input(0)).orElse(null) : null;
            if (producer == null || !Uses.single(graph, producer.output())) {
                continue;
            }
            int axis = ((Scale) node.op()).axis();
            boolean norm = producer.op() instanceof RmsNorm n && n.axis() == axis;
            if (!norm && FuseBias.channelAxis(graph, producer) != axis) {
                continue;
            }
            List<String> weights = producer.inputs().subList(1, producer.inputs().size());
            if (!weights.stream().allMatch(w -> Uses.ownConstant(graph, w))) {
                continue;
            }
            float[] factors = graph.constants().get(node.input(1)).toFloats();
            // gamma [C]; w [O, ...] and bias [O]: axis 0 in every case.
            weights.forEach(w -> rewriter.constant(w, TensorViews.scaled(graph.constants().get(w), 0, factors)));
            rewriter.replace(producer, List.of());
            rewriter.replace(node, new Node(producer.op(), new ArrayList<>(producer.inputs()), node.outputs(), producer.source()));
            changed = true;
        }
        return changed ? rewriter.build() : graph;
    }
}

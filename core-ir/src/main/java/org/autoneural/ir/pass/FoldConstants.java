package org.autoneural.ir.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;

/** Evaluates nodes all of whose operands are constants, up to {@value #MAX_ELEMENTS} elements a result. */
public final class FoldConstants implements Pass {
    /** Larger results would cost more memory than the node costs time. */
    static final long MAX_ELEMENTS = 1 << 20;

    @Override
    public String name() {
        return "fold-constants";
    }

    @Override
    public String summary() {
        return "Evaluates nodes all of whose operands are constants";
    }

    @Override
    public Graph run(Graph graph) {
        Map<String, TensorData> folded = new HashMap<>();
        GraphRewriter rewriter = new GraphRewriter(graph);
        for (Node node : graph.nodes()) {
            List<TensorData> operands = new ArrayList<>();
            for (String v : node.inputs()) {
                TensorData data = folded.getOrDefault(v, graph.constants().get(v));
                if (data != null) {
                    operands.add(data);
                }
            }
            boolean small = node.outputs().stream().allMatch(v -> graph.type(v).shape().elements() <= MAX_ELEMENTS);
            if (operands.size() < node.inputs().size() || node.inputs().isEmpty() || !small) {
                continue;
            }
            List<Tensor> results = graph.types(node.outputs()).stream().map(t -> Tensor.zeros(t.dtype(), t.shape())).toList();
            node.op().evaluate(operands, results);
            for (int i = 0; i < results.size(); i++) {
                String name = node.outputs().get(i);
                folded.put(name, results.get(i));
                rewriter.constant(name, results.get(i), graph.type(name));
            }
            rewriter.replace(node, List.of());
        }
        return folded.isEmpty() ? graph : rewriter.build();
    }
}

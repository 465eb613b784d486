package org.autoneural.ir.pass;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.op.Op;

/** Computes equal nodes (same op, attributes and operands) once. Nodes that define graph outputs keep their names. */
public final class CommonSubexpressions implements Pass {
    private record Key(Op op, List<String> inputs) {}

    @Override
    public String name() {
        return "common-subexpressions";
    }

    @Override
    public String summary() {
        return "Computes equal nodes once";
    }

    @Override
    public Graph run(Graph graph) {
        Map<Key, Node> first = new HashMap<>();
        Map<String, String> same = new HashMap<>();
        GraphRewriter rewriter = new GraphRewriter(graph);
        for (Node node : graph.nodes()) {
            Key key = new Key(node.op(), node.inputs().stream().map(v -> same.getOrDefault(v, v)).toList());
            Node before = first.putIfAbsent(key, node);
            boolean sameTypes = before != null && graph.types(before.outputs()).equals(graph.types(node.outputs()));
            if (sameTypes && node.outputs().stream().noneMatch(graph.outputs()::contains)) {
                for (int i = 0; i < node.outputs().size(); i++) {
                    same.put(node.outputs().get(i), before.outputs().get(i));
                    rewriter.redirect(node.outputs().get(i), before.outputs().get(i));
                }
                rewriter.replace(node, List.of());
            }
        }
        return same.isEmpty() ? graph : rewriter.build();
    }
}

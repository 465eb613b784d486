package org.autoneural.ir.pass;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;

/** Removes nodes whose results nobody reads. */
public final class DeadCode implements Pass {
    @Override
    public String name() {
        return "dead-code";
    }

    @Override
    public String summary() {
        return "Removes nodes whose results nobody reads";
    }

    @Override
    public Graph run(Graph graph) {
        Set<String> live = new HashSet<>(graph.outputs());
        GraphRewriter rewriter = new GraphRewriter(graph);
        List<Node> nodes = graph.nodes();
        boolean changed = false;
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.outputs().stream().anyMatch(live::contains)) {
                live.addAll(node.inputs());
            } else {
                rewriter.replace(node, List.of());
                changed = true;
            }
        }
        return changed || !live.containsAll(graph.constants().keySet()) ? rewriter.build() : graph;
    }
}

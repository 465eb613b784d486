package org.autoneural.ir.text;

import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;

/** Prints a graph for Graphviz ({@code dot -Tsvg}): a box for each node, an edge for each activation; constants are left out. */
public final class DotPrinter {
    private DotPrinter() {}

    /** The graph in the language of Graphviz: a box for each node with the type of its first result, without constants. */
    public static String print(Graph graph) {
        StringBuilder s = new StringBuilder("digraph \"" + graph.name() + "\" {\n  node [shape=box, fontname=\"sans-serif\"];\n");
        for (String input : graph.inputs()) {
            s.append("  \"").append(input).append("\" [shape=ellipse, label=\"").append(input).append("\\n")
                    .append(graph.type(input)).append("\"];\n");
        }
        for (Node node : graph.nodes()) {
            s.append("  \"").append(node.name()).append("\" [label=\"").append(node.op().name()).append("\\n").append(node.name())
                    .append("\\n").append(graph.type(node.name())).append("\"];\n");
            for (String operand : node.inputs()) {
                if (!graph.isConstant(operand)) {
                    String from = graph.producer(operand).map(Node::name).orElse(operand);
                    s.append("  \"").append(from).append("\" -> \"").append(node.name()).append("\";\n");
                }
            }
        }
        return s.append("}\n").toString();
    }
}

package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/** A node in its graph as {@link Op#verify} sees it, and where findings go. */
public record NodeCheck(Graph graph, Node node, Consumer<Diagnostic> findings) {
    /** The stage of the graph. */
    public Stage stage() {
        return graph.stage();
    }

    /** Type of operand {@code i}, from 0. */
    public TensorType in(int i) {
        return graph.type(node.input(i));
    }

    /** Type of result {@code i}, from 0. */
    public TensorType out(int i) {
        return graph.type(node.outputs().get(i));
    }

    /** Types of all operands. */
    public List<TensorType> ins() {
        return graph.types(node.inputs());
    }

    /** The data of operand {@code i} when it is a constant. */
    public Optional<TensorData> constant(int i) {
        return graph.constant(node.input(i));
    }

    /** Graph, node, op and source, as every message names them. */
    public String place() {
        return place(graph, node);
    }

    /** {@code graph vision, node %stem.conv (conv2d) from conv_stem}: how every message names a node. */
    public static String place(Graph graph, Node node) {
        return "graph " + graph.name() + ", node %" + node.name() + " (" + node.op().name() + ")"
                + (node.source().isEmpty() ? "" : " from " + node.source());
    }

    /** Reports an error unless {@code ok}. */
    public void require(boolean ok, String code, Object found, Object allowed, String remedy) {
        if (!ok) {
            findings.accept(Diagnostic.error(code, place(), String.valueOf(found), String.valueOf(allowed), remedy));
        }
    }
}

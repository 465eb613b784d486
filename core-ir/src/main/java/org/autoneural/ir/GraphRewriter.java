package org.autoneural.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A working copy of a graph for one pass: replace nodes, redirect uses, add constants, then {@link #build()} a new graph.
 * The original is not touched. Unused constants are dropped by {@code build}; unused nodes stay (dead-code elimination is a
 * pass of its own). Not thread-safe.
 */
public final class GraphRewriter {
    private final Graph original;
    private final Stage stage;
    private final List<Node> nodes;
    private final Map<String, TensorType> types;
    private final Map<String, TensorData> constants;
    private final Map<String, String> redirects = new HashMap<>();
    private final Map<Node, List<Node>> replacements = new HashMap<>();

    /** A rewriter whose result stands at the stage of {@code graph}. */
    public GraphRewriter(Graph graph) {
        this(graph, graph.stage());
    }

    /** A rewriter whose result stands at another stage. */
    public GraphRewriter(Graph graph, Stage stage) {
        this.original = graph;
        this.stage = stage;
        this.nodes = new ArrayList<>(graph.nodes());
        this.types = new LinkedHashMap<>(graph.types());
        this.constants = new LinkedHashMap<>(graph.constants());
    }

    /** The graph as it was before this rewriter: matching reads it, changes go to the rewriter. */
    public Graph original() {
        return original;
    }

    /** Puts {@code replacement} (possibly empty) where {@code node} of the original graph stands. */
    public void replace(Node node, List<Node> replacement) {
        if (replacements.put(node, List.copyOf(replacement)) != null) {
            throw new IllegalStateException("node %" + node.name() + " is replaced twice by one pass");
        }
    }

    /** Puts one node in the place of another. */
    public void replace(Node node, Node replacement) {
        replace(node, List.of(replacement));
    }

    /** Every later use of {@code from}, graph outputs included, becomes a use of {@code to}. */
    public void redirect(String from, String to) {
        redirects.put(from, to);
    }

    /** Adds or replaces a constant; floating storage is seen as f32. */
    public String constant(String value, TensorData data) {
        return constant(value, data, TensorType.of(data.dtype().isFloat() ? DType.F32 : data.dtype(), data.shape()));
    }

    /** Adds or replaces a constant of that type; returns its name. */
    public String constant(String value, TensorData data, TensorType type) {
        constants.put(value, data);
        types.put(value, type);
        return value;
    }

    /** Declares or changes the type of a value. */
    public void type(String value, TensorType type) {
        types.put(value, type);
    }

    /** {@code base} if it is free, else {@code base.1}, {@code base.2} ... */
    public String freshName(String base) {
        String candidate = base;
        for (int i = 1; types.containsKey(candidate); i++) {
            candidate = base + "." + i;
        }
        return candidate;
    }

    /** The rewritten graph. */
    public Graph build() {
        List<Node> result = new ArrayList<>();
        for (Node node : nodes) {
            List<Node> replacement = replacements.get(node);
            if (replacement == null) {
                result.add(node.mapInputs(this::resolve));
            } else {
                replacement.forEach(n -> result.add(n.mapInputs(this::resolve)));
            }
        }
        List<String> outputs = original.outputs().stream().map(this::resolve).toList();
        List<StateBinding> states = original.states().stream()
                .map(s -> new StateBinding(s.input(), resolve(s.output()))).toList();
        Set<String> used = new HashSet<>(outputs);
        result.forEach(n -> used.addAll(n.inputs()));
        constants.keySet().retainAll(used);
        Set<String> live = new HashSet<>(original.inputs());
        live.addAll(constants.keySet());
        result.forEach(n -> live.addAll(n.outputs()));
        types.keySet().retainAll(live);
        return new Graph(original.name(), stage, original.inputs(), outputs, states, result, types, constants);
    }

    private String resolve(String value) {
        String v = value;
        for (String next = redirects.get(v); next != null; next = redirects.get(v)) {
            v = next;
        }
        return v;
    }
}

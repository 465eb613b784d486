package org.autoneural.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An immutable data-flow graph in single-assignment form. Nodes stand in an order in which every operand is defined before
 * its use. Build one with {@link GraphBuilder}, change one with {@link GraphRewriter}.
 */
public final class Graph {
    private final String name;
    private final Stage stage;
    private final List<String> inputs;
    private final List<String> outputs;
    private final List<StateBinding> states;
    private final List<Node> nodes;
    private final Map<String, TensorType> types;
    private final Map<String, TensorData> constants;
    private final Map<String, Node> producers = new HashMap<>();
    private final Map<String, List<Node>> consumers = new HashMap<>();

    /**
     * Checks that every name is defined exactly once and before its use; anything else is left to the verifier.
     *
     * @throws IllegalArgumentException naming the value and the node at fault
     */
    public Graph(String name, Stage stage, List<String> inputs, List<String> outputs, List<StateBinding> states,
            List<Node> nodes, Map<String, TensorType> types, Map<String, TensorData> constants) {
        this.name = name;
        this.stage = stage;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.states = List.copyOf(states);
        this.nodes = List.copyOf(nodes);
        this.types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
        this.constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
        Map<String, String> defined = new HashMap<>();
        this.inputs.forEach(v -> define(defined, v, "input"));
        this.constants.keySet().forEach(v -> define(defined, v, "constant"));
        for (Node node : this.nodes) {
            for (String v : node.inputs()) {
                if (!defined.containsKey(v)) {
                    throw new IllegalArgumentException("graph " + name + ": node %" + node.name() + " ("
                            + node.op().name() + ") reads %" + v + ", which is not defined before it");
                }
                consumers.computeIfAbsent(v, k -> new ArrayList<>()).add(node);
            }
            for (String v : node.outputs()) {
                define(defined, v, "node");
                producers.put(v, node);
            }
        }
        for (String v : this.outputs) {
            if (!defined.containsKey(v)) {
                throw new IllegalArgumentException("graph " + name + ": output %" + v + " is not defined");
            }
        }
        Set<String> inputNames = new HashSet<>(this.inputs);
        Set<String> outputNames = new HashSet<>(this.outputs);
        for (StateBinding s : this.states) {
            if (!inputNames.contains(s.input()) || !outputNames.contains(s.output())) {
                throw new IllegalArgumentException("graph " + name + ": state %" + s.input() + " -> %" + s.output()
                        + " must bind an input to an output");
            }
        }
    }

    private void define(Map<String, String> defined, String value, String kind) {
        String before = defined.put(value, kind);
        if (before != null) {
            throw new IllegalArgumentException("graph " + name + ": %" + value + " is defined twice (" + before + ", " + kind + ")");
        }
        if (!types.containsKey(value)) {
            throw new IllegalArgumentException("graph " + name + ": %" + value + " has no type");
        }
    }

    /** The entry point that this graph is. */
    public String name() {
        return name;
    }

    /** The stage whose rules hold. */
    public Stage stage() {
        return stage;
    }

    /** Names of the inputs, states included, in their order. */
    public List<String> inputs() {
        return inputs;
    }

    /** Names of the outputs, states included, in their order. */
    public List<String> outputs() {
        return outputs;
    }

    /** Which outputs are which inputs of the next run. */
    public List<StateBinding> states() {
        return states;
    }

    /** The nodes in an order in which they can run: each behind those whose results it reads. */
    public List<Node> nodes() {
        return nodes;
    }

    /** The type of each value (input, constant, result), by name. */
    public Map<String, TensorType> types() {
        return types;
    }

    /** The data of each constant, by name. */
    public Map<String, TensorData> constants() {
        return constants;
    }

    /** Type of value {@code value}; an error naming it when there is none. */
    public TensorType type(String value) {
        TensorType type = types.get(value);
        if (type == null) {
            throw new IllegalArgumentException("graph " + name + " has no value %" + value);
        }
        return type;
    }

    /** Name and type of {@code value}; an error naming it when there is none. */
    public Value value(String value) {
        return new Value(value, type(value));
    }

    /** The types of {@code values}, in their order; an error naming one that there is not. */
    public List<TensorType> types(List<String> values) {
        return values.stream().map(this::type).toList();
    }

    /** The node that defines {@code value}; empty for inputs and constants. */
    public Optional<Node> producer(String value) {
        return Optional.ofNullable(producers.get(value));
    }

    /** Nodes that read {@code value}, in order; a node that reads it twice stands twice. */
    public List<Node> consumers(String value) {
        return consumers.getOrDefault(value, List.of());
    }

    /** The data of {@code value} when it is a constant. */
    public Optional<TensorData> constant(String value) {
        return Optional.ofNullable(constants.get(value));
    }

    /** Whether {@code value} is a constant. */
    public boolean isConstant(String value) {
        return constants.containsKey(value);
    }

    @Override
    public String toString() {
        return "graph " + name + " (" + stage.text() + ", " + nodes.size() + " nodes)";
    }
}

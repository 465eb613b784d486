package org.autoneural.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.op.Op;

/** Builds a graph front to back; result types come from {@link Op#infer}. Not thread-safe; use once. */
public final class GraphBuilder {
    private final String name;
    private final Stage stage;
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<StateBinding> states = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, TensorType> types = new LinkedHashMap<>();
    private final Map<String, TensorData> constants = new LinkedHashMap<>();

    /** An empty graph of entry point {@code name}. */
    public GraphBuilder(String name, Stage stage) {
        this.name = name;
        this.stage = stage;
    }

    /** Adds a graph input; returns its name. */
    public String input(String value, TensorType type) {
        inputs.add(value);
        types.put(value, type);
        return value;
    }

    /**
     * Adds a constant; floating storage of any width is seen as f32. The same name with the same data may be added again.
     */
    public String constant(String value, TensorData data) {
        return constant(value, data, TensorType.of(data.dtype().isFloat() ? DType.F32 : data.dtype(), data.shape()));
    }

    /** Adds a constant with an explicit type (an encoding, say). */
    public String constant(String value, TensorData data, TensorType type) {
        TensorData before = constants.putIfAbsent(value, data);
        if (before != null && before != data) {
            throw new IllegalArgumentException("graph " + name + ": constant %" + value + " is defined twice");
        }
        types.put(value, type);
        return value;
    }

    /** Adds a node with one result called {@code result} of the inferred type; returns {@code result}. */
    public String add(Op op, String result, String source, String... operands) {
        return add(op, List.of(result), source, operands).get(0);
    }

    /** Adds a node with several results of the inferred types. */
    public List<String> add(Op op, List<String> results, String source, String... operands) {
        List<TensorType> inferred;
        try {
            inferred = op.infer(Arrays.stream(operands).map(this::type).toList());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("graph " + name + ", node %" + results.get(0)
                    + (source.isEmpty() ? "" : " from " + source) + ": " + e.getMessage(), e);
        }
        return add(op, results, inferred, source, operands);
    }

    /** Adds a node whose result types are given (INTEGER stage: the element type is the lowering's choice). */
    public List<String> add(Op op, List<String> results, List<TensorType> resultTypes, String source, String... operands) {
        for (int i = 0; i < results.size(); i++) {
            types.put(results.get(i), resultTypes.get(i));
        }
        nodes.add(new Node(op, Arrays.asList(operands), results, source));
        return results;
    }

    /** Type of a value that is there; an error naming it when there is none yet. */
    public TensorType type(String value) {
        TensorType type = types.get(value);
        if (type == null) {
            throw new IllegalArgumentException("graph " + name + ": no value %" + value + " yet");
        }
        return type;
    }

    /** Shape of a value that is there; an error naming it when there is none yet. */
    public Shape shape(String value) {
        return type(value).shape();
    }

    /** Adds {@code value} to the outputs. */
    public void output(String value) {
        outputs.add(value);
    }

    /** Declares that output {@code output} is input {@code input} of the next run; adds the output. */
    public void state(String input, String output) {
        outputs.add(output);
        states.add(new StateBinding(input, output));
    }

    /** The graph that was put together. */
    public Graph build() {
        return new Graph(name, stage, inputs, outputs, states, nodes, types, constants);
    }
}

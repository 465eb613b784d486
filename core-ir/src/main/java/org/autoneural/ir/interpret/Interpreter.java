package org.autoneural.ir.interpret;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.NodeCheck;

/** What {@link FloatInterpreter} and {@link IntegerInterpreter} share: they differ only in the stages that they accept. */
final class Interpreter {
    private final Set<Stage> stages;
    /** Heap copies of constants, by identity of their storage: several entry points share one set of weights. */
    private final Map<TensorData, Tensor> constants = new IdentityHashMap<>();

    Interpreter(Set<Stage> stages) {
        this.stages = stages;
    }

    Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs, BiConsumer<String, Tensor> listener) {
        if (!stages.contains(graph.stage())) {
            throw new IllegalArgumentException(graph + " cannot run here; allowed stages: "
                    + stages.stream().map(Stage::text).sorted().toList());
        }
        Map<String, Tensor> live = new HashMap<>();
        bindInputs(graph, inputs, live);
        Map<String, Node> lastUses = lastUses(graph);
        for (Node node : graph.nodes()) {
            List<TensorData> in = node.inputs().stream().<TensorData>map(v -> read(graph, v, live)).toList();
            List<Tensor> out = node.outputs().stream()
                    .map(v -> Tensor.zeros(graph.type(v).dtype(), graph.type(v).shape())).toList();
            evaluate(graph, node, in, out);
            for (int i = 0; i < out.size(); i++) {
                live.put(node.outputs().get(i), out.get(i));
                listener.accept(node.outputs().get(i), out.get(i));
            }
            node.inputs().forEach(v -> freeAfter(node, v, lastUses, live));
            node.outputs().forEach(v -> freeAfter(node, v, lastUses, live));
        }
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        graph.outputs().forEach(v -> outputs.put(v, read(graph, v, live)));
        return outputs;
    }

    private static void bindInputs(Graph graph, Map<String, ? extends TensorData> inputs, Map<String, Tensor> live) {
        for (String name : inputs.keySet()) {
            if (!graph.inputs().contains(name)) {
                throw new IllegalArgumentException("graph " + graph.name() + " has no input %" + name + "; its inputs: "
                        + graph.inputs());
            }
        }
        for (String name : graph.inputs()) {
            TensorData data = inputs.get(name);
            TensorType type = graph.type(name);
            if (data == null) {
                throw new IllegalArgumentException("graph " + graph.name() + ": input %" + name + " is missing, give " + type);
            }
            requireType("graph " + graph.name() + ": input %" + name, data, type);
            live.put(name, Tensor.copyOf(data));
        }
    }

    /** The last node that reads each value or, for results that nothing reads, the node that makes it. Outputs have none. */
    private static Map<String, Node> lastUses(Graph graph) {
        Map<String, Node> last = new HashMap<>();
        for (Node node : graph.nodes()) {
            node.inputs().forEach(v -> last.put(v, node));
            node.outputs().forEach(v -> last.put(v, node));
        }
        graph.outputs().forEach(last::remove);
        return last;
    }

    private static void freeAfter(Node node, String value, Map<String, Node> lastUses, Map<String, Tensor> live) {
        if (lastUses.get(value) == node) {
            live.remove(value);
        }
    }

    private Tensor read(Graph graph, String value, Map<String, Tensor> live) {
        Tensor tensor = live.get(value);
        return tensor != null ? tensor : constant(graph, value);
    }

    private Tensor constant(Graph graph, String value) {
        TensorData data = graph.constant(value).orElseThrow(
                () -> new IllegalStateException("graph " + graph.name() + ": %" + value + " is read but was never computed"));
        Tensor known = constants.get(data);
        if (known == null) {
            requireType("graph " + graph.name() + ": constant %" + value, data, graph.type(value));
            known = Tensor.copyOf(data);
            constants.put(data, known);
        }
        return known;
    }

    /** f32 values may be stored in any floating type; integers must have exactly the declared type. */
    private static void requireType(String what, TensorData data, TensorType type) {
        boolean fits = type.dtype().isFloat() ? data.dtype().isFloat() : data.dtype() == type.dtype();
        if (!fits || !data.shape().equals(type.shape())) {
            throw new IllegalArgumentException(what + " is " + data.dtype().text() + data.shape() + ", must be " + type);
        }
    }

    private static void evaluate(Graph graph, Node node, List<TensorData> in, List<Tensor> out) {
        try {
            node.op().evaluate(in, out);
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new IllegalStateException(NodeCheck.place(graph, node) + ": " + e.getMessage(), e);
        }
    }
}

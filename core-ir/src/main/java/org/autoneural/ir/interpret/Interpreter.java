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
import org.autoneural.ir.op.Op;

/** What all interpreters share: they differ in the stages that they accept, and in how they evaluate ops and keep constants. */
final class Interpreter {
    /** Computes {@code out} of one node; as {@link Op#evaluate}. */
    @FunctionalInterface
    interface Evaluator {
        void evaluate(Op op, List<TensorData> in, List<Tensor> out);
    }

    private final Set<Stage> stages;
    private final long alwaysKept;
    private final Evaluator evaluator;
    /** Elements of larger constants that may still be kept. */
    private long room;
    /** Heap copies of constants, by identity of their storage: several entry points share one set of weights. */
    private final Map<TensorData, Tensor> constants = new IdentityHashMap<>();

    /** By {@link Op#evaluate}, with all constants on the heap. */
    Interpreter(Set<Stage> stages) {
        this(stages, Long.MAX_VALUE, 0, Op::evaluate);
    }

    /**
     * @param alwaysKept constants of at most so many elements are copied to the heap
     * @param room       larger ones too, up to so many elements together; beyond, the evaluator reads them where they are stored
     */
    Interpreter(Set<Stage> stages, long alwaysKept, long room, Evaluator evaluator) {
        this.stages = stages;
        this.alwaysKept = alwaysKept;
        this.room = room;
        this.evaluator = evaluator;
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
            List<TensorData> in = node.inputs().stream().map(v -> read(graph, v, live)).toList();
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
        graph.outputs().forEach(v -> outputs.put(v, Tensor.copyOf(read(graph, v, live))));
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

    private TensorData read(Graph graph, String value, Map<String, Tensor> live) {
        Tensor tensor = live.get(value);
        return tensor != null ? tensor : constant(graph, value);
    }

    private TensorData constant(Graph graph, String value) {
        TensorData data = graph.constant(value).orElseThrow(
                () -> new IllegalStateException("graph " + graph.name() + ": %" + value + " is read but was never computed"));
        synchronized (constants) {
            Tensor known = constants.get(data);
            if (known == null) {
                requireType("graph " + graph.name() + ": constant %" + value, data, graph.type(value));
                if (data.elements() > alwaysKept) {
                    if (data.elements() > room) {
                        return data;
                    }
                    room -= data.elements();
                }
                known = Tensor.copyOf(data);
                constants.put(data, known);
            }
            return known;
        }
    }

    /** f32 values may be stored in any floating type; integers must have exactly the declared type. */
    private static void requireType(String what, TensorData data, TensorType type) {
        boolean fits = type.dtype().isFloat() ? data.dtype().isFloat() : data.dtype() == type.dtype();
        if (!fits || !data.shape().equals(type.shape())) {
            throw new IllegalArgumentException(what + " is " + data.dtype().text() + data.shape() + ", must be " + type);
        }
    }

    private void evaluate(Graph graph, Node node, List<TensorData> in, List<Tensor> out) {
        try {
            evaluator.evaluate(node.op(), in, out);
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new IllegalStateException(NodeCheck.place(graph, node) + ": " + e.getMessage(), e);
        }
    }
}

package org.autoneural.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.TensorType;

/** Which dumped tensor is which value of our graph: by value name, or by source name. */
final class Alignment {
    private final Graph graph;
    private final Dump dump;
    private final int run;
    private final Set<String> computed = new HashSet<>();

    Alignment(Graph graph, Dump dump, int run) {
        this.graph = graph;
        this.dump = dump;
        this.run = run;
        graph.inputs().forEach(computed::add);
        graph.nodes().forEach(n -> computed.addAll(n.outputs()));
    }

    /**
     * Dumped tensors by our names.
     *
     * @throws DumpException for a tensor that is none of ours, twice there, or of another type or shape
     */
    Map<String, DumpedTensor> tensors() {
        Map<String, DumpedTensor> aligned = new HashMap<>();
        for (DumpedTensor tensor : dump.runs().get(run).tensors()) {
            String value = tensor.value().isPresent() ? byValue(tensor, tensor.value().get()) : bySource(tensor, tensor.source().orElseThrow());
            if (aligned.put(value, tensor) != null) {
                throw wrong(tensor, "is %" + value + ", which is in the run twice; keep one");
            }
        }
        return aligned;
    }

    private String byValue(DumpedTensor tensor, String value) {
        if (!computed.contains(value)) {
            throw wrong(tensor, graph.isConstant(value) ? "is a constant; a dump holds inputs, states and computed tensors"
                    : "is no input, state or computed tensor of entry point " + graph.name()
                            + "; autoneural inspect --text lists them. Correct the name, or leave the tensor out");
        }
        requireType(tensor, value);
        return value;
    }

    // Several nodes may come from one module (a product, then a requantize): its result is the last one that looks like this.
    private String bySource(DumpedTensor tensor, String source) {
        List<String> candidates = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.source().equals(source)) {
                candidates.addAll(node.outputs());
            }
        }
        if (candidates.isEmpty()) {
            throw wrong(tensor, "is the source of no node of entry point " + graph.name()
                    + "; autoneural inspect --text lists sources. Correct the name, or leave the tensor out");
        }
        for (int i = candidates.size() - 1; i >= 0; i--) {
            TensorType type = graph.type(candidates.get(i));
            if (tensor.fits(type.dtype()) && tensor.shape().equals(type.shape())) {
                return candidates.get(i);
            }
        }
        throw wrong(tensor, "is " + tensor.dtype().text() + tensor.shape() + ", but the results of this source are "
                + candidates.stream().map(v -> "%" + v + " " + graph.type(v).dtype().text() + graph.type(v).shape()).toList());
    }

    private void requireType(DumpedTensor tensor, String value) {
        TensorType type = graph.type(value);
        if (!tensor.fits(type.dtype()) || !tensor.shape().equals(type.shape())) {
            throw wrong(tensor, "is " + tensor.dtype().text() + tensor.shape() + ", must be " + type.dtype().text() + type.shape());
        }
    }

    private DumpException wrong(DumpedTensor tensor, String message) {
        return new DumpException(dump.folder().resolve(Dump.INDEX), "run " + run + " (" + graph.name() + "), tensor " + tensor.name() + " "
                + message);
    }
}

package org.autoneural.qnn.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A graph: tensors, then nodes, each in the order of creation; a node's inputs are written before it. */
public final class QnnGraph {
    private final String name;
    private final Map<String, QnnTensor> tensors;
    private final List<QnnNode> nodes;

    /** @throws IllegalArgumentException when a name stands twice, is missing or is read before it is written */
    public QnnGraph(String name, List<QnnTensor> tensors, List<QnnNode> nodes) {
        this.name = name;
        this.nodes = List.copyOf(nodes);
        Map<String, QnnTensor> byName = new LinkedHashMap<>();
        Map<String, Boolean> written = new LinkedHashMap<>();
        for (QnnTensor tensor : tensors) {
            require(byName.put(tensor.name(), tensor) == null, "tensor " + tensor.name() + " stands twice");
            written.put(tensor.name(), tensor.role() == QnnTensor.Role.APP_WRITE || tensor.role() == QnnTensor.Role.STATIC);
        }
        Map<String, QnnNode> names = new LinkedHashMap<>();
        for (QnnNode node : this.nodes) {
            require(names.put(node.name(), node) == null, "node " + node.name() + " stands twice");
            node.inputs().forEach(in -> require(written.getOrDefault(in, false), "node " + node.name() + " reads " + in + ", which nothing wrote"));
            node.outputs().forEach(out -> require(Boolean.FALSE.equals(written.put(out, true)),
                    "node " + node.name() + " writes " + out + ", which is unknown or written already"));
        }
        written.forEach((tensor, done) -> require(done, "nothing writes tensor " + tensor));
        this.tensors = Collections.unmodifiableMap(byName);
    }

    /** Name of the graph in its context. */
    public String name() {
        return name;
    }

    /** All tensors, in the order in which they were added. */
    public List<QnnTensor> tensors() {
        return List.copyOf(tensors.values());
    }

    /** The nodes in the order in which they run. */
    public List<QnnNode> nodes() {
        return nodes;
    }

    /** The tensor called {@code tensor}; an error naming it when there is none. */
    public QnnTensor tensor(String tensor) {
        QnnTensor found = tensors.get(tensor);
        require(found != null, "there is no tensor " + tensor);
        return found;
    }

    /** The tensors of that role, in the order in which they were added. */
    public List<QnnTensor> tensors(QnnTensor.Role role) {
        return tensors.values().stream().filter(t -> t.role() == role).toList();
    }

    private void require(boolean ok, String what) {
        if (!ok) {
            throw new IllegalArgumentException("QNN graph " + name + ": " + what);
        }
    }

    /** The textual form: inputs, outputs, static tensors, then a block a node with its results' types. */
    public String print() {
        List<String> lines = new ArrayList<>();
        lines.add("graph " + name);
        for (QnnTensor tensor : tensors.values()) {
            if (tensor.role() != QnnTensor.Role.NATIVE) {
                lines.add("  " + tensor.role().text() + " " + tensor.name() + " " + tensor);
            }
        }
        for (QnnNode node : nodes) {
            lines.add("  " + node.type() + "(" + String.join(", ", node.inputs()) + ")"
                    + node.params().stream().map(Param::toString).collect(Collectors.joining(", ", " {", "}")).replace(" {}", ""));
            node.outputs().forEach(out -> lines.add("    -> " + out + " " + tensors.get(out)));
        }
        return String.join("\n", lines) + "\n";
    }
}

package org.autoneural.qnn.map;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnNode;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.graph.QnnTensor.Role;
import org.autoneural.qnn.graph.StaticData;

/** Collects tensors and nodes of one QNN graph. */
final class GraphWriter {
    private final String name;
    private final Set<String> outputs;
    private final Map<String, QnnTensor> tensors = new LinkedHashMap<>();
    private final List<QnnNode> nodes = new ArrayList<>();
    private String source = "";

    /** @param outputs names of the tensors that the application reads */
    GraphWriter(String name, Set<String> outputs) {
        this.name = name;
        this.outputs = outputs;
    }

    /** The integer node that the next QNN nodes stand for. */
    void source(String node) {
        source = node;
    }

    List<QnnNode> nodes() {
        return nodes;
    }

    QnnTensor input(String tensor, DataType type, List<Integer> dims, Encoding encoding) {
        return add(new QnnTensor(tensor, Role.APP_WRITE, type, dims, encoding, Optional.empty()));
    }

    /** A static tensor; the one that is there already when the name is. */
    QnnTensor constant(String tensor, DataType type, List<Integer> dims, Encoding encoding, Supplier<StaticData> data) {
        QnnTensor before = tensors.get(tensor);
        if (before == null) {
            return add(new QnnTensor(tensor, Role.STATIC, type, dims, encoding, Optional.of(data.get())));
        }
        if (before.type() != type || !before.dims().equals(dims) || !before.encoding().equals(encoding)) {
            throw new IllegalStateException("static tensor " + tensor + " would be " + type + dims + " " + encoding + " and " + before);
        }
        return before;
    }

    QnnTensor constant(String tensor, int... values) {
        return constant(tensor, DataType.I32, List.of(values.length), new Encoding.None(), () -> Statics.ints(values));
    }

    /** The tensor called {@code tensor}, which {@code make} writes when it is not there yet: made once, read by many nodes. */
    QnnTensor once(String tensor, Supplier<QnnTensor> make) {
        QnnTensor before = tensors.get(tensor);
        return before == null ? make.get() : before;
    }

    /** A node with one result, after which it is called. */
    QnnTensor node(String type, List<Param> params, String result, DataType dtype, List<Integer> dims, Encoding encoding, QnnTensor... in) {
        QnnTensor out = result(result, dtype, dims, encoding);
        node(type, params, List.of(out), in);
        return out;
    }

    void node(String type, List<Param> params, List<QnnTensor> results, QnnTensor... in) {
        nodes.add(new QnnNode(results.get(0).name(), type, params, List.of(in).stream().map(QnnTensor::name).toList(),
                results.stream().map(QnnTensor::name).toList(), source));
    }

    /** Declares a tensor that a node will write. */
    QnnTensor result(String tensor, DataType type, List<Integer> dims, Encoding encoding) {
        return add(new QnnTensor(tensor, outputs.contains(tensor) ? Role.APP_READ : Role.NATIVE, type, dims, encoding, Optional.empty()));
    }

    private QnnTensor add(QnnTensor tensor) {
        if (tensors.put(tensor.name(), tensor) != null) {
            throw new IllegalStateException("tensor " + tensor.name() + " stands twice");
        }
        return tensor;
    }

    QnnGraph build() {
        return new QnnGraph(name, List.copyOf(tensors.values()), nodes);
    }
}

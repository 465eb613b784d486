package org.autoneural.qnn.map;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Encoding.ScaleOffset;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnNode;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.table.Change;
import org.autoneural.qnn.table.GraphCheck;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.OpTable;
import org.autoneural.qnn.table.Violation;

/**
 * Maps one INTEGER graph to a QNN graph. Values keep their names and encodings, so that they can be compared with the simulator;
 * tensors in between are called after the value with a suffix ({@code layers.2.key/turned}). The one exception are causal
 * scores, whose range is widened ({@link AttentionMapping}).
 */
public final class GraphMapper {
    /** Code of what the mapping itself has no form for. */
    public static final String MAPPING = "MAPPING";

    private final Graph graph;
    private final HtpTable htp;
    private final OpTable ops;
    private final GraphWriter writer;
    private final Map<String, QnnTensor> values = new HashMap<>();
    private final Set<Change> changes = new LinkedHashSet<>();

    private GraphMapper(Graph graph, OpTable ops, HtpTable htp) {
        this.graph = graph;
        this.ops = ops;
        this.htp = htp;
        this.writer = new GraphWriter(graph.name(), new HashSet<>(graph.outputs()));
    }

    /**
     * Maps {@code graph} and holds the result against the tables, so that a graph that is there is legal.
     *
     * @param graph at stage INTEGER, with the encodings on its types
     */
    public static MappedGraph map(Graph graph, OpTable ops, HtpTable htp) {
        if (graph.stage() != Stage.INTEGER) {
            throw new IllegalArgumentException(graph + " is not at stage integer; quantize and lower it first");
        }
        return new GraphMapper(graph, ops, htp).run();
    }

    private MappedGraph run() {
        List<NodeMapping> nodes = new ArrayList<>();
        graph.inputs().forEach(v -> input(v).ifPresent(nodes::add));
        graph.nodes().forEach(node -> nodes.add(node(node)));
        graph.outputs().stream().filter(v -> graph.producer(v).isEmpty()).forEach(v -> nodes.add(refused(v, "output",
                new Refusal("output %" + v + ", which no node computes", "results of nodes", "leave it out of the outputs"))));
        if (nodes.stream().anyMatch(n -> !n.refused().isEmpty())) {
            return new MappedGraph(graph.name(), Optional.empty(), nodes);
        }
        QnnGraph made = writer.build();
        Map<String, List<Violation>> illegal = new HashMap<>();
        GraphCheck.of(made, ops, htp).forEach(v -> illegal.computeIfAbsent(v.source(), k -> new ArrayList<>()).add(v));
        List<NodeMapping> checked = nodes.stream().map(n -> illegal.containsKey(n.node())
                ? new NodeMapping(n.node(), n.op(), List.of(), List.of(), illegal.get(n.node())) : n).toList();
        return new MappedGraph(graph.name(), illegal.isEmpty() ? Optional.of(made) : Optional.empty(), checked);
    }

    /** Declares an input; a mapping only when it is refused. */
    private Optional<NodeMapping> input(String value) {
        try {
            values.put(value, writer.input(value, inputType(value), dims(value), encoding(value)));
            return Optional.empty();
        } catch (Refusal e) {
            standIn(value);
            return Optional.of(refused(value, "input", e));
        }
    }

    private NodeMapping node(Node node) {
        writer.source(node.name());
        changes.clear();
        int before = writer.nodes().size();
        try {
            NodeMapper.of(node.op()).map(node, this);
        } catch (Refusal e) {
            node.outputs().forEach(this::standIn);
            return refused(node.name(), node.op().name(), e);
        }
        return new NodeMapping(node.name(), node.op().name(), writer.nodes().subList(before, writer.nodes().size()).stream().map(QnnNode::type).toList(),
                List.copyOf(changes), List.of());
    }

    private static NodeMapping refused(String node, String op, Refusal why) {
        return new NodeMapping(node, op, List.of(), List.of(),
                List.of(new Violation(MAPPING, node + " (" + op + ")", node, why.getMessage(), why.allowed(), why.remedy())));
    }

    /** A tensor in the place of a refused value, so that what reads it can be looked at, too; the graph is never built. */
    private void standIn(String value) {
        QnnTensor any = new QnnTensor(value, QnnTensor.Role.NATIVE, DataType.U16, dims(value), new ScaleOffset(1, 0), Optional.empty());
        values.putIfAbsent(value, any);
    }

    // --- the integer graph, as the families see it

    GraphWriter writer() {
        return writer;
    }

    HtpTable htp() {
        return htp;
    }

    /** Notes that the node is written otherwise. */
    void change(String code) {
        changes.add(htp.change(code));
    }

    Graph graph() {
        return graph;
    }

    Shape shape(String value) {
        return graph.type(value).shape();
    }

    List<Integer> dims(String value) {
        return shape(value).rank() == 0 ? List.of(1) : shape(value).dims();
    }

    QuantParams quant(String value) {
        return graph.type(value).quant().orElseThrow(() -> new Refusal("%" + value + " of " + graph.type(value) + " without an encoding",
                "values with encodings", "compile the model anew; its file was written without them"));
    }

    /** Element type of a value: activations unsigned, indices as they are. */
    DataType type(String value) {
        TensorType type = graph.type(value);
        return switch (type.dtype()) {
            case S16 -> DataType.U16;
            case S8, U8 -> DataType.U8;
            case S32 -> {
                if (type.quant().isPresent()) {
                    throw new Refusal("%" + value + " of " + type, "activations of s8 or s16", "requantize it first");
                }
                yield DataType.I32;
            }
            default -> throw new Refusal("%" + value + " of " + type, "activations of s8 or s16, indices of s32", "");
        };
    }

    private DataType inputType(String value) {
        boolean mask = graph.consumers(value).stream().anyMatch(n -> n.op() instanceof SelectRows && n.input(0).equals(value));
        return mask ? DataType.B8 : type(value);
    }

    /** Encoding of a value as the vendor writes it; plain bytes (pictures) have scale 1. */
    Encoding encoding(String value) {
        if (!inputType(value).isFixedPoint()) {
            return new Encoding.None();
        }
        return graph.type(value).dtype() == DType.U8 ? new ScaleOffset(1, 0) : Encoding.activation(quant(value));
    }

    /** The tensor of a value; constants that are read like activations or indices become static. */
    QnnTensor tensor(String value) {
        QnnTensor tensor = values.get(value);
        if (tensor != null) {
            return tensor;
        }
        TensorData data = constant(value);
        return writer.constant(value, type(value), dims(value), encoding(value),
                () -> data.dtype() == DType.S32 ? Statics.ints(data.toInts()) : Statics.unsigned(data));
    }

    TensorData constant(String value) {
        return graph.constant(value).orElseThrow(() -> new Refusal("%" + value + " is computed", "a constant", "fold it before lowering"));
    }

    void put(String value, QnnTensor tensor) {
        values.put(value, tensor);
    }

    // --- tensors of another width or encoding

    /** A 16-bit tensor of the same values: {@code tensor} itself, or with its scale and offset in 16 bits. */
    QnnTensor wide(QnnTensor tensor) {
        if (tensor.type() != DataType.U8) {
            return tensor;
        }
        change("MAP-CONVERT");
        return convert(tensor, tensor.name() + "/16", DataType.U16, tensor.encoding());
    }

    /** {@code tensor} through a Convert that is written once. */
    QnnTensor convert(QnnTensor tensor, String name, DataType type, Encoding encoding) {
        return writer.once(name, () -> writer.node("Convert", List.of(), name, type, tensor.dims(), encoding, tensor));
    }

    /** {@code tensor} with other extents, through a Reshape that is written once. */
    QnnTensor reshape(QnnTensor tensor, String name, List<Integer> dims) {
        if (tensor.dims().equals(dims)) {
            return tensor;
        }
        QnnTensor made = writer.once(name, () -> writer.node("Reshape", List.of(), name, tensor.type(), dims, tensor.encoding(), tensor));
        if (!made.dims().equals(dims)) {
            throw new IllegalStateException("tensor " + name + " would have extents " + dims + " and " + made.dims());
        }
        return made;
    }

    /** 16 bits when one of the operands or the result has them, 8 otherwise. */
    static DataType widest(DataType... types) {
        return List.of(types).contains(DataType.U16) ? DataType.U16 : DataType.U8;
    }

    // --- results

    /** Least and greatest integer of a result; what is narrower than its type becomes a ReluMinMax. */
    record Bounds(int min, int max) {}

    /** What an op writes before it becomes the value: width, extents and encoding. */
    record Raw(DataType type, List<Integer> dims, Encoding encoding) {}

    /** The plain form of {@code value}. */
    Raw raw(String value) {
        return new Raw(type(value), dims(value), encoding(value));
    }

    /** The form in which an op that computes with {@code computed} writes {@code value}: 16 bits over the range of an 8-bit result. */
    Raw raw(String value, DataType computed) {
        if (computed == type(value)) {
            return raw(value);
        }
        ScaleOffset narrow = (ScaleOffset) encoding(value);
        return new Raw(computed, dims(value), new ScaleOffset(narrow.scale() / 256, narrow.offset() * 256));
    }

    /**
     * Writes an op and what makes its result the value: Convert to another width or encoding, bounds, Reshape; the last of them
     * has the value's name.
     */
    void produce(String value, String op, List<Param> params, Raw raw, Optional<Bounds> bounds, QnnTensor... in) {
        Raw wanted = raw(value);
        boolean convert = raw.type() != wanted.type() || !raw.encoding().equals(wanted.encoding());
        Optional<Bounds> clamp = bounds.filter(b -> b.min() > quant(value).qMin() || b.max() < quant(value).qMax());
        boolean reshape = !raw.dims().equals(wanted.dims());
        QnnTensor t = writer.node(op, params, name(value, "raw", convert || clamp.isPresent() || reshape), raw.type(), raw.dims(), raw.encoding(), in);
        if (convert) {
            change("MAP-CONVERT");
            t = writer.node("Convert", List.of(), name(value, "converted", clamp.isPresent() || reshape), wanted.type(), raw.dims(), wanted.encoding(), t);
        }
        if (clamp.isPresent()) {
            change("MAP-CLAMP");
            t = writer.node("ReluMinMax", clampParams(value, clamp.get()), name(value, "clamped", reshape), t.type(), t.dims(), t.encoding(), t);
        }
        if (reshape) {
            t = writer.node("Reshape", List.of(), value, t.type(), wanted.dims(), t.encoding(), t);
        }
        put(value, t);
    }

    void produce(String value, String op, List<Param> params, QnnTensor... in) {
        produce(value, op, params, raw(value), Optional.empty(), in);
    }

    /** Data movement: the op writes {@code in}'s encoding. */
    void move(String value, String op, List<Param> params, QnnTensor in) {
        produce(value, op, params, new Raw(in.type(), dims(value), in.encoding()), Optional.empty(), in);
    }

    private static String name(String value, String suffix, boolean more) {
        return more ? value + "/" + suffix : value;
    }

    private List<Param> clampParams(String value, Bounds b) {
        QuantParams q = quant(value);
        return List.of(Param.Scalar.f32("min_value", (b.min() - q.zeroPoint()) * q.scale()),
                Param.Scalar.f32("max_value", (b.max() - q.zeroPoint()) * q.scale()));
    }
}

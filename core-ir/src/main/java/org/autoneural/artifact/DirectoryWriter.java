package org.autoneural.artifact;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.autoneural.artifact.schema.ConstantEntry;
import org.autoneural.artifact.schema.Directory;
import org.autoneural.artifact.schema.ElementType;
import org.autoneural.artifact.schema.EncodingOrigin;
import org.autoneural.artifact.schema.EncodingTable;
import org.autoneural.artifact.schema.FileTable;
import org.autoneural.artifact.schema.GraphStage;
import org.autoneural.artifact.schema.GraphTable;
import org.autoneural.artifact.schema.MetadataTable;
import org.autoneural.artifact.schema.NodeTable;
import org.autoneural.artifact.schema.SegmentTable;
import org.autoneural.artifact.schema.StateEntry;
import org.autoneural.artifact.schema.ValueTable;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.text.Attributes;

/** Makes the directory of a model file; the schema says what stands in it. Use once. */
final class DirectoryWriter {
    private final FlatBufferBuilder fbb = new FlatBufferBuilder(1 << 16);
    private final Map<QuantParams, Integer> encodings = new LinkedHashMap<>();
    private final Map<String, Integer> segmentIndex = new HashMap<>();

    /** The finished FlatBuffer, between position and limit. {@link IllegalArgumentException} for a name that is no Unicode text. */
    ByteBuffer write(ArtifactContent content, List<Segment> segments, List<Place> files) {
        segments.forEach(s -> segmentIndex.put(s.name(), segmentIndex.size()));
        // A FlatBuffer grows from its end: what is referred to comes before what refers to it.
        int graphs = Directory.createEntryPointsVector(fbb, offsets(content.program().entryPoints(), this::graph));
        int encodingTables = Directory.createEncodingsVector(fbb, offsets(encodings.keySet(), this::encoding));
        int segmentTables = Directory.createSegmentsVector(fbb, offsets(segments, this::segment));
        int fileTables = Directory.createFilesVector(fbb, offsets(files, this::file));
        int metadata = Directory.createMetadataVector(fbb, offsets(content.metadata().entrySet(), this::metadata));
        Directory.finishDirectoryBuffer(fbb,
                Directory.createDirectory(fbb, metadata, fileTables, segmentTables, encodingTables, graphs));
        return fbb.dataBuffer().asReadOnlyBuffer();
    }

    private int metadata(Map.Entry<String, String> entry) {
        return MetadataTable.createMetadataTable(fbb, fbb.createString(entry.getKey()), fbb.createString(entry.getValue()));
    }

    private int file(Place file) {
        return FileTable.createFileTable(fbb, fbb.createString(file.name()), file.offsetBytes(), file.sizeBytes(),
                FileTable.createSha256Vector(fbb, HexFormat.of().parseHex(file.sha256())));
    }

    private int segment(Segment segment) {
        return SegmentTable.createSegmentTable(fbb, fbb.createString(segment.name()), code(ElementType.names, segment.dtype()),
                SegmentTable.createShapeVector(fbb, dims(segment.shape())), fbb.createString(segment.layout().text()),
                segment.offsetBytes(), segment.sizeBytes(),
                SegmentTable.createSha256Vector(fbb, HexFormat.of().parseHex(segment.sha256())));
    }

    private int encoding(QuantParams q) {
        return EncodingTable.createEncodingTable(fbb, code(ElementType.names, q.storage()), q.axis(),
                EncodingTable.createScalesVector(fbb, q.scales()), q.zeroPoint(), code(EncodingOrigin.names, q.origin()));
    }

    private int graph(Graph graph) {
        List<String> values = new ArrayList<>(graph.inputs());
        values.addAll(graph.constants().keySet());
        graph.nodes().forEach(node -> values.addAll(node.outputs()));
        Map<String, Integer> index = new HashMap<>();
        values.forEach(v -> index.put(v, index.size()));

        int nodes = GraphTable.createNodesVector(fbb, offsets(graph.nodes(), node -> node(node, index)));
        int valueTables = GraphTable.createValuesVector(fbb, offsets(values, v -> value(v, graph.type(v))));
        int name = fbb.createString(graph.name());
        int inputs = GraphTable.createInputsVector(fbb, indices(graph.inputs(), index));
        int outputs = GraphTable.createOutputsVector(fbb, indices(graph.outputs(), index));
        int constants = constants(graph, index);
        int states = states(graph.states(), index);
        return GraphTable.createGraphTable(fbb, name, code(GraphStage.names, graph.stage()), valueTables, inputs, outputs,
                constants, states, nodes);
    }

    private int node(Node node, Map<String, Integer> index) {
        return NodeTable.createNodeTable(fbb, fbb.createString(node.op().name()), fbb.createString(Attributes.print(node.op())),
                NodeTable.createOperandsVector(fbb, indices(node.inputs(), index)),
                NodeTable.createResultsVector(fbb, indices(node.outputs(), index)), fbb.createString(node.source()));
    }

    private int value(String name, TensorType type) {
        int encoding = type.quant().map(q -> encodings.computeIfAbsent(q, k -> encodings.size())).orElse(-1);
        return ValueTable.createValueTable(fbb, fbb.createString(name), code(ElementType.names, type.dtype()),
                ValueTable.createShapeVector(fbb, dims(type.shape())), encoding);
    }

    // Vectors of structs are written in place, last element first.
    private int constants(Graph graph, Map<String, Integer> index) {
        List<String> names = List.copyOf(graph.constants().keySet());
        GraphTable.startConstantsVector(fbb, names.size());
        for (int i = names.size() - 1; i >= 0; i--) {
            ConstantEntry.createConstantEntry(fbb, index.get(names.get(i)), segmentIndex.get(names.get(i)));
        }
        return fbb.endVector();
    }

    private int states(List<StateBinding> states, Map<String, Integer> index) {
        GraphTable.startStatesVector(fbb, states.size());
        for (int i = states.size() - 1; i >= 0; i--) {
            StateEntry.createStateEntry(fbb, index.get(states.get(i).input()), index.get(states.get(i).output()));
        }
        return fbb.endVector();
    }

    private static <T> int[] offsets(Collection<T> items, ToIntFunction<T> write) {
        return items.stream().mapToInt(write).toArray();
    }

    private static int[] indices(List<String> values, Map<String, Integer> index) {
        return values.stream().mapToInt(index::get).toArray();
    }

    private static int[] dims(Shape shape) {
        return shape.dims().stream().mapToInt(Integer::intValue).toArray();
    }

    /** The schema's number of an enum constant: they go by the same names. */
    private static int code(String[] names, Enum<?> constant) {
        int code = Arrays.asList(names).indexOf(constant.name());
        if (code < 0) {
            throw new IllegalStateException("artifact.fbs has no " + constant.getDeclaringClass().getSimpleName() + " " + constant);
        }
        return code;
    }
}

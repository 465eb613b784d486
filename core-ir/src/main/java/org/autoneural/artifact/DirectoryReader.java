package org.autoneural.artifact;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
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
import org.autoneural.artifact.schema.ValueTable;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.StorageLayout;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.text.Attributes;

/**
 * Reads the directory of a model file. A right hash does not make it trustworthy: every offset, length and index is
 * checked here, because FlatBuffers has no verifier for Java. Parts may not be shared, so what is read in total cannot
 * exceed the directory's size, and a small file cannot ask for much memory.
 *
 * <p>Any {@link RuntimeException} that leaves this class means that the directory is malformed: offsets that point outside
 * surface as whatever the byte buffer throws.
 */
final class DirectoryReader {
    private final Directory directory;
    private final List<QuantParams> encodings;
    private final List<Segment> segments;
    /** Ops by their text: entry points have many in common, and reading a text is slow. */
    private final Map<String, Op> ops = new HashMap<>();
    private long unreadBytes;

    /** @param bytes the FlatBuffer from 0 to the limit */
    DirectoryReader(ByteBuffer bytes) {
        ByteBuffer buffer = bytes.order(ByteOrder.LITTLE_ENDIAN);
        unreadBytes = buffer.limit();
        require(buffer.limit() >= 8 && Directory.DirectoryBufferHasIdentifier(buffer), "no directory of a model file");
        directory = Directory.getRootAsDirectory(buffer);
        segments = list(directory.segmentsLength(), i -> segment(directory.segments(i)));
        encodings = list(directory.encodingsLength(), i -> encoding(directory.encodings(i)));
    }

    List<Segment> segments() {
        return segments;
    }

    List<Place> files() {
        return list(directory.filesLength(), i -> file(directory.files(i)));
    }

    TreeMap<String, String> metadata() {
        TreeMap<String, String> metadata = new TreeMap<>();
        list(directory.metadataLength(), directory::metadata).forEach((MetadataTable m) -> {
            String key = text(m.keyAsByteBuffer());
            require(metadata.put(key, text(m.valueAsByteBuffer())) == null, "metadata '%s' twice", key);
        });
        return metadata;
    }

    /** The entry points; {@code data} gives the elements of each segment, in the order of {@link #segments}. */
    List<Graph> entryPoints(List<? extends TensorData> data) {
        Set<String> names = new HashSet<>();
        List<Graph> graphs = list(directory.entryPointsLength(), i -> graph(directory.entryPoints(i), data));
        graphs.forEach(g -> require(names.add(g.name()), "entry point '%s' twice", g.name()));
        return graphs;
    }

    private Place file(FileTable f) {
        return new Place(text(f.nameAsByteBuffer()), f.offset(), size(f.length()), hash(f.sha256AsByteBuffer()));
    }

    private Segment segment(SegmentTable s) {
        String name = text(s.nameAsByteBuffer());
        DType dtype = constant(DType.class, ElementType.names, s.type());
        Shape shape = shape(s.shapeAsByteBuffer());
        int sizeBytes = size(s.length());
        StorageLayout layout = StorageLayout.of(text(s.layoutAsByteBuffer()));
        // Elements times bits could overflow; the quotient cannot.
        require(PackedBytes.supports(dtype) && shape.elements() <= Header.MAX_PART_BYTES * 8L / dtype.bits()
                && layout.fits(dtype, shape) && layout.sizeBytes(dtype, shape) == sizeBytes,
                "segment %%%s of %s bytes for %s %s%s", name, sizeBytes, layout.text(), dtype.text(), shape);
        return new Segment(name, dtype, shape, layout, s.offset(), sizeBytes, hash(s.sha256AsByteBuffer()));
    }

    private QuantParams encoding(EncodingTable e) {
        DType storage = constant(DType.class, ElementType.names, e.storage());
        QuantParams.Origin origin = constant(QuantParams.Origin.class, EncodingOrigin.names, e.origin());
        ByteBuffer bytes = vector(e.scalesAsByteBuffer(), Double.BYTES);
        double[] scales = new double[bytes.remaining() / Double.BYTES];
        bytes.asDoubleBuffer().get(scales);
        if (e.axis() != QuantParams.PER_TENSOR) {
            require(e.zeroPoint() == 0, "an encoding per channel with zero point %s, not 0", e.zeroPoint());
            return QuantParams.perChannel(storage, e.axis(), scales, origin);
        }
        require(scales.length == 1, "an encoding per tensor with %s scales, not 1", scales.length);
        return QuantParams.perTensor(storage, scales[0], e.zeroPoint(), origin);
    }

    private Graph graph(GraphTable g, List<? extends TensorData> data) {
        String name = text(g.nameAsByteBuffer());
        List<String> values = new ArrayList<>();
        Map<String, TensorType> types = new LinkedHashMap<>();
        list(g.valuesLength(), g::values).forEach((ValueTable v) -> {
            String value = text(v.nameAsByteBuffer());
            values.add(value);
            require(types.put(value, type(v)) == null, "graph %s: value %%%s twice", name, value);
        });
        Map<String, TensorData> constants = new LinkedHashMap<>();
        charge(g.constantsLength(), 2 * Integer.BYTES);
        for (int i = 0; i < g.constantsLength(); i++) {
            String value = at(values, g.constants(i).value());
            Segment segment = at(segments, g.constants(i).segment());
            TensorType type = types.get(value);
            require(segment.name().equals(value) && segment.shape().equals(type.shape()), "graph %s: constant %%%s %s in segment %%%s %s",
                    name, value, type, segment.name(), segment.shape());
            constants.put(value, data.get(g.constants(i).segment()));
        }
        List<StateBinding> states = new ArrayList<>();
        charge(g.statesLength(), 2 * Integer.BYTES);
        for (int i = 0; i < g.statesLength(); i++) {
            states.add(new StateBinding(at(values, g.states(i).input()), at(values, g.states(i).output())));
        }
        List<String> inputs = names(g.inputsAsByteBuffer(), values);
        List<String> outputs = names(g.outputsAsByteBuffer(), values);
        List<Node> nodes = list(g.nodesLength(), i -> node(name, g.nodes(i), values));
        return new Graph(name, constant(Stage.class, GraphStage.names, g.stage()), inputs, outputs, states, nodes, types, constants);
    }

    private TensorType type(ValueTable v) {
        Optional<QuantParams> quant = v.encoding() == -1 ? Optional.empty() : Optional.of(at(encodings, v.encoding()));
        return new TensorType(constant(DType.class, ElementType.names, v.type()), shape(v.shapeAsByteBuffer()), quant);
    }

    private Node node(String graph, NodeTable n, List<String> values) {
        List<String> results = names(n.resultsAsByteBuffer(), values);
        String op = text(n.opAsByteBuffer());
        String attributes = text(n.attributesAsByteBuffer());
        try {
            return new Node(ops.computeIfAbsent(op + attributes, k -> Attributes.parse(op, attributes)), names(n.operandsAsByteBuffer(), values),
                    results, text(n.sourceAsByteBuffer()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("graph " + graph + ", node %" + String.join(", %", results) + " (" + op + "): "
                    + e.getMessage(), e);
        }
    }

    private <T> List<T> list(int count, IntFunction<T> item) {
        charge(count, Integer.BYTES);
        List<T> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(item.apply(i));
        }
        return items;
    }

    private List<String> names(ByteBuffer indices, List<String> values) {
        IntBuffer ints = vector(indices, Integer.BYTES).asIntBuffer();
        List<String> names = new ArrayList<>(ints.remaining());
        while (ints.hasRemaining()) {
            names.add(at(values, ints.get()));
        }
        return names;
    }

    private Shape shape(ByteBuffer dims) {
        IntBuffer ints = vector(dims, Integer.BYTES).asIntBuffer();
        int[] array = new int[ints.remaining()];
        ints.get(array);
        return Shape.of(array);
    }

    private String hash(ByteBuffer bytes) {
        ByteBuffer vector = vector(bytes, 1);
        require(vector.remaining() == Sha256.SIZE_BYTES, "a hash of %s bytes, not %s", vector.remaining(), Sha256.SIZE_BYTES);
        byte[] hash = new byte[Sha256.SIZE_BYTES];
        vector.get(hash);
        return HexFormat.of().formatHex(hash);
    }

    private String text(ByteBuffer utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(vector(utf8, 1)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a text that is no UTF-8", e);
        }
    }

    /** A vector's bytes (the generated accessors have checked that it lies inside); a required one may be absent in a bad file. */
    private ByteBuffer vector(ByteBuffer bytes, int elementBytes) {
        require(bytes != null, "a table without a field that must be there");
        charge(bytes.remaining() / elementBytes, elementBytes);
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    private void charge(int count, int elementBytes) {
        require(count >= 0 && (long) count * elementBytes <= unreadBytes, "a list of %s items where %s bytes are left",
                Integer.toUnsignedString(count), unreadBytes);
        unreadBytes -= (long) count * elementBytes;
    }

    private static int size(long length) {
        require(length >= 0 && length <= Integer.MAX_VALUE, "a part of %s bytes, more than %s", Long.toUnsignedString(length),
                Integer.MAX_VALUE);
        return (int) length;
    }

    private static <T> T at(List<T> list, int index) {
        require(index >= 0 && index < list.size(), "index %s into a list of %s", index, list.size());
        return list.get(index);
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String[] names, int code) {
        require(code < names.length, "%s number %s, of 0 to %s", type.getSimpleName(), code, names.length - 1);
        return Enum.valueOf(type, names[code]);
    }

    /** Thousands of things are required of a good file: the text is made for a bad one alone. */
    private static void require(boolean condition, String otherwise, Object... values) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise.formatted(values));
        }
    }
}

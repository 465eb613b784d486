package org.autoneural.qnn.binding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnNode;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.graph.StaticData;
import org.bytedeco.javacpp.Pointer;

/** Makes a graph in a context, tensor by tensor and node by node, from its record. */
final class GraphBuilding {
    /** Numbers of encodings in the shim. */
    private static final int NONE = -1;
    private static final int SCALE_OFFSET = 0;
    private static final int AXIS_SCALE_OFFSET = 1;
    private static final int BITS_SCALE_OFFSET = 2;
    private static final int BITS_AXIS_SCALE_OFFSET = 3;

    private final QnnGraph graph;
    private final Shim.Graph handle;
    private final Map<String, Integer> numbers = new HashMap<>();

    private GraphBuilding(Shim.Context context, QnnGraph graph, GraphOptions options) {
        this.graph = graph;
        handle = Shim.aqnn_graph_create(context, Shim.text(graph.name()), options.vtcmMb(), options.hvxThreads(), options.optimization());
        if (handle == null) {
            throw QnnException.last();
        }
    }

    /** Makes and finalizes {@code graph} in {@code context}. */
    static void build(Shim.Context context, QnnGraph graph, GraphOptions options) {
        GraphBuilding building = new GraphBuilding(context, graph, options);
        for (QnnTensor tensor : graph.tensors()) {
            building.numbers.put(tensor.name(), building.tensor(tensor));
        }
        graph.nodes().forEach(building::node);
        building.require(Shim.aqnn_graph_finalize(building.handle, null) == 0);
    }

    private int tensor(QnnTensor tensor) {
        if (tensor.data().isEmpty()) {
            return declare(tensor, null, 0);
        }
        StaticData data = tensor.data().get();
        try (NativeMemory memory = new NativeMemory(data.sizeBytes())) {
            data.writeTo(memory.buffer());
            return declare(tensor, memory.pointer(), data.sizeBytes());
        }
    }

    private int declare(QnnTensor tensor, Pointer data, long bytes) {
        Encoding encoding = tensor.encoding();
        if (encoding instanceof Encoding.ScaleOffset e) {
            return declare(tensor, SCALE_OFFSET, 0, 0, List.of(e.scale()), e.offset(), data, bytes);
        }
        if (encoding instanceof Encoding.AxisScaleOffset e) {
            return declare(tensor, AXIS_SCALE_OFFSET, e.axis(), 0, e.scales(), 0, data, bytes);
        }
        if (encoding instanceof Encoding.BitsScaleOffset e) {
            return declare(tensor, BITS_SCALE_OFFSET, 0, e.bits(), List.of(e.scale()), e.offset(), data, bytes);
        }
        if (encoding instanceof Encoding.BitsAxisScaleOffset e) {
            return declare(tensor, BITS_AXIS_SCALE_OFFSET, e.axis(), e.bits(), e.scales(), 0, data, bytes);
        }
        return declare(tensor, NONE, 0, 0, List.of(), 0, data, bytes);
    }

    private int declare(QnnTensor tensor, int encoding, int axis, int bits, List<Float> scales, int offset, Pointer data, long bytes) {
        float[] scaleArray = new float[scales.size()];
        int[] offsets = new int[scales.size()];
        for (int i = 0; i < scaleArray.length; i++) {
            scaleArray[i] = scales.get(i);
            offsets[i] = offset;
        }
        return number(Shim.aqnn_tensor(handle, Shim.text(tensor.name()), tensor.role().code(), tensor.type().code(), tensor.dims().size(),
                ints(tensor.dims()), encoding, axis, bits, scaleArray.length, scaleArray, offsets, data, bytes));
    }

    private void node(QnnNode node) {
        for (Param param : node.params()) {
            byte[] name = Shim.text(param.name());
            if (param instanceof Param.Scalar scalar) {
                require(Shim.aqnn_param_scalar(handle, name, scalar.type().code(), bits(scalar)) == 0);
            } else if (param instanceof Param.Ints ints) {
                QnnTensor tensor = new QnnTensor(node.name() + "/" + ints.name(), QnnTensor.Role.STATIC, ints.type(), ints.dims(), new Encoding.None(),
                        Optional.of(new IntData(ints.values())));
                require(Shim.aqnn_param_tensor(handle, name, tensor(tensor)) == 0);
            }
        }
        int[] inputs = ints(node.inputs().stream().map(numbers::get).toList());
        int[] outputs = ints(node.outputs().stream().map(numbers::get).toList());
        require(Shim.aqnn_node(handle, Shim.text(node.name()), Shim.text(node.type()), inputs, inputs.length, outputs, outputs.length) == 0);
    }

    private static long bits(Param.Scalar scalar) {
        return scalar.type() == DataType.F32 ? Integer.toUnsignedLong(Float.floatToRawIntBits((float) scalar.value()))
                : (long) scalar.value() & 0xFFFF_FFFFL;
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    private int number(int result) {
        require(result >= 0);
        return result;
    }

    private void require(boolean ok) {
        if (!ok) {
            throw QnnException.last().in("graph " + graph.name());
        }
    }

    private record IntData(List<Integer> values) implements StaticData {
        private IntData {
            values = Collections.unmodifiableList(values);
        }

        @Override
        public long sizeBytes() {
            return 4L * values.size();
        }

        @Override
        public void writeTo(ByteBuffer target) {
            ByteBuffer little = target.order(ByteOrder.LITTLE_ENDIAN);
            values.forEach(little::putInt);
        }
    }
}

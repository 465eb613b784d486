package org.autoneural.benchmarks.peer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.autoneural.benchmarks.layer.Layer;
import org.autoneural.ir.DType;

/**
 * The nearest thing that ONNX Runtime's CPU kernels have to a {@link Layer}, as an ONNX model of one node with random weights.
 *
 * <p>None is the same work: 4-bit linear layers are {@code MatMulNBits} (weights in blocks of 64, activations quantized to 8 bits
 * inside, accuracy level 4), convolutions and 8-bit linear layers {@code QLinearConv} with 8-bit activations, because ONNX Runtime
 * has no 16-bit integer kernel on this processor. Both do less arithmetic than s16 activations need.
 */
final class OnnxLayers {
    private static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    private static final int UINT8 = TensorProto.DataType.UINT8_VALUE;
    private static final int INT8 = TensorProto.DataType.INT8_VALUE;
    private static final int BLOCK = 64;

    private OnnxLayers() {
    }

    /** The model's bytes; empty when ONNX Runtime has no comparable kernel. Input {@code x} is f32 or u8, see {@link #isFloat}. */
    static Optional<byte[]> model(Layer layer) {
        return switch (layer.kind()) {
            case LINEAR -> Optional.of(layer.weights() == DType.S4 ? matMulNBits(layer)
                    : conv(layer, 1, 1, layer.rows(), layer.depth(), layer.columns(), 1));
            case CONV3 -> Optional.of(conv(layer, 3, layer.rows(), layer.rows(), layer.depth(), layer.columns(), 1));
            case DEPTH3 -> Optional.of(conv(layer, 3, layer.rows(), layer.rows(), layer.depth(), layer.depth(), layer.depth()));
            case DEPTH5 -> Optional.of(conv(layer, 5, layer.rows(), layer.rows(), layer.depth(), layer.depth(), layer.depth()));
            default -> Optional.empty();
        };
    }

    /** Whether the model's input is f32; u8 otherwise. */
    static boolean isFloat(Layer layer) {
        return layer.kind() == Layer.Kind.LINEAR && layer.weights() == DType.S4;
    }

    /** Extents of the input. */
    static long[] inputShape(Layer layer) {
        return switch (layer.kind()) {
            case LINEAR -> isFloat(layer) ? new long[] {layer.rows(), layer.depth()} : new long[] {1, layer.depth(), 1, layer.rows()};
            default -> new long[] {1, layer.depth(), layer.rows(), layer.rows()};
        };
    }

    /** Name of the kernel for reports. */
    static String kernel(Layer layer) {
        return isFloat(layer) ? "MatMulNBits, 8-bit activations" : "QLinearConv, 8-bit activations";
    }

    private static byte[] matMulNBits(Layer layer) {
        int k = layer.depth();
        int n = layer.columns();
        Random random = new Random(layer.ordinal());
        NodeProto node = NodeProto.newBuilder().setOpType("MatMulNBits").setDomain("com.microsoft").addInput("x").addInput("w").addInput("scale")
                .addOutput("y").addAttribute(integer("K", k)).addAttribute(integer("N", n)).addAttribute(integer("bits", 4))
                .addAttribute(integer("block_size", BLOCK)).addAttribute(integer("accuracy_level", 4)).build();
        return model(node, layer, FLOAT, bytes("w", UINT8, random, n, k / BLOCK, BLOCK / 2), floats("scale", 0.01f, n * (k / BLOCK)));
    }

    private static byte[] conv(Layer layer, int kernel, int height, int width, int in, int out, int groups) {
        Random random = new Random(layer.ordinal());
        int pad = kernel / 2;
        NodeProto node = NodeProto.newBuilder().setOpType("QLinearConv").addAllInput(List.of("x", "xs", "xz", "w", "ws", "wz", "ys", "yz"))
                .addOutput("y").addAttribute(integers("kernel_shape", kernel, kernel)).addAttribute(integers("pads", pad, pad, pad, pad))
                .addAttribute(integers("strides", 1, 1)).addAttribute(integer("group", groups)).build();
        return model(node, layer, UINT8, floats("xs", 0.02f), scalar("xz", UINT8, 128), bytes("w", INT8, random, out, in / groups, kernel, kernel),
                floats("ws", 0.01f), scalar("wz", INT8, 0), floats("ys", 0.5f), scalar("yz", UINT8, 128));
    }

    private static byte[] model(NodeProto node, Layer layer, int type, TensorProto... constants) {
        GraphProto graph = GraphProto.newBuilder().setName(layer.name()).addNode(node).addInput(value("x", type, inputShape(layer)))
                .addOutput(value("y", type)).addAllInitializer(List.of(constants)).build();
        return ModelProto.newBuilder().setIrVersion(8).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1)).setGraph(graph).build().toByteArray();
    }

    private static ValueInfoProto value(String name, int type, long... shape) {
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type);
        if (shape.length > 0) {
            TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
            for (long extent : shape) {
                dims.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
            }
            tensor.setShape(dims);
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(tensor)).build();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    private static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static TensorProto bytes(String name, int type, Random random, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type);
        long elements = 1;
        for (long extent : shape) {
            tensor.addDims(extent);
            elements *= extent;
        }
        byte[] data = new byte[Math.toIntExact(elements)];
        random.nextBytes(data);
        return tensor.setRawData(ByteString.copyFrom(data)).build();
    }

    private static TensorProto scalar(String name, int type, int value) {
        return TensorProto.newBuilder().setName(name).setDataType(type).setRawData(ByteString.copyFrom(new byte[] {(byte) value})).build();
    }

    /** One scalar, or {@code shape} times the same value. */
    private static TensorProto floats(String name, float value, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
        int elements = 1;
        for (long extent : shape) {
            tensor.addDims(extent);
            elements *= (int) extent;
        }
        ByteBuffer data = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat(value);
        }
        return tensor.setRawData(ByteString.copyFrom(data.array())).build();
    }
}

package org.autoneural.qnn.map;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.math.IntLayerNorm;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.NormRescale;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Encoding.ScaleOffset;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.map.GraphMapper.Bounds;

/** Norms over the innermost axis, with the gain in 8 bits where the architecture asks for it. */
final class NormMapping {
    private static final int LARGEST_8 = 255;

    private NormMapping() {}

    static void rmsNorm(Node node, GraphMapper out) {
        RmsNorm op = (RmsNorm) node.op();
        int channels = out.shape(node.input(1)).dim(0);
        DataType computed = GraphMapper.widest(out.type(node.input(0)), out.type(node.output()));
        QnnTensor zeros = computed == DataType.U16
                ? out.writer().constant("zeros/" + channels, DataType.U8, List.of(channels), new ScaleOffset(1, 0), () -> Statics.bytes(new int[channels]))
                : out.writer().constant("zeros/" + channels, DataType.S32, List.of(channels), new ScaleOffset(1, 0), () -> Statics.ints(new int[channels]));
        norm(node, out, "RmsNorm", op.epsilon(), computed, op.integer().orElseThrow(), zeros);
    }

    static void layerNorm(Node node, GraphMapper out) {
        LayerNorm op = (LayerNorm) node.op();
        DataType computed = GraphMapper.widest(out.type(node.input(0)), out.type(node.output()));
        String beta = node.input(2);
        TensorData values = out.constant(beta);
        QnnTensor offset = out.writer().constant(node.name() + "/beta", DataType.S32, out.dims(beta),
                new ScaleOffset((float) Math.scalb(out.quant(node.output()).scale(), -IntLayerNorm.FINE_BITS), 0), () -> Statics.ints(values.toInts()));
        norm(node, out, "LayerNorm", op.epsilon(), computed, op.integer().orElseThrow(), offset);
    }

    private static void norm(Node node, GraphMapper out, String op, double epsilon, DataType computed, NormRescale form, QnnTensor beta) {
        QnnTensor x = out.tensor(node.input(0));
        QnnTensor in = computed == DataType.U16 ? out.wide(x) : x;
        List<Param> params = List.of(Param.Scalar.f32("epsilon", epsilon), Param.Ints.u32("axes", x.dims().size() - 1));
        out.produce(node.output(), op, params, out.raw(node.output(), computed), Optional.of(new Bounds(form.min(), form.max())),
                in, gain(node, out, op, computed), beta);
    }

    private static QnnTensor gain(Node node, GraphMapper out, String op, DataType computed) {
        String gamma = node.input(1);
        TensorData values = out.constant(gamma);
        QuantParams q = out.quant(gamma);
        if (computed == DataType.U16 && out.htp().allows(op, 1, DataType.U16.text())) {
            return out.writer().constant(gamma, DataType.U16, out.dims(gamma), Encoding.activation(q), () -> Statics.unsigned(values));
        }
        int[] stored = values.toInts();
        if (Arrays.stream(stored).allMatch(v -> v >= Byte.MIN_VALUE && v <= Byte.MAX_VALUE)) {
            // quantized for a target that takes no more
            return out.writer().constant(gamma, DataType.U8, out.dims(gamma), new ScaleOffset((float) q.scale(), Byte.MIN_VALUE), () -> Statics.unsignedBytes(values));
        }
        out.change("MAP-GAMMA8");
        double least = Math.min(0, Arrays.stream(stored).min().orElse(0) * q.scale());
        double most = Math.max(0, Arrays.stream(stored).max().orElse(0) * q.scale());
        double scale = most > least ? (most - least) / LARGEST_8 : 1;
        int zero = (int) Math.round(-least / scale);
        int[] bytes = Arrays.stream(stored).map(v -> (int) Math.max(0, Math.min(LARGEST_8, Math.round(v * q.scale() / scale) + zero))).toArray();
        return out.writer().constant(gamma, DataType.U8, out.dims(gamma), new ScaleOffset((float) scale, -zero), () -> Statics.bytes(bytes));
    }
}

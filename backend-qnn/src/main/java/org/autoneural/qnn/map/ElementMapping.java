package org.autoneural.qnn.map;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Node;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.PairRescale;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding.ScaleOffset;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.map.GraphMapper.Bounds;
import org.autoneural.qnn.map.GraphMapper.Raw;

/** Element by element. */
final class ElementMapping {
    /** What the vendor demands of a 16-bit sigmoid. */
    private static final ScaleOffset SIGMOID_16 = new ScaleOffset(0x1p-16f, 0);
    private static final ScaleOffset SIGMOID_8 = new ScaleOffset(0x1p-8f, 0);
    private static final ScaleOffset TANH_16 = new ScaleOffset(0x1p-15f, -(1 << 15));

    private ElementMapping() {}

    static void add(Node node, GraphMapper out) {
        PairRescale form = ((Add) node.op()).integer().orElseThrow(() -> new Refusal("an addition that rounds three times", "one rounding",
                "import the model as float and quantize it here"));
        // our lowering writes a subtraction as a negative second multiplier
        String op = form.multiplierB() < 0 ? "ElementWiseSubtract" : "ElementWiseAdd";
        binary(node, out, op, new Bounds(form.min(), form.max()));
    }

    static void mul(Node node, GraphMapper out) {
        ProductRescale form = ((Mul) node.op()).integer().orElseThrow();
        binary(node, out, "ElementWiseMultiply", new Bounds(form.min(), form.max()));
    }

    private static void binary(Node node, GraphMapper out, String op, Bounds bounds) {
        QnnTensor a = out.tensor(node.input(0));
        QnnTensor b = out.tensor(node.input(1));
        DataType computed = GraphMapper.widest(a.type(), b.type(), out.type(node.output()));
        boolean wide = computed == DataType.U16;
        out.produce(node.output(), op, List.of(), out.raw(node.output(), computed), Optional.of(bounds), wide ? out.wide(a) : a, wide ? out.wide(b) : b);
    }

    /** Our table becomes the vendor's function. */
    static void activation(Node node, GraphMapper out) {
        String y = node.output();
        QnnTensor x = out.tensor(node.input(0));
        DataType computed = GraphMapper.widest(x.type(), out.type(y));
        QnnTensor in = computed == DataType.U16 ? out.wide(x) : x;
        Raw raw = out.raw(y, computed);
        out.change("MAP-TABLE");
        switch (((Activation) node.op()).function()) {
            case GELU_TANH, GELU_ERF -> out.produce(y, "Gelu", List.of(), raw, Optional.empty(), in);
            case SIGMOID -> out.produce(y, "Sigmoid", List.of(), new Raw(computed, raw.dims(), computed == DataType.U16 ? SIGMOID_16 : raw.encoding()),
                    Optional.empty(), in);
            case TANH -> out.produce(y, "Tanh", List.of(), new Raw(computed, raw.dims(), computed == DataType.U16 ? TANH_16 : raw.encoding()),
                    Optional.empty(), in);
            case HARD_SWISH -> out.produce(y, "HardSwish", List.of(), raw, Optional.empty(), in);
            case HARD_SIGMOID -> throw new Refusal("a hard sigmoid", "the functions gelu, silu, sigmoid, tanh and hard swish",
                    "train with a sigmoid instead");
            case SILU -> {
                QnnTensor gate = out.writer().node("Sigmoid", List.of(), y + "/gate", computed, raw.dims(), computed == DataType.U16 ? SIGMOID_16 : SIGMOID_8, in);
                out.produce(y, "ElementWiseMultiply", List.of(), raw, Optional.empty(), in, gate);
            }
        }
    }

    static void requantize(Node node, GraphMapper out) {
        TensorRescale form = ((Requantize) node.op()).integer();
        QnnTensor x = out.tensor(node.input(0));
        out.produce(node.output(), "Convert", List.of(), out.raw(node.output()), Optional.of(new Bounds(form.min(), form.max())), x);
    }
}

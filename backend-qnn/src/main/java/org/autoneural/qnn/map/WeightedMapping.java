package org.autoneural.qnn.map;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.Linear;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Encoding.AxisScaleOffset;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.Param.Ints;
import org.autoneural.qnn.graph.QnnTensor;
import org.autoneural.qnn.map.GraphMapper.Bounds;
import org.autoneural.qnn.map.GraphMapper.Raw;

/** Ops with constant weights: all become convolutions, [height, width, input, output]. */
final class WeightedMapping {
    /** Axis of the output channels in the vendor's weights. */
    private static final int CHANNEL_AXIS = 3;
    private static final List<Integer> ONE = List.of(1, 1);
    private static final List<Integer> NO_PADS = List.of(0, 0, 0, 0);

    private WeightedMapping() {}

    /** x [..., K], w [O, K]: a 1x1 convolution over [1, 1, rows, K], or over the picture that x is. */
    static void linear(Node node, GraphMapper out) {
        ChannelRescale form = ((Linear) node.op()).integer().orElseThrow();
        QnnTensor x = out.tensor(node.input(0));
        int k = out.shape(node.input(1)).dim(1);
        int channels = out.shape(node.input(1)).dim(0);
        List<Integer> rows = x.dims().size() == 4 ? x.dims() : List.of(1, 1, (int) (x.elements() / k), k);
        out.change("MAP-LINEAR");
        QnnTensor flat = out.reshape(x, x.name() + "/1x1", rows);
        convolve(node, out, "Conv2d", flat, 1, List.of(1, 1, k, channels), List.of(rows.get(0), rows.get(1), rows.get(2), channels),
                params(ONE, NO_PADS, ONE, 1), form);
    }

    /** x [1, H, W, C], w [O, kh, kw, C/groups]. */
    static void conv2d(Node node, GraphMapper out) {
        Conv2d op = (Conv2d) node.op();
        List<Integer> w = out.shape(node.input(1)).dims();
        boolean depthwise = op.groups() == out.dims(node.input(0)).get(3) && op.groups() > 1;
        List<Integer> weights = List.of(w.get(1), w.get(2), w.get(3), w.get(0));
        convolve(node, out, depthwise ? "DepthWiseConv2d" : "Conv2d", out.tensor(node.input(0)), 1, weights, out.dims(node.output()),
                params(List.of(op.strideH(), op.strideW()), op.pads(), List.of(op.dilationH(), op.dilationW()), depthwise ? 1 : op.groups()),
                op.integer().orElseThrow());
    }

    /** u [N, D] after state [L-1, D]: a depthwise convolution of height 1 over all rows. */
    static void causalConv1d(Node node, GraphMapper out) {
        int d = out.shape(node.input(0)).dim(1);
        int taps = out.shape(node.input(3)).dim(1);
        int n = out.shape(node.input(0)).dim(0);
        out.change("MAP-CONV1D");
        QnnTensor u = out.tensor(node.input(0));
        QnnTensor full = out.writer().node("Concat", List.of(Param.Scalar.u32("axis", 0)), node.name() + "/full", u.type(), List.of(taps - 1 + n, d), u.encoding(),
                out.tensor(node.input(1)), u);
        QnnTensor picture = out.reshape(full, node.name() + "/picture", List.of(1, 1, taps - 1 + n, d));
        convolve(node, out, "DepthWiseConv2d", picture, 3, List.of(1, taps, 1, d), List.of(1, 1, n, d), params(ONE, NO_PADS, ONE, 1),
                ((CausalConv1d) node.op()).integer().orElseThrow());
        RowMapping.rows(node.outputs().get(1), full, node.input(2), taps - 1, out);
    }

    /** operands of {@code node}: its weights at {@code weight}, then bias, multipliers and shifts. */
    private static void convolve(Node node, GraphMapper out, String op, QnnTensor input, int weight, List<Integer> weightDims, List<Integer> dims,
            List<Param> params, ChannelRescale form) {
        String w = node.input(weight);
        DataType computed = GraphMapper.widest(input.type(), out.type(node.output()));
        QnnTensor x = computed == DataType.U16 ? out.wide(input) : input;
        List<QnnTensor> in = new ArrayList<>(List.of(x,
                out.writer().constant(w, DataType.S8, weightDims, Encoding.weight(out.quant(w), CHANNEL_AXIS), () -> Statics.channelsLast(out.constant(w)))));
        bias(node, out, weight + 1, out.quant(w)).ifPresent(in::add);
        Raw raw = out.raw(node.output(), computed);
        out.produce(node.output(), op, params, new Raw(raw.type(), dims, raw.encoding()), Optional.of(new Bounds(form.min(), form.max())),
                in.toArray(QnnTensor[]::new));
    }

    /** The bias of 32 bits; none when it is all zeros. */
    private static Optional<QnnTensor> bias(Node node, GraphMapper out, int operand, QuantParams w) {
        long[] values = out.constant(node.input(operand)).toLongs();
        if (Arrays.stream(values).allMatch(v -> v == 0)) {
            return Optional.empty();
        }
        if (Arrays.stream(values).anyMatch(v -> v != (int) v)) {
            throw new Refusal("bias %" + node.input(operand) + " with a value beyond 32 bits", "32 bits in steps of the input's scale times the weight's",
                    "give this layer 8-bit weights, or more range to its input");
        }
        QuantParams x = out.quant(node.input(0));
        return Optional.of(out.writer().constant(node.name() + "/bias", DataType.S32, List.of(values.length), Encoding.bias(x, w),
                () -> Statics.ints(Arrays.stream(values).mapToInt(v -> (int) v).toArray())));
    }

    private static List<Param> params(List<Integer> stride, List<Integer> pads, List<Integer> dilation, int groups) {
        List<Param> params = new ArrayList<>(List.of(Ints.u32("stride", stride.toArray(Integer[]::new)),
                Ints.rows("pad_amount", DataType.U32, 2, List.of(pads.get(0), pads.get(2), pads.get(1), pads.get(3)))));
        if (groups != 1) {
            params.add(Param.Scalar.u32("group", groups));
        }
        if (!dilation.equals(ONE)) {
            params.add(Ints.u32("dilation", dilation.toArray(Integer[]::new)));
        }
        return params;
    }

    /** {@code pixel * scale[c] + offset[c]}: weights of 127 steps, so that each scale is exact. */
    static void imageNormalize(Node node, GraphMapper out) {
        ImageNormalize.Integers form = ((ImageNormalize) node.op()).integer().orElseThrow();
        String y = node.output();
        QuantParams q = out.quant(y);
        TensorData multiplier = out.constant(node.input(1));
        TensorData bias = out.constant(node.input(2));
        int channels = (int) multiplier.elements();
        int[] weights = new int[channels];
        int[] offsets = new int[channels];
        List<Float> scales = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            double factor = Math.scalb(multiplier.getLong(c) * q.scale(), -form.shift());
            double offset = Math.scalb((bias.getLong(c) - Math.scalb((double) q.zeroPoint(), form.shift())) * q.scale(), -form.shift());
            double step = factor == 0 ? 1 : Math.abs(factor) / Byte.MAX_VALUE;
            weights[c] = (int) Math.round(factor / step);
            offsets[c] = Math.toIntExact(Math.round(offset / step));
            scales.add((float) step);
        }
        out.change("MAP-NORMALIZE");
        QnnTensor image = out.tensor(node.input(0));
        QnnTensor x = out.type(y) == DataType.U16 ? out.wide(image) : image;
        QnnTensor w = out.writer().constant(y + "/weights", DataType.S8, List.of(1, 1, 1, channels), new AxisScaleOffset(CHANNEL_AXIS, scales), () -> Statics.bytes(weights));
        QnnTensor b = out.writer().constant(y + "/bias", DataType.S32, List.of(channels), new AxisScaleOffset(0, scales), () -> Statics.ints(offsets));
        out.produce(y, "DepthWiseConv2d", params(ONE, NO_PADS, ONE, 1), out.raw(y), Optional.of(new Bounds(form.min(), form.max())), x, w, b);
    }
}

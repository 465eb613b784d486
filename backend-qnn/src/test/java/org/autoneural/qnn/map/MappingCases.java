package org.autoneural.qnn.map;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Activation.Function;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.NormRescale;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Pad;
import org.autoneural.ir.op.PairRescale;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.StridedSlice;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.ir.op.Transpose;

/** A small INTEGER graph for each thing that the mapping does; the page docs/qnn-mapping.md shows what becomes of each. */
public final class MappingCases {
    private static final int FULL_16 = 32_767;
    private static final int FULL_8 = 127;
    private static final TensorRescale PLAIN = new TensorRescale(1 << 30, 31, Rounding.SINGLE, 0, 0, -FULL_16, FULL_16);

    private MappingCases() {}

    /** All cases by title. */
    public static Map<String, Graph> all() {
        Map<String, Graph> all = new LinkedHashMap<>();
        all.put("image_normalize", graph(b -> {
            b.input("image", TensorType.of(DType.U8, 1, 2, 2, 3));
            b.constant("scale", Tensor.ofInts(DType.S32, Shape.of(3), 1000, 2000, 3000));
            b.constant("offset", Tensor.ofLongs(Shape.of(3), -127_500, 0, 3000));
            b.output(y(b, new ImageNormalize(Layout.NHWC, Optional.of(new ImageNormalize.Integers(8, -FULL_16, FULL_16))), s16(0x1p-10, 1, 2, 2, 3),
                    "image", "scale", "offset"));
        }));
        all.put("conv2d", graph(b -> conv(b, 1, 1, 1, DType.S8, FULL_16)));
        all.put("conv2d, depthwise", graph(b -> conv(b, 4, 2, 1, DType.S8, FULL_16)));
        all.put("conv2d, with bounds", graph(b -> conv(b, 1, 1, 1, DType.S8, 600)));
        all.put("linear, 4-bit weights", graph(b -> {
            b.input("x", s16(0.01, 2, 3));
            weights(b, "", DType.S4, 4, 3);
            b.output(y(b, new Linear(Optional.of(channels(-FULL_16, FULL_16))), s16(0.02, 2, 4), "x", "w", "bias", "m", "n"));
        }));
        all.put("linear, 8-bit result", graph(b -> {
            b.input("x", s16(0.01, 2, 3));
            weights(b, "", DType.S8, 4, 3);
            b.output(y(b, new Linear(Optional.of(channels(-FULL_8, FULL_8))), s8(0.02, 0, 2, 4), "x", "w", "bias", "m", "n"));
        }));
        all.put("causal_conv1d", graph(b -> {
            causalConv(b, 2);
            b.input("n_valid", TensorType.of(DType.S32, 1));
            causalConv(b, "n_valid", 2);
        }));
        all.put("causal_conv1d, one token", graph(b -> {
            causalConv(b, 1);
            b.constant("one", Tensor.index(1));
            causalConv(b, "one", 1);
        }));
        all.put("matmul", graph(b -> matMul(b, s8(0.02, 0, 1, 4, 2), 2)));
        all.put("matmul, heads share keys", graph(b -> matMul(b, s8(0.02, 0, 2, 4, 2), 4)));
        all.put("matmul, 16-bit second operand", graph(b -> matMul(b, s16(0.0001, 2, 4, 2), 2)));
        all.put("softmax", graph(b -> b.output(y(b, new Softmax(false, Optional.of(PLAIN)), s16(0x1p-15, 2, 3, 4), b.input("x", s16(0.001, 2, 3, 4))))));
        all.put("causal attention", graph(b -> {
            b.input("q", s16(0.01, 2, 3, 2));
            b.input("k", s8(0.02, 0, 2, 8, 2));
            b.input("v", s8(0.02, 0, 2, 8, 2));
            b.input("pos", TensorType.of(DType.S32, 1));
            ProductRescale rule = new ProductRescale(Accumulator.I48, 1 << 30, 40, Rounding.SINGLE, 0, 0, 0, -FULL_16, FULL_16);
            b.add(new MatMul(true, true, Optional.of(rule)), List.of("scores"), List.of(s16(0.001, 2, 3, 8)), "", "q", "k", "pos");
            b.add(new Softmax(true, Optional.of(PLAIN)), List.of("probabilities"), List.of(s16(0x1p-15, 2, 3, 8)), "", "scores", "pos");
            b.output(y(b, new MatMul(false, true, Optional.of(rule)), s16(0.01, 2, 3, 2), "probabilities", "v", "pos"));
        }));
        all.put("rope", graph(b -> rope(b, s16(0.02, 2, 3, 4))));
        all.put("rope, 8-bit result", graph(b -> rope(b, s8(0.04, 0, 2, 3, 4))));
        all.put("rms_norm", graph(b -> norm(b, 300)));
        all.put("rms_norm, gain of 8 bits", graph(b -> norm(b, 100)));
        all.put("layer_norm", graph(b -> {
            b.input("x", s16(0.01, 2, 3));
            b.constant("gamma", Tensor.ofInts(DType.S16, Shape.of(3), 300, 400, -200), s16(0.001, 3));
            b.constant("beta", Tensor.ofInts(DType.S32, Shape.of(3), 5, 0, -5), s32(0x1p-13, 3));
            b.output(y(b, new LayerNorm(1e-6, Optional.of(new NormRescale(0, 1 << 30, 30, 0, 0, -FULL_16, FULL_16))), s16(0x1p-5, 2, 3), "x", "gamma", "beta"));
        }));
        all.put("activation gelu", graph(b -> activation(b, Function.GELU_TANH, s16(0.01, 4))));
        all.put("activation silu", graph(b -> activation(b, Function.SILU, s16(0.01, 4))));
        all.put("activation sigmoid", graph(b -> activation(b, Function.SIGMOID, s16(0x1p-15, 4))));
        all.put("activation tanh", graph(b -> activation(b, Function.TANH, s16(0x1p-15, 4))));
        all.put("add", graph(b -> pair(b, 1)));
        all.put("add, a difference", graph(b -> pair(b, -1)));
        all.put("add, 8-bit operands", graph(b -> {
            b.input("a", s8(0.01, -5, 4));
            b.input("b", s16(0.02, 4));
            b.output(y(b, new Add(Optional.of(new PairRescale(1 << 20, 1 << 20, 20, -5, 0, 0, -FULL_16, FULL_16))), s16(0.03, 4), "a", "b"));
        }));
        all.put("mul", graph(b -> {
            b.input("a", s16(0.01, 4));
            b.input("b", s16(0.02, 4));
            b.output(y(b, new Mul(Optional.of(new ProductRescale(Accumulator.I32_WRAP, 1 << 30, 40, Rounding.SINGLE, 0, 0, 0, -FULL_16, FULL_16))),
                    s16(0.03, 4), "a", "b"));
        }));
        all.put("requantize", graph(b -> b.output(y(b, new Requantize(new TensorRescale(1 << 30, 31, Rounding.SINGLE, 0, 3, -128, 127)), s8(0.5, 3, 4),
                b.input("x", s16(0.01, 4))))));
        all.put("gather", graph(b -> {
            b.constant("table", Tensor.ofInts(DType.S8, Shape.of(3, 2), 1, 2, 3, 4, -127, 127), perChannel(DType.S8, 3, 2));
            b.input("ids", TensorType.of(DType.S32, 4));
            b.constant("m", Tensor.zeros(DType.S32, Shape.of(3)));
            b.constant("n", Tensor.zeros(DType.S8, Shape.of(3)));
            b.output(y(b, new Gather(Optional.of(channels(-FULL_16, FULL_16))), s16(0.01, 4, 2), "table", "ids", "m", "n"));
        }));
        all.put("select_rows", graph(b -> {
            b.input("mask", TensorType.of(DType.U8, 3));
            b.input("a", s16(0.01, 3, 2));
            b.output(y(b, new SelectRows(), s16(0.01, 3, 2), "mask", "a", b.input("b", s16(0.01, 3, 2))));
        }));
        all.put("last_row", graph(b -> {
            b.input("x", s16(0.01, 3, 2));
            b.output(y(b, new LastRow(), s16(0.01, 1, 2), "x", b.input("n_valid", TensorType.of(DType.S32, 1))));
        }));
        all.put("kv_append", graph(b -> append(b, 3)));
        all.put("kv_append, one token", graph(b -> append(b, 1)));
        all.put("reshape", graph(b -> b.output(moved(b, Reshape.to(2, 6), b.input("x", s16(0.01, 3, 4)), 0.01, 2, 6))));
        all.put("transpose", graph(b -> b.output(moved(b, Transpose.of(1, 0), b.input("x", s16(0.01, 3, 4)), 0.01, 4, 3))));
        all.put("slice", graph(b -> b.output(moved(b, new Slice(1, 1, 3), b.input("x", s16(0.01, 3, 4)), 0.01, 3, 2))));
        all.put("strided_slice", graph(b -> b.output(moved(b, new StridedSlice(1, 1, 2, 2), b.input("x", s16(0.01, 3, 4)), 0.01, 3, 2))));
        all.put("concat", graph(b -> {
            b.input("a", s16(0.01, 3, 2));
            b.output(y(b, new Concat(1), s16(0.01, 3, 4), "a", b.input("b", s16(0.01, 3, 2))));
        }));
        all.put("pad", graph(b -> b.output(moved(b, new Pad(List.of(0, 1), List.of(0, 2), Optional.of(new Pad.Fill(0))), b.input("x", s16(0.01, 3, 4)), 0.01, 3, 7))));
        all.put("avg_pool2d", graph(b -> b.output(y(b, new AvgPool2d(2, 2, 2, 2, Layout.NHWC, Optional.of(PLAIN)), s16(0.02, 1, 2, 2, 3),
                b.input("x", s16(0.01, 1, 4, 4, 3))))));
        all.put("max_pool2d", graph(b -> b.output(moved(b, new MaxPool2d(2, 2, 2, 2, List.of(0, 0, 0, 0), -FULL_16, FULL_16), b.input("x", s16(0.01, 1, 4, 4, 3)),
                0.01, 1, 2, 2, 3))));
        all.put("resize_nearest", graph(b -> b.output(moved(b, new ResizeNearest(4, 4, Layout.NHWC), b.input("x", s16(0.01, 1, 2, 2, 3)), 0.01, 1, 4, 4, 3))));
        all.put("resize_bilinear", graph(b -> b.output(y(b, new ResizeBilinear(4, 4, Layout.NHWC, Optional.of(PLAIN)), s16(0.02, 1, 4, 4, 3),
                b.input("x", s16(0.01, 1, 2, 2, 3))))));
        return all;
    }

    /** The case titled {@code title}. */
    public static Graph named(String title) {
        return Optional.ofNullable(all().get(title)).orElseThrow(() -> new IllegalArgumentException("no case " + title));
    }

    /** An INTEGER graph called main. */
    public static Graph graph(Consumer<GraphBuilder> content) {
        GraphBuilder b = new GraphBuilder("main", Stage.INTEGER);
        content.accept(b);
        return b.build();
    }

    /** A node with result {@code y}. */
    static String y(GraphBuilder b, Op op, TensorType type, String... operands) {
        return b.add(op, List.of("y"), List.of(type), "", operands).get(0);
    }

    /** Data movement of s16 with result {@code y} in the same encoding. */
    public static String moved(GraphBuilder b, Op op, String x, double scale, int... dims) {
        return y(b, op, s16(scale, dims), x);
    }

    public static TensorType s16(double scale, int... dims) {
        return typed(DType.S16, scale, 0, dims);
    }

    static TensorType s8(double scale, int zero, int... dims) {
        return typed(DType.S8, scale, zero, dims);
    }

    private static TensorType s32(double scale, int... dims) {
        return typed(DType.S32, scale, 0, dims);
    }

    private static TensorType typed(DType type, double scale, int zero, int... dims) {
        return new TensorType(type, Shape.of(dims), Optional.of(QuantParams.perTensor(type, scale, zero, Origin.OBSERVER)));
    }

    /** Scales 1/64, 2/64 .. along axis 0. */
    private static TensorType perChannel(DType type, int... dims) {
        double[] scales = IntStream.rangeClosed(1, dims[0]).mapToDouble(i -> i / 64.0).toArray();
        return new TensorType(type, Shape.of(dims), Optional.of(QuantParams.perChannel(type, 0, scales, Origin.OBSERVER)));
    }

    private static ChannelRescale channels(int min, int max) {
        return new ChannelRescale(Accumulator.I48, Rounding.SINGLE, 0, 0, min, max);
    }

    /** Constants w, bias, m and n, each with {@code suffix}, for weights of this shape: -1, 2, -3 .. and 10, 0, -10 ... */
    static void weights(GraphBuilder b, String suffix, DType type, int... dims) {
        Shape shape = Shape.of(dims);
        int[] values = IntStream.range(0, (int) shape.elements()).map(i -> (i % 2 == 0 ? -1 : 1) * (1 + i % 7)).toArray();
        b.constant("w" + suffix, Tensor.ofInts(type, shape, values), perChannel(type, dims));
        int[] bias = new int[dims[0]];
        Arrays.setAll(bias, i -> 10 - 10 * i);
        b.constant("bias" + suffix, Tensor.ofInts(DType.S32, Shape.of(dims[0]), bias));
        b.constant("m" + suffix, Tensor.zeros(DType.S32, Shape.of(dims[0])));
        b.constant("n" + suffix, Tensor.zeros(DType.S8, Shape.of(dims[0])));
    }

    /** A linear layer of two rows with the constants of that suffix. */
    static String linear(GraphBuilder b, String result, String x, String suffix, int channels) {
        return b.add(new Linear(Optional.of(channels(-FULL_16, FULL_16))), List.of(result), List.of(s16(0.01, 2, channels)), "",
                x, "w" + suffix, "bias" + suffix, "m" + suffix, "n" + suffix).get(0);
    }

    static void conv(GraphBuilder b, int groups, int stride, int dilation, DType type, int max) {
        b.input("x", s16(0.01, 1, 9, 9, 4));
        weights(b, "", type, 4, 3, 3, 4 / groups);
        Conv2d op = new Conv2d(stride, stride, List.of(1, 1, 0, 2), dilation, dilation, groups, Layout.NHWC, Optional.of(channels(max == FULL_16 ? -max : 0, max)));
        int[] dims = op.infer(List.of(TensorType.f32(1, 9, 9, 4), TensorType.f32(4, 3, 3, 4 / groups))).get(0).shape().dims().stream().mapToInt(d -> d).toArray();
        b.output(y(b, op, s16(0.02, dims), "x", "w", "bias", "m", "n"));
    }

    private static void causalConv(GraphBuilder b, int rows) {
        b.input("u", s16(0.01, rows, 4));
        b.input("state", s16(0.01, 2, 4));
    }

    private static void causalConv(GraphBuilder b, String valid, int rows) {
        weights(b, "", DType.S8, 4, 3);
        b.add(new CausalConv1d(Optional.of(channels(-FULL_16, FULL_16))), List.of("y", "next"), List.of(s16(0.02, rows, 4), s16(0.01, 2, 4)), "",
                "u", "state", valid, "w", "bias", "m", "n");
        b.output("y");
        b.state("state", "next");
    }

    private static void matMul(GraphBuilder b, TensorType keys, int heads) {
        b.input("a", s16(0.01, heads, 3, 2));
        b.input("b", keys);
        ProductRescale rule = new ProductRescale(Accumulator.I48, 1 << 30, 40, Rounding.SINGLE, 0, 0, 0, -FULL_16, FULL_16);
        b.output(y(b, new MatMul(true, false, Optional.of(rule)), s16(0.02, heads, 3, 4), "a", "b"));
    }

    private static void rope(GraphBuilder b, TensorType result) {
        b.input("x", s16(0.01, 2, 3, 4));
        b.constant("cos", Tensor.ofInts(DType.S16, Shape.of(3, 2), 32_767, 32_767, 17_705, 32_766, -13_636, 32_761), s16(0x1p-15, 3, 2));
        b.constant("sin", Tensor.ofInts(DType.S16, Shape.of(3, 2), 0, 0, 27_573, 328, 29_796, 655), s16(0x1p-15, 3, 2));
        b.input("pos", TensorType.of(DType.S32, 1));
        int max = (int) result.dtype().max();
        b.output(y(b, new Rope(Optional.of(new TensorRescale(1 << 30, 46, Rounding.SINGLE, 0, 0, -max, max))), result, "x", "cos", "sin", "pos"));
    }

    private static void norm(GraphBuilder b, int most) {
        b.input("x", s16(0.01, 2, 3));
        b.constant("gamma", Tensor.ofInts(DType.S16, Shape.of(3), most, most / 2, -most / 3), s16(0.003, 3));
        b.output(y(b, new RmsNorm(1e-5, 1, Optional.of(new NormRescale(0, 1 << 30, 30, 0, 0, -FULL_16, FULL_16))), s16(0.02, 2, 3), "x", "gamma"));
    }

    private static void activation(GraphBuilder b, Function function, TensorType result) {
        b.input("x", s16(0.01, 4));
        b.constant("table", Tensor.zeros(DType.S16, Shape.of(513)));
        b.output(y(b, new Activation(function), result, "x", "table"));
    }

    private static void pair(GraphBuilder b, int sign) {
        b.input("a", s16(0.01, 4));
        b.input("b", s16(0.02, 4));
        b.output(y(b, new Add(Optional.of(new PairRescale(1 << 20, sign << 20, 20, 0, 0, 0, -FULL_16, FULL_16))), s16(0.03, 4), "a", "b"));
    }

    private static void append(GraphBuilder b, int rows) {
        b.input("cache", s8(0.02, 0, 2, 8, 4));
        b.input("fresh", s8(0.02, 0, rows, 2, 4));
        b.input("pos", TensorType.of(DType.S32, 1));
        if (rows == 1) {
            b.constant("n_valid", Tensor.index(1));
        } else {
            b.input("n_valid", TensorType.of(DType.S32, 1));
        }
        b.state("cache", y(b, new KvAppend(), s8(0.02, 0, 2, 8, 4), "cache", "fresh", "pos", "n_valid"));
    }
}

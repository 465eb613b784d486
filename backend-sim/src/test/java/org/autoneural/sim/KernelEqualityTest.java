package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.NormRescale;
import org.autoneural.ir.op.Pad;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.StagedSum;
import org.autoneural.ir.op.StridedSlice;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.ir.op.TfliteSoftmax16;
import org.autoneural.ir.op.TfliteSoftmax8;
import org.autoneural.ir.op.Transpose;
import org.autoneural.ir.op.WindowMean;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.TfliteSoftmaxTables;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.KernelProviders;
import org.autoneural.sim.kernel.nativecode.Level;
import org.autoneural.sim.kernel.nativecode.NativeKernels;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Interpreter, scalar kernels, vector kernels and native kernels at each level that this processor has, one and two threads: the same
 * bits for every op on random graphs.
 */
class KernelEqualityTest {
    private static final int CASES = 120;
    /** Random graphs by op. */
    static final Map<String, Function<Cases, Cases.Case>> OPS = ops();

    private static Map<String, Function<Cases, Cases.Case>> ops() {
        Map<String, Function<Cases, Cases.Case>> ops = new LinkedHashMap<>();
        ops.put("linear", KernelEqualityTest::linear);
        ops.put("linear, one row", KernelEqualityTest::linearOfOneRow);
        ops.put("linear, few rows", KernelEqualityTest::linearOfFewRows);
        ops.put("linear, deep rows", KernelEqualityTest::linearOfDeepRows);
        ops.put("linear, many rows", KernelEqualityTest::linearOfManyRows);
        ops.put("conv2d", KernelEqualityTest::conv);
        ops.put("conv2d depthwise", KernelEqualityTest::depthwise);
        ops.put("conv2d grouped", KernelEqualityTest::grouped);
        ops.put("matmul", KernelEqualityTest::matmul);
        ops.put("causal_conv1d", KernelEqualityTest::causalConv);
        ops.put("gather", KernelEqualityTest::gather);
        ops.put("image_normalize", KernelEqualityTest::image);
        ops.put("avg_pool2d", KernelEqualityTest::pool);
        ops.put("resize_bilinear", KernelEqualityTest::bilinear);
        ops.put("resize_nearest", KernelEqualityTest::nearest);
        ops.put("add", KernelEqualityTest::add);
        ops.put("mul", KernelEqualityTest::mul);
        ops.put("requantize", KernelEqualityTest::requantize);
        ops.put("activation", KernelEqualityTest::activation);
        ops.put("rms_norm", KernelEqualityTest::rmsNorm);
        ops.put("layer_norm", KernelEqualityTest::layerNorm);
        ops.put("rope", KernelEqualityTest::rope);
        ops.put("softmax", KernelEqualityTest::softmax);
        ops.put("slice", KernelEqualityTest::slice);
        ops.put("concat", KernelEqualityTest::concat);
        ops.put("transpose", KernelEqualityTest::transpose);
        ops.put("reshape", KernelEqualityTest::reshape);
        ops.put("kv_append", KernelEqualityTest::kvAppend);
        ops.put("select_rows", KernelEqualityTest::selectRows);
        ops.put("last_row", KernelEqualityTest::lastRow);
        return Collections.unmodifiableMap(ops);
    }

    @TestFactory
    Stream<DynamicTest> everyOp() {
        List<DynamicTest> tests = new ArrayList<>();
        Map<String, KernelProvider> providers = providers();
        OPS.forEach((name, make) -> tests.add(DynamicTest.dynamicTest(name, () -> {
            for (int i = 0; i < CASES; i++) {
                long seed = 1000L * name.hashCode() + i;
                equal(make.apply(new Cases(seed)), providers, name + ", seed " + seed);
            }
        })));
        return tests.stream();
    }

    private static void equal(Cases.Case c, Map<String, KernelProvider> providers, String what) {
        Map<String, Tensor> expected = new IntegerInterpreter().run(c.graph(), c.inputs());
        providers.forEach((name, provider) -> {
            for (int threads = 1; threads <= 2; threads++) {
                assertThat(run(c, provider, threads)).as("%s, %s, %d threads, %s", what, name, threads, c.graph().nodes()).isEqualTo(expected);
            }
        });
    }

    private static Map<String, KernelProvider> providers() {
        Map<String, KernelProvider> providers = new LinkedHashMap<>();
        for (String name : List.of("scalar", "vector")) {
            providers.put(name, KernelProviders.named(name));
        }
        for (Level level : Level.values()) {
            if (level.compareTo(NativeKernels.greatest()) <= 0) {
                providers.put("native " + level.text(), NativeKernels.load(providers.get("vector"), level.text()));
            }
        }
        return providers;
    }

    static Map<String, Tensor> run(Cases.Case c, KernelProvider kernels, int threads) {
        Graph graph = c.graph();
        Map<String, Tensor> out = new LinkedHashMap<>();
        // However little there is to do, the threads share it.
        try (var executable = new SimExecutable(new Program(List.of(graph)), kernels, new Workers(threads, 0));
                ExecutionContext context = executable.newContext()) {
            c.inputs().forEach((name, tensor) -> fill(context.input(graph.name(), name), tensor));
            context.run(graph.name());
            graph.outputs().forEach(v -> out.put(v, Tensor.copyOf(context.output(graph.name(), v))));
        }
        return out;
    }

    static void fill(TensorBuffer buffer, Tensor tensor) {
        for (int i = 0; i < tensor.elements(); i++) {
            buffer.set(i, tensor.getLong(i));
        }
    }

    private static Cases.Case linear(Cases c) {
        return linear(c, c.between(1, 90));
    }

    private static Cases.Case linearOfOneRow(Cases c) {
        return linear(c, 1);
    }

    private static Cases.Case linearOfFewRows(Cases c) {
        return linear(c, c.between(2, 9));
    }

    /** Sums longer than a block of the summed dimension, and longer than 32 bits hold. */
    private static Cases.Case linearOfDeepRows(Cases c) {
        return linear(c, c.pick(1, 2, 8, 13), c.pick(2047, 2304, 4100, 8200), c.pick(1, 33, 70));
    }

    /** More rows and columns than one block has. */
    private static Cases.Case linearOfManyRows(Cases c) {
        return linear(c, c.pick(255, 257, 300, 515), c.pick(3, 8, 40, 260), c.pick(3, 33, 129, 140));
    }

    private static Cases.Case linear(Cases c, int rows) {
        return linear(c, rows, c.pick(1, 2, 3, 7, 16, 33, 64, 127, 200, 513, 1100), c.pick(1, 2, 5, 16, 31, 32, 64, 65, 130));
    }

    private static Cases.Case linear(Cases c, int rows, int k, int o) {
        DType x = c.activation();
        DType y = c.activation();
        String[] operands = c.operands(List.of(c.input(x, rows, k), c.constant(c.weight(), o, k)), o, 36);
        return c.finish(new Linear(Optional.of(c.channelRescale(x, y))), y, operands);
    }

    static Cases.Case conv(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        int h = c.between(5, 9);
        int w = c.between(5, 9);
        int in = c.pick(1, 3, 8, 17);
        int out = c.pick(1, 4, 33, 70);
        int kh = c.between(1, 3);
        int kw = c.between(1, 3);
        String[] operands = c.operands(List.of(c.input(x, 1, h, w, in), c.constant(c.weight(), out, kh, kw, in)), out, 36);
        return c.finish(new Conv2d(c.between(1, 2), c.between(1, 2), pads(c), c.between(1, 2), c.between(1, 2), 1, Layout.NHWC,
                Optional.of(c.channelRescale(x, y))), y, operands);
    }

    private static Cases.Case depthwise(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        int channels = c.pick(1, 3, 16, 37, 64, 100);
        int k = c.pick(1, 3, 5);
        String[] operands = c.operands(List.of(c.input(x, 1, c.between(5, 9), c.between(5, 9), channels),
                c.constant(c.weight(), channels, k, k, 1)), channels, 34);
        return c.finish(new Conv2d(c.between(1, 2), c.between(1, 2), pads(c), 1, 1, channels, Layout.NHWC,
                Optional.of(c.channelRescale(x, y))), y, operands);
    }

    private static Cases.Case grouped(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        int groups = c.between(2, 3);
        int in = groups * c.between(1, 5);
        int out = groups * c.pick(1, 2, 33);
        String[] operands = c.operands(List.of(c.input(x, 1, 6, 5, in), c.constant(c.weight(), out, 3, 2, in / groups)), out, 34);
        return c.finish(new Conv2d(1, 2, pads(c), 1, 1, groups, Layout.NHWC, Optional.of(c.channelRescale(x, y))), y, operands);
    }

    private static List<Integer> pads(Cases c) {
        return List.of(c.between(0, 2), c.between(0, 2), c.between(0, 2), c.between(0, 2));
    }

    private static Cases.Case matmul(Cases c) {
        DType a = c.activation();
        DType y = c.activation();
        int g = c.between(1, 3);
        int heads = g * c.between(1, 3);
        int m = c.pick(1, 2, 5, 33);
        int k = c.pick(1, 8, 31, 64, 600);
        int n = c.pick(1, 2, 3, 6, 32, 65, 100);
        boolean transposed = c.random.nextBoolean();
        boolean causal = c.random.nextBoolean();
        List<String> operands = new ArrayList<>(List.of(c.input(a, heads, m, k), transposed ? c.input(DType.S8, g, n, k) : c.input(DType.S8, g, k, n)));
        if (causal) {
            operands.add(c.index("pos", c.between(0, transposed ? n : k)));
        }
        return c.finish(new MatMul(transposed, causal, Optional.of(c.productRescale(a, DType.S8, y, c.between(36, 44)))), y,
                operands.toArray(String[]::new));
    }

    private static Cases.Case causalConv(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        int n = c.between(1, 6);
        int d = c.pick(1, 5, 64, 100);
        int taps = c.between(2, 4);
        List<String> first = List.of(c.input(x, n, d), c.input(x, taps - 1, d), c.index("n_valid", c.between(1, n)), c.constant(c.weight(), d, taps));
        return c.finish(new CausalConv1d(Optional.of(c.channelRescale(x, y))), List.of(y, x), c.operands(first, d, 34));
    }

    private static Cases.Case gather(Cases c) {
        DType y = c.activation();
        int v = c.pick(1, 7, 20);
        int d = c.pick(1, 5, 32);
        String table = c.constant(c.weight(), v, d);
        int n = c.between(1, 5);
        String ids = c.input(DType.S32, n);
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = c.random.nextInt(v);
        }
        c.inputs.put(ids, Tensor.ofInts(DType.S32, Shape.of(n), values));
        String[] m = c.multipliers(v, 24);
        var rule = c.channelRescale(DType.S16, y);
        return c.finish(new Gather(Optional.of(rule)), y, table, ids, m[0], m[1]);
    }

    private static Cases.Case image(Cases c) {
        DType y = c.activation();
        int channels = c.pick(1, 3);
        String image = c.input(DType.U8, 1, c.between(1, 9), c.between(1, 9), channels);
        String scale = c.constant(c.tensor(DType.S32, Cases.Fill.RANDOM, channels));
        long[] bias = c.random.longs(channels, -1L << 40, 1L << 40).toArray();
        String offset = c.constant(Tensor.ofLongs(Shape.of(channels), bias));
        int[] b = c.bounds(y);
        return c.finish(new ImageNormalize(Layout.NHWC, Optional.of(new ImageNormalize.Integers(c.between(20, 40), b[0], b[1]))), y, image, scale, offset);
    }

    private static Cases.Case pool(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        return c.finish(new AvgPool2d(c.between(1, 3), c.between(1, 3), c.between(1, 3), c.between(1, 3), Layout.NHWC,
                Optional.of(c.tensorRescale(x, y, c.between(31, 36)))), y, c.input(x, 1, c.between(3, 8), c.between(3, 8), c.pick(1, 5, 40)));
    }

    private static Cases.Case bilinear(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        return c.finish(new ResizeBilinear(c.between(1, 9), c.between(1, 9), Layout.NHWC,
                Optional.of(c.tensorRescale(x, y, c.between(36, 44)))), y, c.input(x, 1, c.between(1, 8), c.between(1, 8), c.pick(1, 5, 40)));
    }

    private static Cases.Case nearest(Cases c) {
        DType x = c.activation();
        return c.finish(new ResizeNearest(c.between(1, 9), c.between(1, 9), Layout.NHWC), x,
                c.input(x, 1, c.between(1, 8), c.between(1, 8), c.pick(1, 5, 40)));
    }

    private static Cases.Case add(Cases c) {
        DType a = c.activation();
        int n = c.pick(1, 15, 1024, 1500, 2049);
        DType b = c.activation();
        DType y = c.activation();
        return c.finish(new Add(Optional.of(c.pairRescale(a, b, y))), y, c.input(a, n), c.random.nextInt(4) == 0 ? c.constant(b, n) : c.input(b, n));
    }

    private static Cases.Case mul(Cases c) {
        DType a = c.activation();
        int n = c.pick(1, 15, 1024, 1500, 2049);
        DType b = c.activation();
        DType y = c.activation();
        return c.finish(new Mul(Optional.of(c.productRescale(a, b, y, c.between(34, 46)))), y, c.input(a, n), c.input(b, n));
    }

    private static Cases.Case requantize(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        return c.finish(new Requantize(c.tensorRescale(x, y, c.between(20, 40))), y, c.input(x, c.pick(1, 15, 1024, 1500, 2049)));
    }

    private static Cases.Case activation(Cases c) {
        DType x = c.activation();
        String table = x == DType.S8 ? c.constant(DType.S8, 256) : c.constant(DType.S16, (1 << c.between(8, 12)) + 1);
        return c.finish(new Activation(Activation.Function.SILU), x, c.input(x, c.pick(1, 15, 1024, 1500, 2049)), table);
    }

    private static NormRescale normRescale(Cases c, DType x, DType y) {
        int[] b = c.bounds(y);
        return new NormRescale(c.random.nextInt(100_000), c.multiplier(), c.between(20, 30), c.zero(x), c.zero(y), b[0], b[1]);
    }

    private static Cases.Case rmsNorm(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        int k = c.pick(1, 8, 33, 200);
        return c.finish(new RmsNorm(1e-5, 1, Optional.of(normRescale(c, x, y))), y, c.input(x, c.between(1, 5), k), c.constant(DType.S16, k));
    }

    private static Cases.Case layerNorm(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        int k = c.pick(1, 8, 33, 200);
        return c.finish(new LayerNorm(1e-5, Optional.of(normRescale(c, x, y))), y, c.input(x, c.between(1, 5), k),
                c.constant(DType.S16, k), c.constant(c.tensor(DType.S32, Cases.Fill.RANDOM, k)));
    }

    private static Cases.Case rope(Cases c) {
        DType x = c.activation();
        DType y = c.activation();
        int d = 2 * c.pick(1, 4, 16);
        int p = c.between(1, 8);
        int[] b = c.bounds(y);
        TensorRescale rule = new TensorRescale(c.multiplier(), c.between(44, 48), Rounding.SINGLE, c.zero(x), c.zero(y), b[0], b[1]);
        return c.finish(new Rope(Optional.of(rule)), y, c.input(x, c.between(1, 4), c.between(1, 3), d), c.constant(DType.S16, p, d / 2),
                c.constant(DType.S16, p, d / 2), c.index("pos", c.between(0, p + 2)));
    }

    private static Cases.Case softmax(Cases c) {
        DType x = c.activation();
        DType y = x == DType.S8 ? DType.S8 : c.activation();
        int n = c.pick(1, 7, 64, 100);
        boolean causal = c.random.nextBoolean();
        TensorRescale rule = new TensorRescale(c.multiplier(), c.between(20, 34), Rounding.SINGLE, c.zero(x), y == DType.S8 ? -128 : 0,
                y == DType.S8 ? -128 : 0, (int) y.max());
        String in = c.input(x, c.between(1, 3), c.between(1, 5), n);
        return causal ? c.finish(new Softmax(true, Optional.of(rule)), y, in, c.index("pos", c.between(0, n)))
                : c.finish(new Softmax(false, Optional.of(rule)), y, in);
    }

    private static DType any(Cases c) {
        return List.of(DType.S8, DType.U8, DType.S16, DType.S32).get(c.random.nextInt(4));
    }

    private static Cases.Case slice(Cases c) {
        DType x = any(c);
        int axis = c.between(0, 2);
        int begin = c.between(0, 3);
        return c.finish(new Slice(axis, begin, c.between(begin + 1, 5)), x, c.input(x, 5, 6, 7));
    }

    private static Cases.Case concat(Cases c) {
        DType x = any(c);
        int axis = c.between(0, 2);
        int[] a = {3, 4, 5};
        int[] b = {3, 4, 5};
        b[axis] = c.between(1, 6);
        return c.finish(new Concat(axis), x, c.input(x, a), c.input(x, b));
    }

    private static Cases.Case transpose(Cases c) {
        DType x = any(c);
        List<Integer> axes = new ArrayList<>(List.of(0, 1, 2, 3));
        Collections.shuffle(axes, c.random);
        return c.finish(new Transpose(axes), x, c.input(x, c.between(1, 3), 2, c.between(1, 4), 5));
    }

    private static Cases.Case reshape(Cases c) {
        DType x = any(c);
        return c.finish(Reshape.to(3, 8), x, c.random.nextBoolean() ? c.input(x, 2, 12) : c.constant(x, 2, 12));
    }

    private static Cases.Case kvAppend(Cases c) {
        DType x = c.activation();
        int groups = c.between(1, 3);
        int n = c.between(1, 4);
        int valid = c.between(1, n);
        return c.finish(new KvAppend(), x, c.input(x, groups, 9, 4), c.input(x, n, groups, 4), c.index("pos", c.between(0, 9 - valid)),
                c.index("n_valid", valid));
    }

    private static Cases.Case selectRows(Cases c) {
        DType x = any(c);
        int n = c.between(1, 6);
        String mask = c.input(DType.U8, n);
        int[] m = c.random.ints(n, 0, 2).toArray();
        c.inputs.put(mask, Tensor.ofInts(DType.U8, Shape.of(n), m));
        return c.finish(new SelectRows(), x, mask, c.input(x, n, 5), c.input(x, n, 5));
    }

    private static Cases.Case lastRow(Cases c) {
        DType x = any(c);
        return c.finish(new LastRow(), x, c.input(x, 4, 5), c.index("n_valid", c.between(1, 4)));
    }

    private static Cases.Case wideMatmul(Cases c) {
        DType a = c.activation();
        DType y = c.activation();
        int g = c.between(1, 3);
        int heads = g * c.between(1, 3);
        int m = c.pick(1, 2, 5, 33);
        int k = c.pick(1, 8, 31, 200);
        int n = c.pick(1, 2, 6, 33);
        boolean transposed = c.random.nextBoolean();
        boolean causal = c.random.nextBoolean();
        List<String> operands = new ArrayList<>(List.of(c.input(a, heads, m, k), transposed ? c.input(DType.S16, g, n, k) : c.input(DType.S16, g, k, n)));
        if (causal) {
            operands.add(c.index("pos", c.between(0, transposed ? n : k)));
        }
        return c.finish(new MatMul(transposed, causal, Optional.of(c.productRescale(a, DType.S16, y, c.between(44, 52)))), y,
                operands.toArray(String[]::new));
    }

    private static Cases.Case stagedAdd(Cases c) {
        DType type = c.activation();
        DType y = c.activation();
        int n = c.pick(1, 15, 1024, 1500, 2049);
        int[] b = c.bounds(y);
        StagedSum rule = new StagedSum(c.random.nextBoolean(), type == DType.S8 ? 20 : 15, c.multiplier(), c.between(32, 36), c.multiplier(),
                c.between(32, 36), c.multiplier(), c.between(30, 50), c.zero(type), c.zero(type), c.zero(y), b[0], b[1]);
        return c.finish(Add.staged(rule), y, c.input(type, n), c.random.nextInt(4) == 0 ? c.constant(type, n) : c.input(type, n));
    }

    /** Paddings smaller than the window. */
    private static List<Integer> pads(Cases c, int kh, int kw) {
        return List.of(c.between(0, kh - 1), c.between(0, kw - 1), c.between(0, kh - 1), c.between(0, kw - 1));
    }

    private static Cases.Case windowMean(Cases c) {
        DType x = c.activation();
        int kh = c.between(1, 3);
        int kw = c.between(1, 3);
        int[] b = c.bounds(x);
        return c.finish(AvgPool2d.windowMean(kh, kw, c.between(1, 3), c.between(1, 3), new WindowMean(pads(c, kh, kw), b[0], b[1])), x,
                c.input(x, c.between(1, 2), c.between(3, 8), c.between(3, 8), c.pick(1, 5, 40)));
    }

    private static Cases.Case maxPool(Cases c) {
        DType x = c.activation();
        int kh = c.between(1, 3);
        int kw = c.between(1, 3);
        int[] b = c.bounds(x);
        return c.finish(new MaxPool2d(kh, kw, c.between(1, 3), c.between(1, 3), pads(c, kh, kw), b[0], b[1]), x,
                c.input(x, c.between(1, 2), c.between(3, 8), c.between(3, 8), c.pick(1, 5, 40)));
    }

    private static Cases.Case pad(Cases c) {
        DType x = c.activation();
        int rank = c.between(1, 4);
        int[] dims = c.random.ints(rank, 1, 5).toArray();
        List<Integer> before = c.random.ints(rank, 0, 3).boxed().toList();
        List<Integer> after = c.random.ints(rank, 0, 3).boxed().toList();
        return c.finish(new Pad(before, after, Optional.of(new Pad.Fill(c.zero(x)))), x, c.input(x, dims));
    }

    private static Cases.Case stridedSlice(Cases c) {
        DType x = any(c);
        int step = c.pick(1, 2, 3, -1, -2);
        int count = c.between(1, 3);
        int begin = step > 0 ? c.between(0, 6 - (count - 1) * step) : c.between(-(count - 1) * step, 6);
        return c.finish(new StridedSlice(c.between(0, 2), begin, count, step), x, c.input(x, 7, 7, 7));
    }

    private static Cases.Case requantizeWide(Cases c) {
        DType x = c.random.nextBoolean() ? DType.S32 : c.activation();
        DType y = x == DType.S32 && c.random.nextBoolean() ? c.activation() : DType.S32;
        Rounding rounding = c.random.nextBoolean() ? Rounding.DOUBLE : c.rounding();
        TensorRescale rule = new TensorRescale(c.multiplier(), c.between(20, 50), rounding, c.zero(x), c.zero(y), (int) y.min(), (int) y.max());
        return c.finish(new Requantize(rule), y, c.input(x, c.pick(1, 15, 1024, 1500, 2049)));
    }

    private static Cases.Case softmax8(Cases c) {
        DType y = c.activation();
        return c.finish(new TfliteSoftmax8(c.multiplier(), c.between(10, 22), c.between(-255, 1)), y,
                c.input(DType.S8, c.between(1, 5), c.pick(1, 7, 64, 100)));
    }

    private static Cases.Case softmax16(Cases c) {
        return c.finish(new TfliteSoftmax16(c.multiplier(), c.between(28, 36)), DType.S16, c.input(DType.S16, c.between(1, 5), c.pick(1, 7, 64, 100)),
                c.constant(Tensor.ofInts(DType.S16, Shape.of(513), TfliteSoftmaxTables.exponential())),
                c.constant(Tensor.ofInts(DType.S16, Shape.of(513), TfliteSoftmaxTables.reciprocal())));
    }
}

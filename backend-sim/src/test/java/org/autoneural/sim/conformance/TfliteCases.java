package org.autoneural.sim.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.math.encode.TfliteSoftmaxTables;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Pad;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.StagedSum;
import org.autoneural.ir.op.StridedSlice;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.ir.op.TfliteSoftmax16;
import org.autoneural.ir.op.TfliteSoftmax8;
import org.autoneural.ir.op.Transpose;
import org.autoneural.ir.op.WindowMean;
import org.autoneural.sim.conformance.TfliteModel.Operator;
import org.autoneural.sim.conformance.TfliteModel.TfliteTensor;

/**
 * TFLite models with inputs and golden outputs as CSV beside them: {@code op/name.tflite}, {@code name_input0_int16.csv},
 * {@code name_golden_int16.csv}.
 */
final class TfliteCases {
    static final String SUITE = "tflm-seanet";

    /** What stands in our set, by the number of TFLite's operator. */
    private enum Known {
        ADD(0), AVERAGE_POOL_2D(1), CONV_2D(3), DEPTHWISE_CONV_2D(4), FULLY_CONNECTED(9), MAX_POOL_2D(17), MUL(18), RESHAPE(22), SOFTMAX(25),
        PAD(34), TRANSPOSE(39), SUB(41), STRIDED_SLICE(45), PADV2(60), SLICE(65), QUANTIZE(114), BATCH_MATMUL(126);

        private final int code;

        Known(int code) {
            this.code = code;
        }

        static Optional<Known> of(int code) {
            return Stream.of(values()).filter(k -> k.code == code).findFirst();
        }
    }

    private static final Map<Integer, String> OTHERS = Map.of(67, "TRANSPOSE_CONV", 98, "LEAKY_RELU", 2, "CONCATENATION", 14, "LOGISTIC",
            28, "TANH", 19, "RELU", 6, "DEQUANTIZE", 111, "ELU");

    private final Path folder;
    private final String name;
    private final TfliteModel model;
    private final CaseGraph g = new CaseGraph();
    /** Values of the graph by index of the tensor. */
    private final Map<Integer, String> values = new HashMap<>();

    private TfliteCases(Path folder, String name, TfliteModel model) {
        this.folder = folder;
        this.name = name;
        this.model = model;
    }

    static List<ConformanceCase> in(Path suite) {
        try (Stream<Path> files = Files.walk(suite, 2)) {
            return files.filter(f -> f.toString().endsWith(".tflite")).sorted(Comparator.comparing(Path::toString)).map(TfliteCases::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + suite, e);
        }
    }

    private static ConformanceCase of(Path file) {
        String op = file.getParent().getFileName().toString();
        String name = file.getFileName().toString().replace(".tflite", "");
        try {
            TfliteModel model = TfliteModel.read(file);
            for (Operator o : model.operators()) {
                if (Known.of(o.code()).isEmpty()) {
                    return ConformanceCase.outOfScope(SUITE, op, name, "TFLite operator " + OTHERS.getOrDefault(o.code(), "no. " + o.code())
                            + " is not in the op set");
                }
            }
            return ConformanceCase.inScope(SUITE, op, name, () -> new TfliteCases(file.getParent(), name, model).build());
        } catch (RuntimeException e) {
            return ConformanceCase.inScope(SUITE, op, name, () -> {
                throw new IllegalStateException(file + ": " + e.getMessage(), e);
            });
        }
    }

    private ConformanceCase.Vector build() {
        int n = 0;
        for (int input : model.inputs()) {
            if (!model.tensors().get(input).isConstant()) {
                TfliteTensor t = model.tensors().get(input);
                values.put(input, g.input(t.dtype(), t.shape(), csv("_input" + n)));
                n++;
            }
        }
        for (Operator o : model.operators()) {
            values.put(o.outputs()[0], operator(o, Known.of(o.code()).orElseThrow()));
        }
        return g.finish(values.get(model.outputs()[0]), csv("_golden"));
    }

    /** All values of the one file {@code name + part + _type.csv}. */
    private long[] csv(String part) {
        try (Stream<Path> files = Files.list(folder)) {
            Path file = files.filter(f -> f.getFileName().toString().matches(java.util.regex.Pattern.quote(name + part) + "_int\\d+\\.csv"))
                    .findFirst().orElseThrow(() -> new IllegalArgumentException("no file " + name + part + "_int*.csv in " + folder));
            return Stream.of(Files.readString(file).split("[,\\s]+")).filter(s -> !s.isEmpty()).mapToLong(Long::parseLong).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
    }

    private TfliteTensor tensor(int index) {
        return model.tensors().get(index);
    }

    private String value(Operator o, int i) {
        int index = o.inputs()[i];
        TfliteTensor t = tensor(index);
        return values.computeIfAbsent(index, k -> g.constant(t.dtype(), t.shape(), t.values()));
    }

    private TfliteTensor in(Operator o, int i) {
        return tensor(o.inputs()[i]);
    }

    private TfliteTensor out(Operator o) {
        return tensor(o.outputs()[0]);
    }

    private boolean has(Operator o, int i) {
        return o.inputs().length > i && o.inputs()[i] >= 0;
    }

    private String operator(Operator o, Known known) {
        return switch (known) {
            case ADD -> sum(o, false);
            case SUB -> sum(o, true);
            case MUL -> mul(o);
            case CONV_2D -> convolution(o, false);
            case DEPTHWISE_CONV_2D -> convolution(o, true);
            case FULLY_CONNECTED -> fullyConnected(o);
            case BATCH_MATMUL -> matmul(o);
            case AVERAGE_POOL_2D -> pool(o, false);
            case MAX_POOL_2D -> pool(o, true);
            case SOFTMAX -> softmax(o);
            case PAD, PADV2 -> pad(o);
            case RESHAPE -> g.reshape(value(o, 0), out(o).shape());
            case TRANSPOSE -> g.move(Transpose.of(in(o, 1).ints()), value(o, 0));
            case SLICE -> slice(o);
            case STRIDED_SLICE -> stridedSlice(o);
            case QUANTIZE -> quantize(o);
        };
    }

    /** Bounds of the result under the fused activation {@code code}. */
    private static int[] bounds(int code, TfliteTensor y) {
        int min = (int) y.dtype().min(), max = (int) y.dtype().max();
        int[] of = switch (code) {
            case 0 -> new int[] {min, max};
            case 1 -> new int[] {y.zero(), max};
            case 2 -> new int[] {steps(-1, y), steps(1, y)};
            case 3 -> new int[] {y.zero(), steps(6, y)};
            default -> throw new IllegalArgumentException("fused activation " + code + " is unknown (known: none, relu, relu_n1_to_1, relu6)");
        };
        return new int[] {Math.max(min, of[0]), Math.min(max, of[1])};
    }

    private static int steps(float real, TfliteTensor y) {
        double steps = (double) (real / y.scale());
        return y.zero() + (int) (steps < 0 ? -Math.floor(-steps + 0.5) : Math.floor(steps + 0.5));
    }

    // ---- sums with weights

    /** The rule of a sum with the weights {@code w}: the multipliers come from the real scales. */
    private SumRule rule(Operator o, int channels) {
        TfliteTensor x = in(o, 0), w = in(o, 1), y = out(o);
        int[] m = new int[channels];
        int[] n = new int[channels];
        for (int c = 0; c < channels; c++) {
            double scale = w.scales()[w.scales().length == 1 ? 0 : c];
            Multiplier encoded = MultiplierEncoder.encode((double) x.scale() * scale / y.scale());
            m[c] = encoded.multiplier();
            n[c] = encoded.shift();
        }
        boolean bias = has(o, 2);
        boolean wide = bias ? in(o, 2).dtype() == DType.S64 : x.dtype() == DType.S16;
        return new SumRule(wide, bias ? in(o, 2).values() : new long[channels], m, n);
    }

    private String convolution(Operator o, boolean depthwise) {
        FlatTable options = o.options();
        TfliteTensor x = in(o, 0), w = in(o, 1), y = out(o);
        int activation = options.byteAt(depthwise ? 4 : 3, 0);
        int sw = options.intAt(1, 1), sh = options.intAt(2, 1);
        int dw = options.intAt(depthwise ? 5 : 4, 1), dh = options.intAt(depthwise ? 6 : 5, 1);
        int kh = w.shape().dim(1), kw = w.shape().dim(2);
        int channels = depthwise ? w.shape().dim(3) : w.shape().dim(0);
        int groups = depthwise ? x.shape().dim(3) : x.shape().dim(3) / w.shape().dim(3);
        List<Integer> pads = padding(options, x, y, (kh - 1) * dh + 1, (kw - 1) * dw + 1, sh, sw);
        String weights = value(o, 1);
        if (depthwise) {
            // [1, kh, kw, O] to [O, kh, kw, 1]
            long[] values = w.values();
            long[] turned = new long[values.length];
            for (int i = 0; i < values.length; i++) {
                turned[i % channels * kh * kw + i / channels] = values[i];
            }
            weights = g.constant(w.dtype(), Shape.of(channels, kh, kw, 1), turned);
        }
        int[] b = bounds(activation, y);
        SumRule rule = rule(o, channels);
        Conv2d op = new Conv2d(sh, sw, pads, dh, dw, groups, Layout.NHWC,
                Optional.of(rule.form(x.dtype(), x.zero(), w.dtype(), channels, byChannel(w, depthwise), y.zero(), b[0], b[1])));
        String[] rest = rule.operands(g);
        return g.node(op, y.dtype(), value(o, 0), weights, rest[0], rest[1], rest[2]);
    }

    /** The weights with the output channel outermost, for the accumulator's proof. */
    private static long[] byChannel(TfliteTensor w, boolean depthwise) {
        long[] values = w.values();
        if (!depthwise) {
            return values;
        }
        int channels = w.shape().dim(3);
        long[] turned = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % channels * (values.length / channels) + i / channels] = values[i];
        }
        return turned;
    }

    private static List<Integer> padding(FlatTable options, TfliteTensor x, TfliteTensor y, int kh, int kw, int sh, int sw) {
        int h = x.shape().dim(1), w = x.shape().dim(2), outH = y.shape().dim(1), outW = y.shape().dim(2);
        boolean same = options.byteAt(0, 0) == 0;
        int top = same ? Math.max(0, (outH - 1) * sh + kh - h) / 2 : 0;
        int left = same ? Math.max(0, (outW - 1) * sw + kw - w) / 2 : 0;
        return CmsisCases.pads(top, left, h, w, outH, outW, kh, kw, sh, sw);
    }

    private String fullyConnected(Operator o) {
        TfliteTensor w = in(o, 1), y = out(o);
        int k = w.shape().dim(1), channels = w.shape().dim(0);
        if (w.zero() != 0) {
            throw new IllegalArgumentException("weights with zero point " + w.zero() + ", only symmetric ones are read from TFLite files");
        }
        String x = g.reshape(value(o, 0), Shape.of(Math.toIntExact(in(o, 0).shape().elements() / k), k));
        SumRule rule = rule(o, channels);
        int[] b = bounds(o.options().byteAt(0, 0), y);
        Linear op = new Linear(Optional.of(rule.form(in(o, 0).dtype(), in(o, 0).zero(), w.dtype(), channels, w.values(), y.zero(), b[0], b[1])));
        String[] rest = rule.operands(g);
        return g.reshape(g.node(op, y.dtype(), x, value(o, 1), rest[0], rest[1], rest[2]), y.shape());
    }

    private String matmul(Operator o) {
        TfliteTensor a = in(o, 0), b = in(o, 1), y = out(o);
        String x = o.options().byteAt(0, 0) != 0 ? g.transposeInner(value(o, 0)) : value(o, 0);
        boolean transposed = o.options().byteAt(1, 0) != 0;
        boolean wide = a.dtype() == DType.S16;
        Multiplier encoded = MultiplierEncoder.encode((double) a.scale() * b.scale() / y.scale());
        ProductRescale form = new ProductRescale(wide ? Accumulator.I64 : Accumulator.I32_WRAP,
                wide ? SumRule.to15Bits(encoded.multiplier()) : encoded.multiplier(), wide ? encoded.shift() - 16 : encoded.shift(),
                wide ? Rounding.SINGLE : Rounding.DOUBLE, a.zero(), b.zero(), y.zero(), (int) y.dtype().min(), (int) y.dtype().max());
        List<Integer> outer = y.shape().dims().subList(0, y.shape().rank() - 2);
        return g.reshape(g.node(new MatMul(transposed, false, Optional.of(form)), y.dtype(), heads(x, outer), heads(value(o, 1), outer)), y.shape());
    }

    private String heads(String x, List<Integer> outer) {
        int rows = g.shape(x).dim(-2), columns = g.shape(x).dim(-1);
        List<Integer> full = new ArrayList<>(outer);
        full.add(rows);
        full.add(columns);
        return g.reshape(g.broadcast(x, new Shape(full)), Shape.of(outer.stream().reduce(1, (p, q) -> p * q), rows, columns));
    }

    // ---- element by element

    /** TFLite's sum: twice the greater scale is the common one; 20 bits more at 8 bits, 15 at 16. */
    private String sum(Operator o, boolean subtract) {
        TfliteTensor a = in(o, 0), b = in(o, 1), y = out(o);
        int leftShift = y.dtype() == DType.S16 ? 15 : 20;
        double twice = 2 * (double) Math.max(a.scale(), b.scale());
        Multiplier ma = MultiplierEncoder.encode(a.scale() / twice);
        Multiplier mb = MultiplierEncoder.encode(b.scale() / twice);
        Multiplier my = MultiplierEncoder.encode(twice / ((1 << leftShift) * (double) y.scale()));
        int[] bounds = bounds(o.options().byteAt(0, 0), y);
        StagedSum form = new StagedSum(subtract, leftShift, ma.multiplier(), ma.shift(), mb.multiplier(), mb.shift(), my.multiplier(), my.shift(),
                a.zero(), b.zero(), y.zero(), bounds[0], bounds[1]);
        return g.node(Add.staged(form), y.dtype(), g.broadcast(value(o, 0), y.shape()), g.broadcast(value(o, 1), y.shape()));
    }

    private String mul(Operator o) {
        TfliteTensor a = in(o, 0), b = in(o, 1), y = out(o);
        Multiplier m = MultiplierEncoder.encode((double) a.scale() * b.scale() / y.scale());
        int[] bounds = bounds(o.options().byteAt(0, 0), y);
        ProductRescale form = new ProductRescale(Accumulator.I32_WRAP, m.multiplier(), m.shift(), Rounding.DOUBLE, a.zero(), b.zero(), y.zero(),
                bounds[0], bounds[1]);
        return g.node(new Mul(Optional.of(form)), y.dtype(), g.broadcast(value(o, 0), y.shape()), g.broadcast(value(o, 1), y.shape()));
    }

    private String quantize(Operator o) {
        TfliteTensor x = in(o, 0), y = out(o);
        if (x.dtype().isFloat()) {
            throw new IllegalArgumentException("quantize from " + x.dtype().text() + ", allowed: from integers");
        }
        Multiplier m = MultiplierEncoder.encode((double) x.scale() / y.scale());
        return g.node(new Requantize(new TensorRescale(m.multiplier(), m.shift(), Rounding.DOUBLE, x.zero(), y.zero(),
                (int) y.dtype().min(), (int) y.dtype().max())), y.dtype(), value(o, 0));
    }

    private String softmax(Operator o) {
        TfliteTensor x = in(o, 0), y = out(o);
        double beta = Float.intBitsToFloat(o.options().intAt(0, 0));
        if (x.dtype() == DType.S16) {
            Multiplier m = MultiplierEncoder.encode((double) x.scale() * beta / (10.0 / 65535.0));
            return g.node(new TfliteSoftmax16(m.multiplier(), m.shift()), DType.S16, value(o, 0),
                    g.constant(DType.S16, TfliteSoftmaxTables.exponential()), g.constant(DType.S16, TfliteSoftmaxTables.reciprocal()));
        }
        double ratio = Math.min(beta * x.scale() * (1 << 26), (1L << 31) - 1.0);
        Multiplier m = MultiplierEncoder.encode(ratio);
        int leftShift = 31 - m.shift();
        int diffMin = -(int) Math.floor(31.0 * (1 << 26) / (1L << leftShift));
        return g.node(new TfliteSoftmax8(m.multiplier(), leftShift, diffMin), y.dtype(), value(o, 0));
    }

    // ---- pooling and data movement

    private String pool(Operator o, boolean max) {
        TfliteTensor x = in(o, 0), y = out(o);
        FlatTable options = o.options();
        int sw = options.intAt(1, 1), sh = options.intAt(2, 1), kw = options.intAt(3, 1), kh = options.intAt(4, 1);
        List<Integer> pads = padding(options, x, y, kh, kw, sh, sw);
        int[] b = bounds(options.byteAt(5, 0), y);
        return max ? g.move(new MaxPool2d(kh, kw, sh, sw, pads, b[0], b[1]), value(o, 0))
                : g.move(AvgPool2d.windowMean(kh, kw, sh, sw, new WindowMean(pads, b[0], b[1])), value(o, 0));
    }

    private String pad(Operator o) {
        int[] pairs = in(o, 1).ints();
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            before.add(pairs[i]);
            after.add(pairs[i + 1]);
        }
        int fill = has(o, 2) ? in(o, 2).ints()[0] : out(o).zero();
        return g.move(new Pad(before, after, Optional.of(new Pad.Fill(fill))), value(o, 0));
    }

    private String slice(Operator o) {
        int[] begin = in(o, 1).ints(), size = in(o, 2).ints();
        String x = value(o, 0);
        for (int axis = 0; axis < begin.length; axis++) {
            int end = size[axis] < 0 ? g.shape(x).dim(axis) : begin[axis] + size[axis];
            x = range(x, axis, begin[axis], end - begin[axis], 1);
        }
        return x;
    }

    private String stridedSlice(Operator o) {
        FlatTable options = o.options();
        if (options.intAt(2, 0) != 0 || options.intAt(3, 0) != 0 || options.byteAt(5, 0) != 0) {
            throw new IllegalArgumentException("strided slice with an ellipsis, a new axis or an offset");
        }
        int[] begin = in(o, 1).ints(), end = in(o, 2).ints(), strides = in(o, 3).ints();
        String x = value(o, 0);
        for (int axis = 0; axis < begin.length; axis++) {
            int n = g.shape(x).dim(axis), bit = 1 << axis, step = strides[axis];
            int low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
            int start = (options.intAt(0, 0) & bit) != 0 ? (step > 0 ? 0 : n - 1) : clamp(begin[axis] < 0 ? begin[axis] + n : begin[axis], low, high);
            int stop = (options.intAt(1, 0) & bit) != 0 ? (step > 0 ? n : -1) : clamp(end[axis] < 0 ? end[axis] + n : end[axis], low, high);
            if ((options.intAt(4, 0) & bit) != 0) {
                stop = start + (step > 0 ? 1 : -1);
            }
            x = range(x, axis, start, (stop - start + step - Integer.signum(step)) / step, step);
        }
        return g.reshape(x, out(o).shape());
    }

    private static int clamp(int v, int low, int high) {
        return Math.max(low, Math.min(high, v));
    }

    private String range(String x, int axis, int begin, int count, int step) {
        if (begin == 0 && step == 1 && count == g.shape(x).dim(axis)) {
            return x;
        }
        return g.move(step == 1 ? new Slice(axis, begin, begin + count) : new StridedSlice(axis, begin, count, step), x);
    }
}

package org.autoneural.sim.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.TfliteSoftmaxTables;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Pad;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.StagedSum;
import org.autoneural.ir.op.TfliteSoftmax16;
import org.autoneural.ir.op.TfliteSoftmax8;
import org.autoneural.ir.op.Transpose;
import org.autoneural.ir.op.WindowMean;
import org.autoneural.sim.conformance.CmsisHeaders.CArray;
import org.autoneural.sim.conformance.CmsisHeaders.View;

/**
 * The unit-test data of CMSIS-NN: one folder a case, C headers with shapes, quantized multipliers, inputs and goldens. The
 * constants that a case defines say what kind of case it is.
 */
final class CmsisCases {
    static final String SUITE = "cmsis-nn";
    /** Kinds of case that no op of ours stands for, by a part of the folder's name. */
    private static final Map<Pattern, String[]> OUT_OF_SCOPE = Map.of(
            Pattern.compile(".*lstm.*"), new String[] {"lstm", "recurrent cells are not in the op set"},
            Pattern.compile(".*svdf.*"), new String[] {"svdf", "SVDF is not in the op set"},
            Pattern.compile(".*transpose_conv.*"), new String[] {"transpose_conv", "transposed convolution is not in the op set"},
            Pattern.compile(".*(maximum|minimum).*"),
            new String[] {"minimum_maximum", "element-wise minimum and maximum are not in the op set"},
            Pattern.compile("(relu|leaky_relu|hard_swish|activation|sigmoid|tanh)(_.*)?"),
            new String[] {"activation", "activations are tables here, with their own bits"});
    private static final Pattern LAYER = Pattern.compile("layer_(\\d+)_(.+)_config_data\\.h");

    private CmsisCases() {
    }

    static List<ConformanceCase> in(Path suite) {
        try (Stream<Path> folders = Files.list(suite)) {
            return folders.filter(Files::isDirectory).sorted(Comparator.comparing(Path::getFileName)).map(CmsisCases::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + suite, e);
        }
    }

    private static ConformanceCase of(Path folder) {
        String name = folder.getFileName().toString();
        for (Map.Entry<Pattern, String[]> kind : OUT_OF_SCOPE.entrySet()) {
            if (kind.getKey().matcher(name).matches()) {
                return ConformanceCase.outOfScope(SUITE, kind.getValue()[0], name, kind.getValue()[1]);
            }
        }
        try {
            CmsisHeaders headers = CmsisHeaders.read(folder);
            Kind kind = kind(name, headers, folder);
            return ConformanceCase.inScope(SUITE, kind.op, name, () -> kind.builder.build(name, headers));
        } catch (RuntimeException e) {
            // Reported as a failed test of this case, never dropped.
            return ConformanceCase.inScope(SUITE, "unknown", name, () -> {
                throw new IllegalStateException(SUITE + "/" + name + ": " + e.getMessage(), e);
            });
        }
    }

    private interface Builder {
        ConformanceCase.Vector build(String name, CmsisHeaders headers);
    }

    private record Kind(String op, Builder builder) {}

    private static Kind kind(String name, CmsisHeaders headers, Path folder) {
        if (!layers(folder).isEmpty()) {
            return new Kind("network", CmsisCases::network);
        }
        View v = headers.view(name);
        if (name.contains("avgpool") || name.contains("maxpool")) {
            boolean max = name.contains("maxpool");
            return new Kind(max ? "max_pool" : "avg_pool", (n, h) -> single(h.view(n), (g, w, x) -> pool(g, w, x, max)));
        }
        if (v.has("CH_MULT")) {
            return new Kind("depthwise_conv", (n, h) -> single(h.view(n), CmsisCases::convolution));
        }
        if (v.has("ACCUMULATION_DEPTH") || name.startsWith("fully_connected") || name.startsWith("fc_")) {
            return new Kind("fully_connected", (n, h) -> single(h.view(n), CmsisCases::fullyConnected));
        }
        if (v.has("FILTER_X") && v.has("OUT_CH")) {
            String op = groups(v) > 1 ? "grouped_conv" : v.number("FILTER_X") * v.number("FILTER_Y") == 1 ? "conv_1x1" : "conv";
            return new Kind(op, (n, h) -> single(h.view(n), CmsisCases::convolution));
        }
        if (v.has("LHS_BATCH")) {
            return new Kind("batch_matmul", (n, h) -> matmul(h.view(n)));
        }
        if (v.has("PERM_SIZE")) {
            return new Kind("transpose", (n, h) -> transpose(h.view(n)));
        }
        if (v.has("PRE_PAD_N")) {
            return new Kind("pad", (n, h) -> pad(h.view(n)));
        }
        if (v.has("ROW_SIZE")) {
            return new Kind("softmax", (n, h) -> single(h.view(n), CmsisCases::softmax));
        }
        if (v.has("INPUT1_MULT")) {
            return new Kind("add", (n, h) -> add(h.view(n)));
        }
        if (v.has("INPUT1_OFFSET") && v.has("OUTPUT_MULT")) {
            return new Kind("mul", (n, h) -> mul(h.view(n)));
        }
        throw new IllegalArgumentException("cannot tell the op of this case from its constants " + headers.defines().keySet());
    }

    // ---- helpers

    /** The op under a view, from the value {@code x} (with the zero point of the suite's input offset). */
    private interface Layer {
        String add(CaseGraph g, View v, String x);
    }

    private static DType type(CArray a) {
        return switch (a.type()) {
            case "int8_t" -> DType.S8;
            case "int16_t" -> DType.S16;
            case "int32_t" -> DType.S32;
            default -> throw new IllegalArgumentException("array of " + a.type());
        };
    }

    private static CArray input(View v) {
        return v.array("input", "input_tensor");
    }

    private static CArray output(View v) {
        return v.array("output_ref", "output");
    }

    private static String input(CaseGraph g, CArray a, int... dims) {
        return g.input(type(a), Shape.of(dims), a.values());
    }

    private static int min(View v, DType y) {
        return v.number("OUT_ACTIVATION_MIN", v.number("ACTIVATION_MIN", (int) y.min()));
    }

    private static int max(View v, DType y) {
        return v.number("OUT_ACTIVATION_MAX", v.number("ACTIVATION_MAX", (int) y.max()));
    }

    /** A case of one layer whose input the layer shapes itself. */
    private static ConformanceCase.Vector single(View v, Layer layer) {
        CaseGraph g = new CaseGraph();
        CArray x = input(v);
        return g.finish(layer.add(g, v, input(g, x, x.values().length)), output(v).values());
    }

    /** The suite's shift counts to the left, after a doubled high half; ours to the right, after nothing. */
    private static int shift(int cmsis) {
        return 31 - cmsis;
    }

    /** The rule of a layer with weights: bias and, for each channel or for all, multiplier and shift. */
    private static SumRule rule(View v, int channels) {
        CArray bias = v.array("biases", "bias", "input_bias");
        Optional<CArray> multipliers = v.find("output_mult", "output_multiplier");
        int[] m = new int[channels];
        int[] n = new int[channels];
        if (multipliers.isPresent()) {
            long[] shifts = v.array("output_shift").values();
            for (int c = 0; c < channels; c++) {
                m[c] = Math.toIntExact(multipliers.get().values()[c]);
                n[c] = shift(Math.toIntExact(shifts[c]));
            }
        } else {
            Arrays.fill(m, v.number("OUTPUT_MULTIPLIER"));
            Arrays.fill(n, shift(v.number("OUTPUT_SHIFT")));
        }
        long[] values = bias.values().length == 0 ? new long[channels] : bias.values();
        return new SumRule(bias.type().equals("int64_t"), values, m, n);
    }

    /** Weights as bytes, or unpacked when there are two in a byte, low half first. */
    private static Weights weights(View v, long count) {
        long[] stored = v.array("weights", "input_weights").values();
        boolean named = v.constantPrefix().contains("INT4");
        if (stored.length == count && !(named && count == 1)) {
            return new Weights(DType.S8, stored);
        }
        if (stored.length != (count + 1) / 2) {
            throw new IllegalArgumentException("the case has " + stored.length + " bytes of weights, allowed: " + count + " of 8 bits or "
                    + (count + 1) / 2 + " with two of 4 bits each");
        }
        long[] all = new long[Math.toIntExact(count)];
        for (int i = 0; i < all.length; i++) {
            long b = stored[i >> 1];
            all[i] = (i & 1) == 0 ? b << 60 >> 60 : b << 56 >> 60;
        }
        return new Weights(DType.S4, all);
    }

    private record Weights(DType type, long[] values) {}

    // ---- convolutions

    private static int groups(View v) {
        int taps = v.number("FILTER_X") * v.number("FILTER_Y");
        if (v.has("FILTER_CH")) {
            return v.number("IN_CH") / v.number("FILTER_CH");
        }
        long stored = v.array("weights", "input_weights").values().length;
        long full = (long) v.number("OUT_CH") * taps * v.number("IN_CH");
        return stored == full || stored == (full + 1) / 2 ? 1 : Math.toIntExact(full / stored);
    }

    /** How many times {@code each} elements {@code x} has; a remainder shows as a shape that does not fit. */
    private static int batch(CaseGraph g, String x, int each) {
        return Math.toIntExact(g.shape(x).elements() / each);
    }

    private static String convolution(CaseGraph g, View v, String flat) {
        int h = v.number("INPUT_H"), w = v.number("INPUT_W"), c = v.number("IN_CH"), o = v.number("OUT_CH");
        int kh = v.number("FILTER_Y"), kw = v.number("FILTER_X");
        boolean depthwise = v.has("CH_MULT") || v.constantPrefix().contains("DEPTHWISE_CONV_2D");
        int groups = depthwise ? c : groups(v);
        // The data decide how many pictures there are: the constants for it are stale in places.
        String x = g.reshape(flat, Shape.of(batch(g, flat, h * w * c), h, w, c));
        int cg = c / groups;
        Weights weights = weights(v, (long) o * kh * kw * cg);
        long[] values = depthwise ? channelsFirst(weights.values(), kh * kw, o) : weights.values();
        SumRule rule = rule(v, o);
        DType type = g.dtype(x);
        int sh = v.number("STRIDE_Y"), sw = v.number("STRIDE_X"), dh = v.number("DILATION_Y", 1), dw = v.number("DILATION_X", 1);
        List<Integer> pads = pads(v.number("PAD_Y"), v.number("PAD_X"), h, w, v.number("OUTPUT_H"), v.number("OUTPUT_W"),
                (kh - 1) * dh + 1, (kw - 1) * dw + 1, sh, sw);
        Conv2d op = new Conv2d(sh, sw, pads, dh, dw, groups, Layout.NHWC, Optional.of(rule.form(type, -v.number("INPUT_OFFSET"),
                weights.type(), o, values, v.number("OUTPUT_OFFSET"), min(v, type), max(v, type))));
        String[] rest = rule.operands(g);
        return g.node(op, type, x, g.constant(weights.type(), Shape.of(o, kh, kw, cg), values), rest[0], rest[1], rest[2]);
    }

    /** [taps, O] to [O, taps]. */
    private static long[] channelsFirst(long[] values, int taps, int o) {
        long[] out = new long[values.length];
        for (int t = 0; t < taps; t++) {
            for (int c = 0; c < o; c++) {
                out[c * taps + t] = values[t * o + c];
            }
        }
        return out;
    }

    /** Top and left as given; bottom and right as many as the output extents need. */
    static List<Integer> pads(int top, int left, int h, int w, int outH, int outW, int kh, int kw, int sh, int sw) {
        return List.of(top, left, Math.max(0, (outH - 1) * sh + kh - h - top), Math.max(0, (outW - 1) * sw + kw - w - left));
    }

    // ---- products

    private static String fullyConnected(CaseGraph g, View v, String flat) {
        long stored = v.array("weights", "input_weights").values().length;
        // Layers of a network do not say their depth; their bias has one value for each output.
        int o = v.has("ACCUMULATION_DEPTH") ? v.number("OUT_CH") : v.array("bias", "biases").values().length;
        int k = v.has("ACCUMULATION_DEPTH") ? v.number("ACCUMULATION_DEPTH") : Math.toIntExact(stored / o);
        String x = g.reshape(flat, Shape.of(batch(g, flat, k), k));
        Weights weights = weights(v, (long) o * k);
        long[] values = weights.values();
        int[] offsets = pieces(v.number("FILTER_OFFSET", 0));
        if (offsets.length > 0) {
            // sum (x - zX) (w - zW) = sum (x - zX) w + sum (x - zX) (-zW): the row again, with weights of the one value -zW.
            String row = x;
            int copies = 1 + offsets.length;
            values = new long[copies * o * k];
            for (int c = 0; c < o; c++) {
                System.arraycopy(weights.values(), c * k, values, copies * c * k, k);
                for (int i = 0; i < offsets.length; i++) {
                    Arrays.fill(values, (copies * c + 1 + i) * k, (copies * c + 2 + i) * k, offsets[i]);
                }
            }
            for (int i = 0; i < offsets.length; i++) {
                x = g.move(new Concat(1), x, row);
            }
        }
        DType type = g.dtype(x);
        SumRule rule = rule(v, o);
        Linear op = new Linear(Optional.of(rule.form(type, -v.number("INPUT_OFFSET"), weights.type(), o, values,
                v.number("OUTPUT_OFFSET"), min(v, type), max(v, type))));
        String[] rest = rule.operands(g);
        return g.node(op, type, x, g.constant(weights.type(), Shape.of(o, values.length / o), values), rest[0], rest[1], rest[2]);
    }

    /** {@code offset} as a sum of s8 numbers; none for 0. */
    private static int[] pieces(int offset) {
        return offset == 0 ? new int[0] : offset <= Byte.MAX_VALUE ? new int[] {offset} : new int[] {Byte.MAX_VALUE, offset - Byte.MAX_VALUE};
    }

    private static ConformanceCase.Vector matmul(View v) {
        CaseGraph g = new CaseGraph();
        CArray lhs = v.array("lhs_input_tensor");
        String a = input(g, lhs, v.number("LHS_BATCH"), v.number("LHS_HEIGHT"), v.number("LHS_ROWS"), v.number("LHS_COLS"));
        String b = input(g, v.array("rhs_input_tensor"), v.number("RHS_BATCH"), v.number("RHS_HEIGHT"), v.number("RHS_ROWS"), v.number("RHS_COLS"));
        if (v.number("ADJ_X") != 0) {
            a = g.transposeInner(a);
        }
        boolean transposed = v.number("ADJ_Y") != 0;
        int batch = v.number("OUTPUT_BATCH"), height = v.number("OUTPUT_HEIGHT");
        String am = heads(g, a, batch, height);
        String bm = heads(g, b, batch, height);
        DType type = type(lhs);
        boolean wide = type == DType.S16;
        int m = v.number("OUTPUT_MULTIPLIER");
        int n = shift(v.number("OUTPUT_SHIFT"));
        ProductRescale form = new ProductRescale(wide ? Accumulator.I64 : Accumulator.I32_WRAP, wide ? SumRule.to15Bits(m) : m,
                wide ? n - 16 : n, wide ? Rounding.SINGLE : Rounding.DOUBLE, -v.number("LHS_OFFSET"), -v.number("RHS_OFFSET"),
                v.number("OUTPUT_OFFSET"), min(v, type), max(v, type));
        return g.finish(g.node(new MatMul(transposed, false, Optional.of(form)), type, am, bm), output(v).values());
    }

    /** x: [B', H', R, C] as [B * H, R, C], repeated where B' or H' is 1. */
    private static String heads(CaseGraph g, String x, int batch, int height) {
        int rows = g.shape(x).dim(2), columns = g.shape(x).dim(3);
        return g.reshape(g.broadcast(x, Shape.of(batch, height, rows, columns)), Shape.of(batch * height, rows, columns));
    }

    // ---- element by element

    private static ConformanceCase.Vector add(View v) {
        CaseGraph g = new CaseGraph();
        CArray a = v.array("input1"), b = v.array("input2");
        DType type = type(a);
        StagedSum form = new StagedSum(false, v.number("LEFT_SHIFT"), v.number("INPUT1_MULT"), shift(v.number("INPUT1_SHIFT")),
                v.number("INPUT2_MULT"), shift(v.number("INPUT2_SHIFT")), v.number("OUTPUT_MULT"), shift(v.number("OUTPUT_SHIFT")),
                -v.number("INPUT1_OFFSET"), -v.number("INPUT2_OFFSET"), v.number("OUTPUT_OFFSET"), min(v, type), max(v, type));
        return g.finish(g.node(Add.staged(form), type, input(g, a, a.values().length), input(g, b, b.values().length)), output(v).values());
    }

    private static ConformanceCase.Vector mul(View v) {
        CaseGraph g = new CaseGraph();
        CArray a = v.array("input1"), b = v.array("input2");
        DType type = type(a);
        ProductRescale form = new ProductRescale(Accumulator.I32_WRAP, v.number("OUTPUT_MULT"), shift(v.number("OUTPUT_SHIFT")),
                Rounding.DOUBLE, -v.number("INPUT1_OFFSET"), -v.number("INPUT2_OFFSET"), v.number("OUTPUT_OFFSET"), min(v, type), max(v, type));
        return g.finish(g.node(new Mul(Optional.of(form)), type, input(g, a, a.values().length), input(g, b, b.values().length)),
                output(v).values());
    }

    private static String softmax(CaseGraph g, View v, String flat) {
        String x = g.reshape(flat, Shape.of(v.number("NUM_ROWS"), v.number("ROW_SIZE")));
        int m = v.any("INPUT_MULT", "MULT");
        int left = v.any("INPUT_LEFT_SHIFT", "SHIFT");
        if (g.dtype(x) == DType.S8) {
            // Layers of a network have no golden of their own; they stay at 8 bits.
            DType y = v.find("output_ref", "output").map(CmsisCases::type).orElse(DType.S8);
            return g.node(new TfliteSoftmax8(m, left, v.number("DIFF_MIN")), y, x);
        }
        return g.node(new TfliteSoftmax16(m, shift(left)), DType.S16, x, table(g, v.find("exp_lut"), TfliteSoftmaxTables.exponential()),
                table(g, v.find("one_by_one_lut"), TfliteSoftmaxTables.reciprocal()));
    }

    /** The table of the case, or the one that all such cases share. */
    private static String table(CaseGraph g, Optional<CArray> own, int[] shared) {
        return own.map(a -> g.constant(DType.S16, Shape.of(a.values().length), a.values())).orElseGet(() -> g.constant(DType.S16, shared));
    }

    // ---- pooling and data movement

    private static String pool(CaseGraph g, View v, String flat, boolean max) {
        int h = v.number("INPUT_H"), w = v.number("INPUT_W"), c = v.any("INPUT_C", "IN_CH");
        int kh = v.any("FILTER_H", "FILTER_Y"), kw = v.any("FILTER_W", "FILTER_X"), sh = v.any("STRIDE_H", "STRIDE_Y"), sw = v.any("STRIDE_W", "STRIDE_X");
        List<Integer> pads = pads(v.any("PADDING_H", "PAD_H", "PAD_Y"), v.any("PADDING_W", "PAD_W", "PAD_X"), h, w, v.number("OUTPUT_H"),
                v.number("OUTPUT_W"), kh, kw, sh, sw);
        String x = g.reshape(flat, Shape.of(batch(g, flat, h * w * c), h, w, c));
        DType type = g.dtype(x);
        return max ? g.move(new MaxPool2d(kh, kw, sh, sw, pads, min(v, type), max(v, type)), x)
                : g.move(AvgPool2d.windowMean(kh, kw, sh, sw, new WindowMean(pads, min(v, type), max(v, type))), x);
    }

    private static ConformanceCase.Vector transpose(View v) {
        CaseGraph g = new CaseGraph();
        int rank = v.number("PERM_SIZE");
        int[] dims = Arrays.copyOf(v.list("IN_DIM"), rank);
        int[] permutation = Arrays.copyOf(v.list("PERM"), rank);
        return g.finish(g.move(Transpose.of(permutation), input(g, input(v), dims)), output(v).values());
    }

    private static ConformanceCase.Vector pad(View v) {
        CaseGraph g = new CaseGraph();
        String[] axes = {"N", "H", "W", "C"};
        int[] dims = new int[axes.length];
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        for (int i = 0; i < axes.length; i++) {
            dims[i] = v.number("INPUT_" + axes[i]);
            before.add(v.number("PRE_PAD_" + axes[i]));
            after.add(v.number("POST_PAD_" + axes[i]));
        }
        return g.finish(g.move(new Pad(before, after, Optional.of(new Pad.Fill(v.number("PAD_VALUE")))), input(g, input(v), dims)),
                output(v).values());
    }

    // ---- whole networks

    private record LayerFile(int index, String kind) {}

    /** The layers of a network in their order; empty for a case of one op. */
    private static List<LayerFile> layers(Path folder) {
        try {
            List<LayerFile> layers = new ArrayList<>();
            Matcher include = Pattern.compile("#include\\s+\"([A-Za-z0-9_]+\\.h)\"").matcher(Files.readString(folder.resolve("test_data.h")));
            while (include.find()) {
                Matcher layer = LAYER.matcher(include.group(1));
                if (layer.matches()) {
                    layers.add(new LayerFile(Integer.parseInt(layer.group(1)), layer.group(2)));
                }
            }
            layers.sort(Comparator.comparingInt(LayerFile::index));
            return layers;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder.resolve("test_data.h"), e);
        }
    }

    private static ConformanceCase.Vector network(String name, CmsisHeaders headers) {
        View whole = headers.view(name);
        CaseGraph g = new CaseGraph();
        CArray in = input(whole);
        String x = input(g, in, in.values().length);
        for (LayerFile layer : layers(headers.folder())) {
            View v = new View(headers, (layer.kind + "_" + layer.index).toUpperCase(java.util.Locale.ROOT) + "_",
                    name + "_layer_" + layer.index + "_" + layer.kind + "_");
            x = switch (layer.kind) {
                case "conv_2d", "depthwise_conv_2d" -> convolution(g, v, x);
                case "fully_connected" -> fullyConnected(g, v, x);
                case "average_pool_2d" -> pool(g, v, x, false);
                case "max_pool_2d" -> pool(g, v, x, true);
                case "softmax" -> softmax(g, v, x);
                default -> throw new IllegalArgumentException(name + ": layer " + layer.index + " is a " + layer.kind
                        + ", known: conv_2d, depthwise_conv_2d, fully_connected, average_pool_2d, max_pool_2d, softmax");
            };
        }
        return g.finish(x, output(whole).values());
    }
}

package org.autoneural.ir.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.text.IrParser;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link Op#verify} refuses: each case is a legal graph in which one piece of text is replaced, and the code that must come
 * (and no other).
 */
class OpVerifyTest {
    private static final String S16 = "{s16, 0.1, zero 0, rule}";
    private static final String S8 = "{s8, 0.1, zero -3, rule}";
    private static final String CHANNEL = "{accumulator=i32_wrap, rounding=single, zeroIn=-3, zeroOut=0, min=-32767, max=32767}";
    private static final String TENSOR = "{multiplier=1073741824, shift=30, rounding=single, zeroIn=-3, zeroOut=0, min=-32767, max=32767}";
    private static final String PRODUCT = "{accumulator=i48, multiplier=1073741824, shift=30, rounding=single, zeroA=-3, zeroB=0, zeroOut=0, min=-32767, max=32767}";
    private static final String NORM = "{epsilon=4, multiplier=1073741824, shift=30, zeroIn=-3, zeroOut=0, min=-32767, max=32767}";
    private static final String STAGED = "{subtract=false, leftShift=20, multiplierA=1073741824, shiftA=31, multiplierB=1073741824, shiftB=32, "
            + "multiplierOut=1073741824, shiftOut=50, zeroA=-3, zeroB=-3, zeroOut=0, min=-32767, max=32767}";
    private static final String WINDOW = "{pads=[1,0,1,0], min=-128, max=127}";
    private static final String FACTORS = " const %m : s32[2] = [1073741824, 1073741824] const %n : s8[2] = [30, 0] ";

    private static String graph(String stage, String body) {
        return "graph @g " + stage + " {" + body + " output %y }";
    }

    /** A legal graph of each kind, by name. */
    private static final Map<String, String> LEGAL = Map.ofEntries(
            Map.entry("linear", graph("integer", "input %x : s8[1,3] " + S8 + " const %w : s4[2,3] {s4, axis 0, [0.1, 0.2], zero 0, rule} = [1, 2, 3, -8, 7, 0] "
                    + "const %b : s32[2] = [1, 2]" + FACTORS + "%y = linear(%x, %w, %b, %m, %n) {integer=" + CHANNEL + "} : s16[1,2] " + S16 + " from \"fc\"")),
            Map.entry("conv2d", graph("integer", "input %x : s8[1,2,2,1] " + S8 + " const %w : s8[2,1,1,1] = [1, -128] const %b : s64[2] = [1, 2]" + FACTORS
                    + "%y = conv2d(%x, %w, %b, %m, %n) {strideH=1, strideW=1, pads=[0,0,0,0], dilationH=1, dilationW=1, groups=1, layout=nhwc, integer="
                    + CHANNEL + "} : s16[1,2,2,2] " + S16)),
            Map.entry("causal", graph("integer", "input %x : s8[4,2] " + S8 + " input %s : s8[1,2] " + S8 + " input %valid : s32[1] "
                    + "const %w : s8[2,2] = [1, 2, 3, 4] const %b : s32[2] = [1, 2]" + FACTORS + "%y, %t = causal_conv1d(%x, %s, %valid, %w, %b, %m, %n) {integer="
                    + CHANNEL + "} : s16[4,2] " + S16 + ", s8[1,2] " + S8)),
            Map.entry("matmul", graph("integer", "input %x : s8[1,2,3] " + S8 + " input %k : s8[1,4,3] {s8, 0.2, zero 0, rule} input %pos : s32[1] "
                    + "%y = matmul(%x, %k, %pos) {transposeB=true, causal=true, integer=" + PRODUCT + "} : s16[1,2,4] " + S16)),
            Map.entry("softmax", graph("integer", "input %x : s8[1,2,4] " + S8 + " %y = softmax(%x) {causal=false, integer="
                    + TENSOR.replace("min=-32767", "min=0") + "} : s16[1,2,4] " + S16)),
            Map.entry("rms_norm", graph("integer", "input %x : s8[2,2] " + S8 + " const %g : s16[2] = [5, 6] %y = rms_norm(%x, %g) {epsilon=1.0E-5, axis=1, integer="
                    + NORM + "} : s16[2,2] " + S16)),
            Map.entry("layer_norm", graph("integer", "input %x : s8[2,2] " + S8 + " const %g : s16[2] = [5, 6] const %b : s32[2] = [5, 6] "
                    + "%y = layer_norm(%x, %g, %b) {epsilon=1.0E-5, integer=" + NORM + "} : s16[2,2] " + S16)),
            Map.entry("rope", graph("integer", "input %x : s8[2,1,2] " + S8 + " const %c : s16[4,1] = [1, 2, 3, 4] const %s : s16[4,1] = [1, 2, 3, 4] "
                    + "input %pos : s32[1] %y = rope(%x, %c, %s, %pos) {integer=" + TENSOR + "} : s16[2,1,2] " + S16)),
            Map.entry("add", graph("integer", "input %x : s8[2] " + S8 + " %y = add(%x, %x) {integer={multiplierA=5, multiplierB=-5, shift=1, zeroA=-3, zeroB=-3, "
                    + "zeroOut=0, min=-32767, max=32767}} : s16[2] " + S16)),
            Map.entry("mul", graph("integer", "input %x : s8[2] " + S8 + " input %k : s16[2] " + S16 + " %y = mul(%x, %k) {integer="
                    + PRODUCT.replace("i48", "i32_wrap") + "} : s16[2] " + S16)),
            Map.entry("requantize", graph("integer", "input %x : s8[2] " + S8 + " %y = requantize(%x) {integer=" + TENSOR + "} : s16[2] " + S16)),
            Map.entry("activation", graph("integer", "input %x : s8[2] " + S8 + " const %t : s8[256] = external %y = activation(%x, %t) {function=silu} : s8[2]")),
            Map.entry("activation16", graph("integer", "input %x : s16[2] const %t : s16[513] = external %y = activation(%x, %t) {function=silu} : s8[2]")),
            Map.entry("avg_pool2d", graph("integer", "input %x : s8[1,2,2,2] " + S8 + " %y = avg_pool2d(%x) {kernelH=2, kernelW=2, strideH=2, strideW=2, "
                    + "layout=nhwc, integer=" + TENSOR + "} : s16[1,1,1,2] " + S16)),
            Map.entry("resize_bilinear", graph("integer", "input %x : s8[1,2,2,2] " + S8 + " %y = resize_bilinear(%x) {height=2, width=2, layout=nhwc, integer="
                    + TENSOR + "} : s16[1,2,2,2] " + S16)),
            Map.entry("resize_nearest", graph("integer", "input %x : s8[1,2,2,2] " + S8 + " %y = resize_nearest(%x) {height=2, width=2, layout=nhwc} : s8[1,2,2,2] " + S8)),
            Map.entry("gather", graph("integer", "const %w : s8[2,3] = [1, 2, 3, 4, 5, 6] input %i : s32[1]" + FACTORS + "%y = gather(%w, %i, %m, %n) {integer="
                    + CHANNEL.replace("zeroIn=-3", "zeroIn=0") + "} : s16[1,3] " + S16)),
            Map.entry("image_normalize", graph("integer", "input %x : u8[1,1,1,2] const %a : s32[2] = [1, 2] const %b : s64[2] = [1, 2] "
                    + "%y = image_normalize(%x, %a, %b) {layout=nhwc, integer={shift=20, min=-32767, max=32767}} : s16[1,1,1,2] " + S16)),
            Map.entry("concat", graph("integer", "input %x : s8[2] " + S8 + " input %k : s8[2] " + S8 + " %y = concat(%x, %k) {axis=0} : s8[4] " + S8)),
            Map.entry("select_rows", graph("integer", "input %mask : u8[2] input %x : s8[2,2] " + S8 + " input %k : s8[2,2] " + S8
                    + " %y = select_rows(%mask, %x, %k) : s8[2,2] " + S8)),
            Map.entry("kv_append", graph("integer", "input %x : s8[1,4,2] " + S8 + " input %k : s8[2,1,2] " + S8 + " input %pos : s32[1] input %valid : s32[1] "
                    + "%y = kv_append(%x, %k, %pos, %valid) : s8[1,4,2] " + S8)),
            Map.entry("slice", graph("integer", "input %x : s8[4] " + S8 + " %y = slice(%x) {axis=0, begin=0, end=2} : s8[2] " + S8)),
            Map.entry("strided_slice", graph("integer", "input %x : s8[4] " + S8 + " %y = strided_slice(%x) {axis=0, begin=3, count=2, step=-2} : s8[2] " + S8)),
            Map.entry("staged add", graph("integer", "input %x : s8[2] " + S8 + " %y = add(%x, %x) {staged=" + STAGED + "} : s16[2] " + S16)),
            Map.entry("window mean", graph("integer", "input %x : s8[1,2,2,2] " + S8 + " %y = avg_pool2d(%x) {kernelH=2, kernelW=2, strideH=2, strideW=2, "
                    + "layout=nhwc, mean=" + WINDOW + "} : s8[1,2,1,2] " + S8)),
            Map.entry("max_pool2d", graph("integer", "input %x : s8[1,2,2,2] " + S8 + " %y = max_pool2d(%x) {kernelH=2, kernelW=2, strideH=2, strideW=2, "
                    + WINDOW.substring(1) + " : s8[1,2,1,2] " + S8)),
            Map.entry("pad", graph("integer", "input %x : s8[2] " + S8 + " %y = pad(%x) {before=[1], after=[0], integer={value=-3}} : s8[3] " + S8)),
            Map.entry("requantize of sums", graph("integer", "input %x : s32[2] %y = requantize(%x) {integer=" + TENSOR.replace("zeroIn=-3", "zeroIn=0")
                    + "} : s16[2] " + S16)),
            Map.entry("tflite_softmax8", graph("integer", "input %x : s8[1,4] " + S8 + " %y = tflite_softmax8(%x) {multiplier=1073741824, leftShift=22, "
                    + "diffMin=-248} : s8[1,4]")),
            Map.entry("tflite_softmax16", graph("integer", "input %x : s16[1,4] const %e : s16[513] = external const %r : s16[513] = external "
                    + "%y = tflite_softmax16(%x, %e, %r) {multiplier=1073741824, shift=30} : s16[1,4]")),
            Map.entry("reshape", graph("integer", "input %x : s8[4] " + S8 + " %y = reshape(%x) {shape=[2,2]} : s8[2,2] " + S8)),
            Map.entry("transpose", graph("integer", "input %x : s8[1,2] " + S8 + " %y = transpose(%x) {permutation=[1,0]} : s8[2,1] " + S8)),
            Map.entry("last_row", graph("integer", "input %x : s8[4,2] " + S8 + " input %valid : s32[1] %y = last_row(%x, %valid) : s8[1,2] " + S8)));

    private static Graph parse(String text) {
        return IrParser.parse(text, name -> {
            Matcher type = Pattern.compile("const %" + name + " : (s8|s16|s32)\\[(\\d+)\\]").matcher(text);
            assertThat(type.find()).isTrue();
            Tensor data = Tensor.zeros(DType.parse(type.group(1)),
                    Shape.of(Integer.parseInt(type.group(2))));
            java.util.Arrays.fill(data.toInts(), 1);
            return data;
        });
    }

    static Set<String> legal() {
        return new TreeSet<>(LEGAL.keySet());
    }

    @ParameterizedTest
    @MethodSource("legal")
    void legalGraphsHaveNoFindings(String name) {
        assertThat(Verifier.verify(parse(LEGAL.get(name)))).isEmpty();
    }

    static Stream<Arguments> illegal() {
        String zero = "zeroIn=-3", range = "min=-32767, max=32767", shift = "shift=30", multiplier = "multiplier=1073741824";
        String form = ", integer=";
        Stream<String[]> cases = Stream.of(new String[][] {
            // IR101: the integer form
            {"IR101", "linear", " {integer=" + CHANNEL + "}", ""},
            {"IR101", "conv2d", form + CHANNEL, ""},
            {"IR101", "causal", " {integer=" + CHANNEL + "}", ""},
            {"IR101", "matmul", form + PRODUCT, ""},
            {"IR101", "rms_norm", form + NORM, ""},
            {"IR101", "layer_norm", form + NORM, ""},
            {"IR101", "rope", " {integer=" + TENSOR + "}", ""},
            {"IR101", "avg_pool2d", form + TENSOR, ""},
            {"IR101", "resize_bilinear", form + TENSOR, ""},
            {"IR101", "mul", " {integer=" + PRODUCT.replace("i48", "i32_wrap") + "}", ""},
            {"IR101", "image_normalize", ", integer={shift=20, " + range + "}", ""},
            {"IR101", "staged add", " {staged=" + STAGED + "}", ""},
            {"IR101", "staged add", "{staged=", "{integer={multiplierA=5, multiplierB=-5, shift=1, zeroA=-3, zeroB=-3, zeroOut=0, min=0, max=9}, staged="},
            {"IR101", "window mean", ", mean=" + WINDOW, "", "s8[1,2,1,2]", "s8[1,1,1,2]"},
            {"IR101", "pad", ", integer={value=-3}", ""},
            // IR102: zero points out of range
            {"IR102", "requantize of sums", "zeroIn=0", "zeroIn=1"},
            {"IR102", "linear", "zeroOut=0", "zeroOut=5", "{s16, 0.1, zero 0, rule} from", "from"},
            {"IR102", "linear", zero, "zeroIn=-129", S8, ""},
            {"IR102", "matmul", "zeroOut=0", "zeroOut=1", "s16[1,2,4] " + S16, "s16[1,2,4]"},
            {"IR102", "gather", "zeroIn=0", "zeroIn=4"},
            {"IR102", "rope", "s16[4,1] = [1, 2, 3, 4] input", "s16[4,1] {s16, 0.1, zero 9, rule} = [1, 2, 3, 4] input"},
            {"IR102", "rms_norm", "s16[2] = [5, 6]", "s16[2] {s16, 0.1, zero 9, rule} = [5, 6]"},
            {"IR102", "layer_norm", "s16[2] = [5, 6]", "s16[2] {s16, 0.1, zero 9, rule} = [5, 6]"},
            {"IR102", "conv2d", "s8[2,1,1,1] =", "s8[2,1,1,1] {s8, 0.1, zero 9, rule} ="},
            // IR103: zero points other than the encoding's
            {"IR103", "linear", zero, "zeroIn=-4"},
            {"IR103", "causal", zero, "zeroIn=3"},
            {"IR103", "matmul", "zeroB=0", "zeroB=1"},
            {"IR103", "softmax", zero, "zeroIn=0"},
            {"IR103", "rms_norm", zero, "zeroIn=0"},
            {"IR103", "add", "zeroB=-3", "zeroB=0"},
            {"IR103", "requantize", zero, "zeroIn=0"},
            {"IR103", "avg_pool2d", zero, "zeroIn=0"},
            // IR104: ranges
            {"IR104", "linear", range, "min=5, max=4"},
            {"IR104", "linear", range, "min=-32769, max=0"},
            {"IR104", "add", range, "min=0, max=40000"},
            {"IR104", "image_normalize", range, "min=0, max=40000"},
            {"IR104", "staged add", range, "min=5, max=4"},
            {"IR104", "window mean", "max=127", "max=128"},
            {"IR104", "max_pool2d", "max=127", "max=128"},
            {"IR104", "pad", "value=-3", "value=200"},
            // IR105, IR106: multipliers and shifts
            {"IR106", "staged add", "leftShift=20", "leftShift=21"},
            {"IR106", "staged add", "leftShift=20", "leftShift=-1"},
            {"IR106", "staged add", "shiftA=31", "shiftA=27"},
            {"IR106", "staged add", "shiftOut=50", "shiftOut=63"},
            {"IR106", "window mean", "pads=[1,0,1,0]", "pads=[2,0,0,0]"},
            {"IR106", "max_pool2d", "pads=[1,0,1,0]", "pads=[0,0,2,0]"},
            {"IR106", "tflite_softmax8", "leftShift=22", "leftShift=24"},
            {"IR106", "tflite_softmax8", multiplier, "multiplier=-1"},
            {"IR106", "tflite_softmax8", "s8[1,4]", "s8[1,4096]"},
            {"IR106", "tflite_softmax16", shift, "shift=63"},
            {"IR106", "tflite_softmax16", "const %e : s16[513] = external", "const %e : s16[513] = [" + "-1, ".repeat(512) + "1]"},
            {"IR105", "linear", "%m : s32[2] = [1073741824, 1073741824]", "%m : s32[1] = [1073741824]"},
            {"IR105", "gather", "%n : s8[2] = [30, 0]", "%n : s8[3] = [30, 0, 0]"},
            {"IR106", "linear", "[30, 0]", "[30, 63]"},
            {"IR106", "linear", "[30, 0]", "[-1, 0]"},
            {"IR106", "conv2d", "[1073741824, 1073741824]", "[1073741824, -1]"},
            {"IR106", "matmul", shift, "shift=63"},
            {"IR106", "mul", multiplier, "multiplier=-1"},
            {"IR106", "softmax", shift, "shift=0"},
            {"IR106", "rms_norm", shift, "shift=0"},
            {"IR106", "layer_norm", "epsilon=4", "epsilon=-1"},
            {"IR106", "rms_norm", "epsilon=4", "epsilon=2305843009213693953"},
            {"IR106", "add", "shift=1", "shift=0"},
            {"IR106", "image_normalize", "shift=20", "shift=0"},
            {"IR106", "linear", "accumulator=i32_wrap, rounding=single", "accumulator=i48, rounding=double"},
            // IR107: what must be constant
            {"IR107", "linear", "const %w : s4[2,3] {s4, axis 0, [0.1, 0.2], zero 0, rule} = [1, 2, 3, -8, 7, 0]", "input %w : s4[2,3]"},
            {"IR107", "linear", "const %n : s8[2] = [30, 0]", "input %n : s8[2]"},
            {"IR107", "activation", "const %t : s8[256] = external", "input %t : s8[256]"},
            {"IR107", "rms_norm", "const %g : s16[2] = [5, 6]", "input %g : s16[2]"},
            {"IR107", "rope", "const %c : s16[4,1] = [1, 2, 3, 4]", "input %c : s16[4,1]"},
            {"IR107", "tflite_softmax16", "const %r : s16[513] = external", "input %r : s16[513]"},
            // IR108: accumulators
            {"IR108", "linear", "[1, 2] const %m", "[1, -2147483648] const %m"},
            {"IR108", "conv2d", "s64[2] = [1, 2]", "s64[2] = [1, 2147483648]"},
            {"IR108", "causal", "[1, 2] const %m", "[2147483647, 2] const %m"},
            {"IR108", "matmul", "accumulator=i48", "accumulator=i32_wrap", "s8[1,2,3] " + S8, "s8[1,2,130000] " + S8, "s8[1,4,3]", "s8[1,4,130000]"},
            // IR109: layout
            {"IR109", "conv2d", "layout=nhwc", "layout=nchw", "input %x : s8[1,2,2,1]", "input %x : s8[1,1,2,2]"},
            {"IR109", "avg_pool2d", "layout=nhwc", "layout=nchw", "s16[1,1,1,2]", "s16[1,2,1,1]"},
            {"IR109", "resize_bilinear", "layout=nhwc", "layout=nchw"},
            {"IR109", "resize_nearest", "layout=nhwc", "layout=nchw"},
            {"IR109", "image_normalize", "layout=nhwc", "layout=nchw", "s16[1,1,1,2]", "s16[1,2,1,1]"},
            // IR110: movement
            {"IR110", "concat", "%k : s8[2] " + S8, "%k : s8[2] {s8, 0.2, zero -3, rule}"},
            {"IR110", "concat", "s8[4] " + S8, "s8[4] {s8, 0.1, zero -2, rule}"},
            {"IR110", "select_rows", "%k : s8[2,2] " + S8, "%k : s16[2,2] " + S16},
            {"IR110", "kv_append", "%k : s8[2,1,2] " + S8, "%k : s8[2,1,2] {s8, 0.2, zero -3, rule}"},
            {"IR110", "slice", ": s8[2] " + S8, ": s8[2] {s8, 0.2, zero -3, rule}"},
            {"IR110", "reshape", "s8[2,2] " + S8, "s16[2,2]"},
            {"IR110", "transpose", "s8[2,1] " + S8, "s16[2,1]"},
            {"IR110", "last_row", "s8[1,2] " + S8, "s16[1,2]"},
            {"IR110", "resize_nearest", ": s8[1,2,2,2] " + S8 + " output", ": s16[1,2,2,2] output"},
            {"IR110", "causal", "%s : s8[1,2] " + S8, "%s : s8[1,2] {s8, 0.2, zero -3, rule}"},
            {"IR110", "causal", ", s8[1,2] " + S8, ", s8[1,2] {s8, 0.1, zero -4, rule}"},
            {"IR110", "strided_slice", ": s8[2] " + S8, ": s8[2] {s8, 0.2, zero -3, rule}"},
            {"IR110", "pad", "s8[3] " + S8, "s8[3] {s8, 0.1, zero -4, rule}"},
            {"IR110", "window mean", "s8[1,2,1,2] " + S8, "s16[1,2,1,2]"},
            {"IR110", "max_pool2d", "s8[1,2,1,2] " + S8, "s16[1,2,1,2]"},
            // IR111: tables
            {"IR111", "activation", "s8[256]", "s8[255]"},
            {"IR111", "activation", "s8[256]", "s16[256]"},
            {"IR111", "activation16", "s16[513]", "s16[512]"},
            {"IR111", "activation16", "s16[513]", "s16[129]"},
            {"IR111", "activation16", "s16[513]", "s16[8193]"},
            // IR112: norms
            {"IR112", "rms_norm", "axis=1", "axis=0"},
            {"IR112", "layer_norm", "s8[2,2]", "s8[2,16385]", "s16[2,2]", "s16[2,16385]", "const %g : s16[2] = [5, 6]", "const %g : s16[16385] = external",
                "const %b : s32[2] = [5, 6]", "const %b : s32[16385] = external"},
            // IR113: softmax
            {"IR113", "softmax", "rounding=single", "rounding=half_even"},
            {"IR113", "softmax", "max=32767", "max=32766"},
        });
        return cases.map(c -> Arguments.of(c[0], c[1], List.of(c).subList(2, c.length)));
    }

    @ParameterizedTest
    @MethodSource("illegal")
    void eachRuleIsHeld(String code, String graph, List<String> replacements) {
        String text = LEGAL.get(graph);
        for (int i = 0; i < replacements.size(); i += 2) {
            assertThat(text).as("the case replaces something").contains(replacements.get(i));
            text = text.replace(replacements.get(i), replacements.get(i + 1)).replace("{}", "");
        }
        assertThat(Verifier.verify(parse(text.replace("{, ", "{")))).extracting(Diagnostic::code).isNotEmpty().containsOnly(code);
    }

    @Test
    void everyCodeIsTriggered() {
        assertThat(illegal().map(a -> (String) a.get()[0]).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(Stream.of(Codes.values()).map(Enum::name).toList());
        assertThat(Codes.values()).allSatisfy(c -> assertThat(c.meaning()).isNotBlank());
    }

    @Test
    void accumulatorMessageNamesChannelBitsAndRemedy() {
        String text = LEGAL.get("linear").replace("[1, 2] const %m", "[1, -2147483648] const %m");
        assertThat(Verifier.verify(parse(text))).singleElement().asString().isEqualTo(
                "error IR108 at graph g, node %y (linear) from fc: found accumulator i32_wrap, but channel 1 can reach 2147485598, "
                        + "which needs 33 bits; allowed: at most 32 bits; use accumulator i48");
    }

    /** Entries of a table outside the result's type would fail at run time, on the picture that first meets them. */
    @Test
    void tableEntriesFitTheResult() {
        Graph graph = IrParser.parse(LEGAL.get("activation16"), name -> {
            Tensor table = Tensor.zeros(DType.S16, Shape.of(513));
            table.setLong(100, 128);
            return table;
        });
        assertThat(Verifier.verify(graph)).singleElement().asString().contains("IR111", "entry 128 of table (%t)", "s8 -128..127");
    }

    /** A missing bias shifts every operand after it: the integer stage has no optional operands in the middle. */
    @Test
    void integerBiasCannotBeLeftOut() {
        assertThat(Verifier.verify(parse(LEGAL.get("linear").replace("linear(%x, %w, %b,", "linear(%x, %w,"))))
                .extracting(Diagnostic::code).containsOnly("IR008");
    }

    /** Before the lowering, which requantizes what differs, moved data may change its encoding. */
    @Test
    void quantizedConcatMayMixEncodings() {
        assertThat(Verifier.verify(parse("graph @g quantized { input %x : f32[2] " + S8 + " input %k : f32[2] " + S16
                + " %y = concat(%x, %k) {axis=0} : f32[4] " + S16 + " output %y }"))).isEmpty();
    }

    /** At the FLOAT and QUANTIZED stages a node with an integer form was lowered too early. */
    @Test
    void integerFormBelongsToTheIntegerStage() {
        assertThat(Verifier.verify(parse("graph @g float { input %x : f32[2] %y = add(%x, %x) {integer={multiplierA=5, multiplierB=5, "
                + "shift=1, zeroA=0, zeroB=0, zeroOut=0, min=0, max=1}} : f32[2] output %y }")))
                .extracting(Diagnostic::code).containsExactly("IR101");
    }
}

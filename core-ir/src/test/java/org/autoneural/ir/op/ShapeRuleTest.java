package org.autoneural.ir.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.text.Attributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The shape rule of each op: what it gives, and what it says of operands that do not fit. */
class ShapeRuleTest {
    private static final String CONV = "{strideH=2, strideW=1, pads=[0,1,2,3], dilationH=1, dilationW=2, groups=2, layout=nhwc}";
    private static final String POOL = "{kernelH=2, kernelW=3, strideH=2, strideW=1, layout=nchw}";

    private static final String MAX = "{kernelH=2, kernelW=3, strideH=2, strideW=1, pads=[0,1,0,1], min=-9, max=9}";
    private static final String MEAN = "{kernelH=2, kernelW=3, strideH=2, strideW=1, layout=nhwc, mean={pads=[0,1,0,1], min=-9, max=9}}";

    // op | attributes | operand types | result types
    private static final String[] RULES = {
        "activation | {function=silu} | f32[3,4] | f32[3,4]",
        "add | {} | f32[3,4] f32[3,4] | f32[3,4]",
        "avg_pool2d | " + POOL + " | f32[1,5,7,8] | f32[1,5,3,6]",
        "bias | {axis=1} | f32[1,5,7,8] f32[5] | f32[1,5,7,8]",
        "causal_conv1d | {} | f32[7,4] f32[2,4] s32[1] f32[4,3] f32[4] | f32[7,4] f32[2,4]",
        "clamp | {low=0.0, high=Infinity} | f32[2] | f32[2]",
        "concat | {axis=1} | s8[2,3] s8[2,4] | s8[2,7]",
        "conv2d | " + CONV + " | f32[1,5,6,4] f32[6,3,2,2] f32[6] | f32[1,3,8,6]",
        "gather | {} | f32[9,4] s32[3] | f32[3,4]",
        "image_normalize | {layout=nchw} | u8[1,5,6,3] f32[3] f32[3] | f32[1,3,5,6]",
        "kv_append | {} | s8[2,9,4] s8[3,2,4] s32[1] s32[1] | s8[2,9,4]",
        "last_row | {} | f32[9,4] s32[1] | f32[1,4]",
        "layer_norm | {epsilon=0.1} | f32[9,4] f32[4] f32[4] | f32[9,4]",
        "linear | {} | f32[2,3,4] f32[5,4] f32[5] | f32[2,3,5]",
        "matmul | {transposeB=true, causal=true} | f32[6,2,3] f32[2,5,3] s32[1] | f32[6,2,5]",
        "matmul | {transposeB=false, causal=false} | f32[6,2,3] f32[2,3,5] | f32[6,2,5]",
        "avg_pool2d | " + MEAN + " | s8[2,6,7,5] | s8[2,3,7,5]",
        "max_pool2d | " + MAX + " | s16[2,6,7,5] | s16[2,3,7,5]",
        "mul | {} | f32[3,4] f32[3,4] | f32[3,4]",
        "pad | {before=[0,1], after=[2,0]} | f32[3,4] | f32[5,5]",
        "requantize | {integer={multiplier=1, shift=0, rounding=single, zeroIn=0, zeroOut=0, min=0, max=1}} | s8[3] | s8[3]",
        "reshape | {shape=[2,6]} | f32[3,4] | f32[2,6]",
        "resize_bilinear | {height=2, width=3, layout=nhwc} | f32[1,5,6,4] | f32[1,2,3,4]",
        "resize_nearest | {height=2, width=3, layout=nchw} | s8[1,5,6,4] | s8[1,5,2,3]",
        "rms_norm | {epsilon=0.1, axis=1} | f32[1,5,6,4] f32[5] | f32[1,5,6,4]",
        "rope | {} | f32[3,2,8] f32[9,4] f32[9,4] s32[1] | f32[3,2,8]",
        "scale | {axis=1} | f32[1,5,7,8] f32[5] | f32[1,5,7,8]",
        "select_rows | {} | u8[3] f32[3,4] f32[3,4] | f32[3,4]",
        "slice | {axis=1, begin=1, end=3} | f32[3,4] | f32[3,2]",
        "softmax | {causal=true} | f32[2,3,4] s32[1] | f32[2,3,4]",
        "strided_slice | {axis=1, begin=4, count=2, step=-3} | s8[3,5,2] | s8[3,2,2]",
        "strided_slice | {axis=0, begin=1, count=3, step=2} | f32[6] | f32[3]",
        "tflite_softmax16 | {multiplier=1, shift=1} | s16[3,4] s16[513] s16[513] | s16[3,4]",
        "tflite_softmax8 | {multiplier=1, leftShift=1, diffMin=-9} | s8[3,4] | s8[3,4]",
        "transpose | {permutation=[2,0,1]} | s8[3,4,5] | s8[5,3,4]",
    };

    // op | attributes | operand types | part of the message
    private static final String[] ERRORS = {
        "add | {} | f32[3,4] f32[4,3] | a [3,4] and b [4,3] must have the same shape",
        "mul | {} | f32[3,4] f32[4] | a [3,4] and b [4] must have the same shape",
        "avg_pool2d | " + POOL + " | f32[1,5,7,2] | window 2x3 is larger than x [1,5,7,2]",
        "avg_pool2d | " + POOL.replace("kernelH=2", "kernelH=0") + " | f32[1,5,7,8] | must be at least 1",
        "bias | {axis=1} | f32[1,5,7,8] f32[7] | b must be [5], is [7]",
        "bias | {axis=4} | f32[1,5,7,8] f32[5] | axis 4 is not an axis of x [1,5,7,8]",
        "causal_conv1d | {} | f32[7,4] f32[3,4] s32[1] f32[4,3] | state must be [2,4], is [3,4]",
        "causal_conv1d | {} | f32[7,4] f32[2,4] s32[1] f32[5,3] | w [5,3] must be [4, L]",
        "causal_conv1d | {} | f32[7,4] f32[2,4] s32[1] f32[4,3] f32[3] | bias must be [4], is [3]",
        "clamp | {low=1.0, high=0.0} | f32[2] | low 1.0 must not exceed high 0.0",
        "concat | {axis=1} | s8[2,3] s8[3,4] | a [2,3] and b [3,4] must be equal but for axis 1",
        "concat | {axis=2} | s8[2,3] s8[2,4] | axis 2 is not an axis of a [2,3]",
        "conv2d | " + CONV + " | f32[5,6,4] f32[6,3,2,2] | x must have rank 4, is [5,6,4]",
        "conv2d | " + CONV + " | f32[1,5,6,4] f32[6,3,2,4] | w [6,3,2,4] must have 2 input channels a group",
        "conv2d | " + CONV + " | f32[1,5,6,4] f32[5,3,2,2] | groups 2 must divide 4 input and 5 output channels",
        "conv2d | " + CONV + " | f32[1,5,6,4] f32[6,3,2,2] f32[5] | bias must be [6], is [5]",
        "conv2d | " + CONV + " | f32[1,5,6,4] f32[6,8,2,2] | kernel of w [6,8,2,2] is larger than the padded x",
        "conv2d | " + CONV.replace("[0,1,2,3]", "[0,1,2]") + " | f32[1,5,6,4] f32[6,3,2,2] | pads must be four numbers",
        "conv2d | " + CONV.replace("[0,1,2,3]", "[0,1,2,-1]") + " | f32[1,5,6,4] f32[6,3,2,2] | pads must be four numbers of at least 0",
        "conv2d | " + CONV.replace("strideH=2", "strideH=0") + " | f32[1,5,6,4] f32[6,3,2,2] | stride, dilation and groups must be at least 1",
        "gather | {} | f32[9,4,1] s32[3] | table must have rank 2, is [9,4,1]",
        "image_normalize | {layout=nchw} | u8[1,5,6,3] f32[3] f32[4] | offset must be [3], is [4]",
        "kv_append | {} | s8[2,9,4] s8[3,3,4] s32[1] s32[1] | fresh [3,3,4] must be [N, 2, 4] for cache [2,9,4]",
        "last_row | {} | f32[4] s32[1] | x must have rank 2, is [4]",
        "layer_norm | {epsilon=0.1} | f32[9,4] f32[9] f32[4] | gamma must be [4], is [9]",
        "layer_norm | {epsilon=-0.1} | f32[9,4] f32[4] f32[4] | epsilon -0.1 must be at least 0",
        "linear | {} | f32[2,3] f32[5,4] | innermost extent of x [2,3] must equal that of w [5,4]",
        "linear | {} | f32[2,4] f32[5,4] f32[4] | bias must be [5], is [4]",
        "matmul | {transposeB=true, causal=true} | f32[6,2,3] f32[2,5,3] | operand pos must be given exactly when causal",
        "matmul | {transposeB=true, causal=false} | f32[6,2,3] f32[2,5,3] s32[1] | operand pos must be given exactly when causal",
        "matmul | {transposeB=false, causal=false} | f32[6,2,3] f32[4,3,5] | heads of b [4,3,5] must divide those of a [6,2,3]",
        "matmul | {transposeB=true, causal=false} | f32[6,2,3] f32[2,3,5] | a [6,2,3] and b [2,3,5] differ in the summed extent (3, 5)",
        "avg_pool2d | " + MEAN.replace("[0,1,0,1]", "[0,1,0]") + " | s8[2,6,7,5] | pads must be four numbers of at least 0",
        "max_pool2d | " + MAX.replace("[0,1,0,1]", "[0,1,0]") + " | s8[2,6,7,5] | pads must be four numbers of at least 0",
        "max_pool2d | " + MAX.replace("kernelH=2", "kernelH=0") + " | s8[2,6,7,5] | must be at least 1",
        "max_pool2d | " + MAX + " | s8[2,1,7,5] | window 2x3 is larger than the padded x [2,1,7,5]",
        "pad | {before=[0], after=[2,0]} | f32[3,4] | need one number for each axis of x [3,4]",
        "pad | {before=[0,-1], after=[2,0]} | f32[3,4] | padding must be at least 0",
        "reshape | {shape=[5,2]} | f32[3,4] | x [3,4] has 12 elements, shape [5,2] has 10",
        "resize_bilinear | {height=0, width=3, layout=nhwc} | f32[1,5,6,4] | height 0 and width 3 must be at least 1",
        "resize_nearest | {height=2, width=3, layout=nchw} | s8[5,6,4] | x must have rank 4, is [5,6,4]",
        "rms_norm | {epsilon=0.1, axis=1} | f32[1,5,6,4] f32[4] | gamma must be [5], is [4]",
        "rope | {} | f32[3,2,7] f32[9,3] f32[9,3] s32[1] | cos [9,3] must be [P, 3] for x [3,2,7]",
        "rope | {} | f32[3,2,8] f32[9,4] f32[8,4] s32[1] | cos [9,4] and sin [8,4] must have the same shape",
        "scale | {axis=0} | f32[5] f32[4] | gamma must be [5], is [4]",
        "select_rows | {} | u8[2] f32[3,4] f32[3,4] | mask must be [3], is [2]",
        "slice | {axis=1, begin=1, end=5} | f32[3,4] | range 1..5 must be a non-empty part of axis 1 of x [3,4]",
        "slice | {axis=1, begin=2, end=2} | f32[3,4] | range 2..2 must be a non-empty part",
        "softmax | {causal=true} | f32[2,3,4] | operand pos must be given exactly when causal",
        "softmax | {causal=true} | f32[3,4] s32[1] | x must have rank 3, is [3,4]",
        "strided_slice | {axis=2, begin=0, count=1, step=1} | s8[3,5] | axis 2 is not an axis of x [3,5]",
        "strided_slice | {axis=0, begin=0, count=1, step=0} | s8[3,5] | step 0 must not be 0",
        "strided_slice | {axis=0, begin=0, count=0, step=1} | s8[3,5] | count 0 at least 1",
        "strided_slice | {axis=1, begin=1, count=2, step=-2} | s8[3,5] | indices 1 to -1 must lie on axis 1 of x [3,5]",
        "strided_slice | {axis=1, begin=1, count=3, step=2} | s8[3,5] | indices 1 to 5 must lie on axis 1 of x [3,5]",
        "tflite_softmax16 | {multiplier=1, shift=1} | s16[3,4] s16[512] s16[513] | exp must be [513], is [512]",
        "transpose | {permutation=[0,0]} | f32[3,4] | permutation [0, 0] must hold each axis of x [3,4] once",
    };

    private static List<TensorType> types(String text) {
        List<TensorType> types = new ArrayList<>();
        Matcher m = Pattern.compile("(\\w+)\\[([\\d,]*)]").matcher(text);
        while (m.find()) {
            types.add(TensorType.of(DType.parse(m.group(1)), new Shape(Stream.of(m.group(2).split(",")).map(Integer::valueOf).toList())));
        }
        return types;
    }

    private static Stream<Arguments> table(String[] rows) {
        return Stream.of(rows).map(r -> r.split(" \\| ")).map(r -> Arguments.of(r[0], r[1], r[2], r[3]));
    }

    static Stream<Arguments> rules() {
        return table(RULES);
    }

    static Stream<Arguments> errors() {
        return table(ERRORS);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void gives(String op, String attributes, String operands, String results) {
        assertThat(Attributes.parse(op, attributes).infer(types(operands))).isEqualTo(types(results));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void says(String op, String attributes, String operands, String message) {
        assertThatThrownBy(() -> Attributes.parse(op, attributes).infer(types(operands)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void everyOpHasARule() {
        Set<String> listed = rules().map(a -> (String) a.get()[0]).collect(Collectors.toSet());
        assertThat(listed).containsExactlyInAnyOrderElementsOf(Ops.all().stream().map(e -> e.signature().name()).toList());
    }

    @Test
    void listOfOpsIsComplete() {
        assertThat(Ops.all()).extracting(Ops.Entry::type).containsExactlyInAnyOrder(castAll(Op.class.getPermittedSubclasses()));
    }

    @SuppressWarnings("unchecked")
    private static Class<? extends Op>[] castAll(Class<?>[] types) {
        return (Class<? extends Op>[]) types;
    }
}

package org.autoneural.ir.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Activation.Function;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.Transpose;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The fast executor against the plain interpreter, op by op, for one and three threads; plain and vector kernels bit for bit, and
 * against what they gave on other JVMs.
 */
@Tag("vectors")
class FastFloatInterpreterTest {
    private static final double LIMIT = 1e-6;
    private static final long SEED = 20_260;

    /** A node with operands of these shapes, filled with random numbers; {@code pos} is appended as an index where given. */
    private record Case(String what, Op op, List<Shape> operands, Optional<Integer> pos) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Case of(String what, Op op, int[]... operands) {
        return new Case(what, op, Stream.of(operands).map(Shape::of).toList(), Optional.empty());
    }

    private static int[] s(int... dims) {
        return dims;
    }

    private static Conv2d conv(int stride, List<Integer> pads, int groups, Layout layout) {
        return Conv2d.of(stride, pads, groups, layout);
    }

    static List<Case> cases() {
        List<Case> all = new ArrayList<>(List.of(
                of("linear, one row", Linear.of(), s(1, 300), s(70, 300), s(70)),
                of("linear, three rows", Linear.of(), s(3, 33), s(129, 33)),
                of("linear, many rows, several blocks", Linear.of(), s(133, 600), s(321, 600), s(321)),
                of("linear, depth and columns of one", Linear.of(), s(5, 1), s(1, 1)),
                of("linear, whole tiles", Linear.of(), s(64, 512), s(512, 512)),
                of("grouped heads, scores", MatMul.of(true, false), s(6, 19, 24), s(2, 37, 24)),
                of("grouped heads, values", MatMul.of(false, false), s(6, 19, 37), s(2, 37, 24)),
                of("norm, innermost axis", RmsNorm.of(1e-5, 1), s(7, 65), s(65)),
                of("norm, channels of a picture", RmsNorm.of(1e-6, 1), s(1, 10, 21, 31), s(10)),
                of("softmax", Softmax.of(false), s(3, 9, 101)),
                of("transpose, rows stay", Transpose.of(1, 0, 2), s(3, 4, 5)),
                of("transpose, channels last", Transpose.of(0, 2, 3, 1), s(1, 3, 9, 7)),
                of("transpose, one axis", Transpose.of(0), s(6)),
                of("nchw stem, stride 2", conv(2, List.of(0, 0, 1, 1), 1, Layout.NCHW), s(1, 3, 18, 26), s(10, 3, 3, 3), s(10)),
                of("nhwc stem, stride 2", conv(2, List.of(0, 0, 1, 1), 1, Layout.NHWC), s(1, 18, 26, 3), s(10, 3, 3, 3), s(10)),
                of("nchw pointwise", conv(1, List.of(0, 0, 0, 0), 1, Layout.NCHW), s(1, 13, 17, 19), s(70, 13, 1, 1)),
                of("nhwc pointwise", conv(1, List.of(0, 0, 0, 0), 1, Layout.NHWC), s(1, 17, 19, 13), s(70, 1, 1, 13), s(70)),
                of("nchw 3x3", conv(1, List.of(1, 1, 1, 1), 1, Layout.NCHW), s(1, 40, 17, 9), s(33, 40, 3, 3)),
                of("nhwc 3x3", conv(1, List.of(1, 1, 1, 1), 1, Layout.NHWC), s(1, 17, 9, 40), s(33, 3, 3, 40)),
                of("two groups (not fast)", conv(1, List.of(1, 1, 1, 1), 2, Layout.NCHW), s(1, 4, 7, 7), s(6, 2, 3, 3))));
        for (int kernel : new int[] {3, 5}) {
            for (int stride : new int[] {1, 2}) {
                List<Integer> pads = List.of(1, kernel / 2, kernel / 2, 0);
                all.add(of("nchw depthwise " + kernel + " by " + stride, conv(stride, pads, 6, Layout.NCHW), s(1, 6, 11, 14), s(6, 1, kernel, kernel)));
                all.add(of("nhwc depthwise " + kernel + " by " + stride, conv(stride, pads, 6, Layout.NHWC), s(1, 11, 14, 6), s(6, kernel, kernel, 1), s(6)));
            }
        }
        for (Function function : Function.values()) {
            all.add(of("activation " + function, new Activation(function), s(3, 20_001)));
        }
        all.add(new Case("causal scores", MatMul.of(true, true), List.of(Shape.of(4, 5, 16), Shape.of(2, 24, 16)), Optional.of(3)));
        all.add(new Case("causal values", MatMul.of(false, true), List.of(Shape.of(4, 5, 24), Shape.of(2, 24, 16)), Optional.of(3)));
        all.add(new Case("causal softmax", Softmax.of(true), List.of(Shape.of(4, 5, 24)), Optional.of(3)));
        return all;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void plainKernel(Case c) {
        Graph graph = graph(c);
        Map<String, Tensor> inputs = inputs(c, graph);
        float[] expected = new FloatInterpreter().run(graph, inputs).get("y").toFloats();
        Tensor one = fast(c, 1, new PlainFloatKernel());
        assertThat(distance(one.toFloats(), expected)).as("relative L2 of %s, seed %d", c.what(), SEED).isLessThanOrEqualTo(LIMIT);
        assertThat(fast(c, 3, new PlainFloatKernel())).as("three threads").isEqualTo(one);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void vectorKernel(Case c) {
        Optional<FloatKernel> vector = FloatKernels.vector();
        Assumptions.assumeTrue(vector.isPresent(), "skipped: this JVM runs without --add-modules jdk.incubator.vector");
        assertThat(fast(c, 2, vector.get())).isEqualTo(fast(c, 1, new PlainFloatKernel()));
    }

    /** What every JVM must give: calibration runs here, and a compiled file must not depend on who compiled it. */
    @Test
    void bitsOfOtherJvms() {
        int hash = 0;
        for (Case c : cases()) {
            if (c.op() instanceof Activation a && a.function() != Function.GELU_TANH && a.function() != Function.SILU) {
                continue; // by the op itself, in double: not the kernels
            }
            hash = 31 * hash + Arrays.hashCode(fast(c, 2, new PlainFloatKernel()).toFloats());
        }
        assertThat(hash).isEqualTo(-869371476);
    }

    private static Tensor fast(Case c, int threads, FloatKernel kernel) {
        Graph graph = graph(c);
        return new FastFloatInterpreter(threads, kernel).run(graph, inputs(c, graph)).get("y");
    }

    private static Graph graph(Case c) {
        GraphBuilder builder = new GraphBuilder("g", Stage.FLOAT);
        List<String> operands = new ArrayList<>();
        for (Shape shape : c.operands()) {
            operands.add(builder.input("in" + operands.size(), TensorType.f32(shape.dims().stream().mapToInt(d -> d).toArray())));
        }
        c.pos().ifPresent(pos -> operands.add(builder.input("pos", TensorType.of(DType.S32, 1))));
        builder.output(builder.add(c.op(), "y", "", operands.toArray(String[]::new)));
        return builder.build();
    }

    private static Map<String, Tensor> inputs(Case c, Graph graph) {
        Random random = new Random(SEED);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (String name : graph.inputs()) {
            Shape shape = graph.type(name).shape();
            float[] values = new float[(int) shape.elements()];
            for (int e = 0; e < values.length; e++) {
                // Some beyond where exponentials leave the range of f32.
                values[e] = (float) random.nextGaussian() * (c.op() instanceof Activation && e % 100 == 0 ? 100 : 2);
            }
            inputs.put(name, name.equals("pos") ? Tensor.index(c.pos().orElseThrow()) : Tensor.ofFloats(shape, values));
        }
        return inputs;
    }

    private static double distance(float[] actual, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = (double) actual[i] - expected[i];
            difference += d * d;
            norm += (double) expected[i] * expected[i];
        }
        return Math.sqrt(difference / norm);
    }
}

package org.autoneural.qnn.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.autoneural.qnn.TestDouble;
import org.autoneural.qnn.binding.LibraryPaths.Library;
import org.autoneural.qnn.graph.DataType;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.Param.Ints;
import org.autoneural.qnn.graph.Param.Scalar;
import org.autoneural.qnn.graph.QnnTensor.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The test double refuses what breaks a rule, each in words, through the whole binding; so a graph that it takes keeps them all. */
@EnabledOnOs(OS.LINUX)
class RulesTest {
    private static final DriverOptions HOST = new DriverOptions(39, 68, 8, true, Optional.empty(), 1);
    private static final Encoding U16 = SmallGraph.U16;
    private static final Encoding U8 = new Encoding.ScaleOffset(1f / 16, -128);
    private static final Encoding S8 = new Encoding.ScaleOffset(1f / 16, 0);
    private static final Encoding NONE = new Encoding.None();
    private QnnDriver driver;

    @BeforeEach
    void open() {
        driver = QnnDriver.open(TestDouble.paths(Library.BACKEND), HOST);
    }

    @AfterEach
    void close() {
        driver.close();
        assertThat(TestDouble.live()).isZero();
        assertThat(Shim.aqnn_live_objects()).isZero();
    }

    private static Arguments broken(String rule, String words, SmallGraph graph) {
        return Arguments.of(rule, words, (Supplier<SmallGraph>) () -> graph);
    }

    private static SmallGraph io(DataType type, Encoding encoding, List<Integer> in, List<Integer> out) {
        return new SmallGraph().tensor("x", Role.APP_WRITE, type, encoding, in.toArray(Integer[]::new))
                .tensor("y", Role.APP_READ, type, encoding, out.toArray(Integer[]::new));
    }

    private static SmallGraph u16(List<Integer> in, List<Integer> out) {
        return io(DataType.U16, U16, in, out);
    }

    private static SmallGraph conv(List<Integer> weightDims, DataType type, Encoding encoding, int stride, int dilation, List<Integer> out, boolean depthwise) {
        int n = weightDims.stream().reduce(1, (a, b) -> a * b);
        return u16(List.of(1, 8, 8, 2), out).constant("w", type, encoding, weightDims, new int[n])
                .node("conv", depthwise ? "DepthWiseConv2d" : "Conv2d", List.of(Ints.u32("stride", stride, stride), Ints.rows("pad_amount", DataType.U32, 2,
                        List.of(0, 0, 0, 0)), Ints.u32("dilation", dilation, dilation)), List.of("x", "w"), "y");
    }

    static Stream<Arguments> graphsThatBreakARule() {
        return Stream.of(
                broken("unknown op", "there is no op 'Conv1d'", u16(List.of(4), List.of(4)).node("n", "Conv1d", List.of(), List.of("x"), "y")),
                broken("missing parameter", "parameter perm is missing", u16(List.of(2, 2), List.of(2, 2)).node("n", "Transpose", List.of(), List.of("x"), "y")),
                broken("unknown parameter", "there is no parameter axis", u16(List.of(4), List.of(4))
                        .node("n", "Gelu", List.of(Scalar.u32("axis", 0)), List.of("x"), "y")),
                broken("type of a parameter", "parameter axis of u32, defined as i32", u16(List.of(4), List.of(2))
                        .constant("i", DataType.I32, NONE, List.of(2), 0, 1).node("n", "Gather", List.of(Scalar.u32("axis", 0)), List.of("x", "i"), "y")),
                broken("shape of a parameter", "parameter perm of shape [1,2], defined as [n]", u16(List.of(2, 2), List.of(2, 2))
                        .node("n", "Transpose", List.of(Ints.rows("perm", DataType.U32, 2, List.of(1, 0))), List.of("x"), "y")),
                broken("number of inputs", "1 inputs", u16(List.of(4), List.of(4)).node("n", "ElementWiseAdd", List.of(), List.of("x"), "y")),
                broken("element types", "element types U16>U8", new SmallGraph().tensor("x", Role.APP_WRITE, DataType.U16, U16, 4)
                        .tensor("y", Role.APP_READ, DataType.U8, U8, 4).node("n", "Gelu", List.of(), List.of("x"), "y")),
                broken("shape of a result", "should be [3,2]", u16(List.of(2, 3), List.of(2, 3))
                        .node("n", "Transpose", List.of(Ints.u32("perm", 1, 0)), List.of("x"), "y")),
                broken("permutation", "perm is no permutation", u16(List.of(2, 2), List.of(2, 2))
                        .node("n", "Transpose", List.of(Ints.u32("perm", 1, 1)), List.of("x"), "y")),
                broken("operands that do not fit", "do not fit each other", u16(List.of(4), List.of(4)).constant("c", DataType.U16, U16, List.of(3), 1, 2, 3)
                        .node("n", "ElementWiseAdd", List.of(), List.of("x", "c"), "y")),
                broken("6 axes", "1 to 5 are allowed", u16(List.of(1, 1, 1, 1, 1, 4), List.of(4)).node("n", "Reshape", List.of(), List.of("x"), "y")),
                broken("reshape to other elements", "Reshape: ", u16(List.of(4), List.of(5)).node("n", "Reshape", List.of(), List.of("x"), "y")),
                broken("second input of Reshape", "a second input is not taken", u16(List.of(4), List.of(2, 2)).constant("s", DataType.I32, NONE, List.of(2), 2, 2)
                        .node("n", "Reshape", List.of(), List.of("x", "s"), "y")),
                broken("encodings of a movement", "the encodings of", new SmallGraph().tensor("x", Role.APP_WRITE, DataType.U16, U16, 4)
                        .tensor("y", Role.APP_READ, DataType.U16, new Encoding.ScaleOffset(1f / 128, -32_768), 2, 2)
                        .node("n", "Reshape", List.of(), List.of("x"), "y")),
                broken("16-bit weights", "16 bits need v73", conv(List.of(3, 3, 2, 4), DataType.S16, new Encoding.ScaleOffset(1f / 16, 0), 1, 1,
                        List.of(1, 6, 6, 4), false)),
                broken("channels of weights along another axis", "channels of the weights lie along axis 3", conv(List.of(3, 3, 2, 4), DataType.S8,
                        new Encoding.AxisScaleOffset(2, List.of(1f, 1f)), 1, 1, List.of(1, 6, 6, 4), false)),
                broken("number of scales", "3 scales for axis 3", conv(List.of(3, 3, 2, 4), DataType.S8, new Encoding.AxisScaleOffset(3, List.of(1f, 1f, 1f)), 1, 1,
                        List.of(1, 6, 6, 4), false)),
                broken("dilation with a stride in a depthwise convolution", "v68: dilation goes with stride 1 only", conv(List.of(2, 2, 1, 2), DataType.S8, S8, 2, 2,
                        List.of(1, 3, 3, 2), true)),
                broken("weights that do not fit", "weights w", conv(List.of(3, 3, 3, 4), DataType.S8, S8, 1, 1, List.of(1, 6, 6, 4), false)),
                broken("scale of zero", "is not positive and finite", io(DataType.U16, new Encoding.ScaleOffset(0, -1), List.of(4), List.of(2, 2))
                        .node("n", "Reshape", List.of(), List.of("x"), "y")),
                broken("sign of an offset", "is not the negative of a U16 number", io(DataType.U16, new Encoding.ScaleOffset(1, 32_768), List.of(4), List.of(2, 2))
                        .node("n", "Reshape", List.of(), List.of("x"), "y")),
                broken("upper half of a 4-bit weight", "the upper half of a 4-bit element is not 0", u16(List.of(1, 2), List.of(1, 2))
                        .constant("w", DataType.S8, new Encoding.BitsScaleOffset(4, 1, 0), List.of(2, 2), 1, -1, 2, 3)
                        .node("n", "FullyConnected", List.of(), List.of("x", "w"), "y")),
                broken("width of narrow weights", "2 bits; v68 takes 4", u16(List.of(1, 2), List.of(1, 2))
                        .constant("w", DataType.S8, new Encoding.BitsAxisScaleOffset(2, 0, List.of(1f, 1f)), List.of(2, 2), 1, 1, 1, 1)
                        .node("n", "FullyConnected", List.of(), List.of("x", "w"), "y")),
                broken("narrow activation", "narrow elements are static S8", new SmallGraph()
                        .tensor("x", Role.APP_WRITE, DataType.S8, new Encoding.BitsScaleOffset(4, 1, 0), 4).tensor("y", Role.APP_READ, DataType.S8, S8, 4)
                        .node("n", "Relu", List.of(), List.of("x"), "y")),
                broken("activation encoded by axis", "needs a static tensor", io(DataType.S8, new Encoding.AxisScaleOffset(0, List.of(1f, 1f)), List.of(2), List.of(2))
                        .node("n", "Relu", List.of(), List.of("x"), "y")),
                broken("keep_dims of FullyConnected", "keep_dims must be 0", u16(List.of(2, 2), List.of(2, 2)).constant("w", DataType.S8, S8, List.of(2, 2), 1, 1, 1, 1)
                        .node("n", "FullyConnected", List.of(Scalar.b8("keep_dims", true)), List.of("x", "w"), "y")),
                broken("rank of FullyConnected's result", "should be [2,2]", u16(List.of(1, 2, 2), List.of(1, 2, 2)).constant("w", DataType.S8, S8, List.of(2, 2), 1, 1, 1, 1)
                        .node("n", "FullyConnected", List.of(), List.of("x", "w"), "y")),
                broken("16-bit second operand of MatMul", "v68: in[1] of U16", u16(List.of(2, 2), List.of(2, 2))
                        .tensor("k", Role.APP_WRITE, DataType.U16, U16, 2, 2).node("n", "MatMul", List.of(), List.of("x", "k"), "y")),
                broken("inner extents of MatMul", "inner extents", u16(List.of(2, 3), List.of(2, 2)).tensor("k", Role.APP_WRITE, DataType.U8, U8, 2, 2)
                        .node("n", "MatMul", List.of(), List.of("x", "k"), "y")),
                broken("16-bit gain", "a gain of 16 bits needs v73", norm("RmsNorm", DataType.U16, 1)),
                broken("norm over another axis", "only the last axis", norm("RmsNorm", DataType.U8, 0)),
                broken("gain of LayerNorm", "a gain of 16 bits needs v73", norm("LayerNorm", DataType.U16, 1)),
                broken("softmax over another axis", "only the last axis", u16(List.of(2, 2), List.of(2, 2))
                        .node("n", "Softmax", List.of(Scalar.u32("axis", 0)), List.of("x"), "y")),
                broken("encoding of a sigmoid", "a U16 result has a fixed encoding", u16(List.of(2), List.of(2)).node("n", "Sigmoid", List.of(), List.of("x"), "y")),
                broken("encoding of a tanh", "a U16 result has a fixed encoding", u16(List.of(2), List.of(2)).node("n", "Tanh", List.of(), List.of("x"), "y")),
                broken("negative index", "index -1 of 4", u16(List.of(4), List.of(2)).constant("i", DataType.I32, NONE, List.of(2), 0, -1)
                        .node("n", "Gather", List.of(Scalar.i32("axis", 0)), List.of("x", "i"), "y")),
                broken("range of a slice", "range 0..5 by 1 on axis 0", u16(List.of(4), List.of(5))
                        .node("n", "StridedSlice", List.of(Ints.rows("ranges", DataType.I32, 3, List.of(0, 5, 1))), List.of("x"), "y")),
                broken("cuts of a split", "cuts must ascend", u16(List.of(4), List.of(4)).tensor("z", Role.APP_READ, DataType.U16, U16, 4)
                        .node("n", "Split", List.of(Scalar.u32("axis", 0), Ints.u32("split_index", 4)), List.of("x"), "y", "z")),
                broken("parts of a concatenation", "does not fit beside the others", u16(List.of(2, 2), List.of(3, 2)).constant("c", DataType.U16, U16, List.of(1, 3), 1, 2, 3)
                        .node("n", "Concat", List.of(Scalar.u32("axis", 0)), List.of("x", "c"), "y")),
                broken("reciprocal", "there is no reciprocal on HTP", u16(List.of(2), List.of(2))
                        .node("n", "ElementWiseUnary", List.of(Scalar.u32("operation", 10)), List.of("x"), "y")),
                broken("unknown operation", "operation 20", u16(List.of(2), List.of(2)).constant("c", DataType.U16, U16, List.of(2), 1, 1)
                        .node("n", "ElementWiseBinary", List.of(Scalar.u32("operation", 20)), List.of("x", "c"), "y")),
                broken("rank of a cast", "at most 4 axes", new SmallGraph().tensor("x", Role.APP_WRITE, DataType.I32, NONE, 1, 1, 1, 1, 2)
                        .tensor("y", Role.APP_READ, DataType.B8, NONE, 1, 1, 1, 1, 2).node("n", "Cast", List.of(), List.of("x"), "y")),
                broken("updates of a scatter", "should be [1,2]", u16(List.of(2, 2), List.of(2, 2)).constant("i", DataType.I32, NONE, List.of(1, 1), 0)
                        .constant("u", DataType.U16, U16, List.of(2, 2), 1, 1, 1, 1).node("n", "ScatterNd", List.of(), List.of("x", "i", "u"), "y")),
                broken("graph without nodes", "a graph without nodes", new SmallGraph().tensor("x", Role.APP_WRITE, DataType.U16, U16, 4)));
    }

    private static SmallGraph norm(String op, DataType gain, int axis) {
        return u16(List.of(2, 2), List.of(2, 2)).constant("g", gain, gain == DataType.U8 ? new Encoding.ScaleOffset(1, 0) : U16, List.of(2), 1, 1)
                .constant("b", DataType.U8, new Encoding.ScaleOffset(1, 0), List.of(2), 0, 0)
                .node("n", op, List.of(Ints.u32("axes", axis)), List.of("x", "g", "b"), "y");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("graphsThatBreakARule")
    void isRefused(String rule, String words, Supplier<SmallGraph> graph) {
        assertThatThrownBy(() -> driver.compile(graph.get().context(), new GraphOptions(8, 4, 3))).isInstanceOfSatisfying(QnnException.class, e -> {
            assertThat(e.number()).isPositive();
            assertThat(e.component()).isNotIn("unknown", "shim");
        }).hasMessageContaining("graph main").hasMessageContaining(words);
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> driver.compile(SmallGraph.addAndTurn().context(), new GraphOptions(16, 4, 3))).hasMessageContaining("HTP graph option 3");
        assertThatThrownBy(() -> driver.compile(SmallGraph.addAndTurn().context(), new GraphOptions(8, 9, 3))).hasMessageContaining("HTP graph option 6");
        assertThatThrownBy(() -> QnnDriver.open(TestDouble.paths(Library.BACKEND), new DriverOptions(37, 68, 8, true, Optional.empty(), 1)))
                .hasMessageContaining("SoC 37");
        assertThatThrownBy(() -> QnnDriver.open(TestDouble.paths(Library.BACKEND), new DriverOptions(39, 73, 8, true, Optional.empty(), 1)))
                .hasMessageContaining("arch 73");
    }

    // ---- what the records do not let through, so called without them ----

    private interface Calls {
        void make(Shim.Context context, Shim.Graph graph);
    }

    private static int tensor(Shim.Graph graph, String name, Role role) {
        return Shim.aqnn_tensor(graph, Shim.text(name), role.code(), DataType.U16.code(), 1, new int[] {4}, 0, 0, 0, 1, new float[] {1}, new int[] {0}, null, 0);
    }

    private static int gelu(Shim.Graph graph, String name, int from, int to) {
        return Shim.aqnn_node(graph, Shim.text(name), Shim.text("Gelu"), new int[] {from}, 1, new int[] {to}, 1);
    }

    private void refused(String words, Calls calls) {
        Shim.Context context = driver.newContext();
        Shim.Graph graph = Shim.aqnn_graph_create(context, Shim.text("g"), 8, 4, 3);
        calls.make(context, graph);
        QnnException failure = QnnException.last();
        assertThat(Shim.aqnn_context_free(context)).isZero();
        assertThat(failure.getMessage()).contains(words);
        assertThat(failure.number()).isPositive();
    }

    @Test
    void callsInTheWrongOrderAreRefused() {
        refused("is read before it is written", (c, g) -> assertThat(gelu(g, "n", tensor(g, "a", Role.NATIVE), tensor(g, "b", Role.APP_READ))).isNegative());
        refused("is written twice", (c, g) -> {
            int x = tensor(g, "x", Role.APP_WRITE);
            int y = tensor(g, "y", Role.APP_READ);
            assertThat(gelu(g, "n", x, y)).isZero();
            assertThat(gelu(g, "m", x, y)).isNegative();
        });
        refused("cannot be written by a node", (c, g) -> {
            int x = tensor(g, "x", Role.APP_WRITE);
            assertThat(gelu(g, "n", x, x)).isNegative();
        });
        refused("node 'n' is there already", (c, g) -> {
            int x = tensor(g, "x", Role.APP_WRITE);
            assertThat(gelu(g, "n", x, tensor(g, "y", Role.APP_READ))).isZero();
            assertThat(gelu(g, "n", x, tensor(g, "z", Role.APP_READ))).isNegative();
        });
        refused("there is a tensor of this name", (c, g) -> {
            tensor(g, "x", Role.APP_WRITE);
            assertThat(tensor(g, "x", Role.APP_WRITE)).isNegative();
        });
        refused("is written by no node", (c, g) -> {
            assertThat(gelu(g, "n", tensor(g, "x", Role.APP_WRITE), tensor(g, "y", Role.APP_READ))).isZero();
            tensor(g, "lost", Role.APP_READ);
            assertThat(Shim.aqnn_graph_finalize(g, null)).isNegative();
        });
        refused("the graph is finalized", (c, g) -> {
            assertThat(gelu(g, "n", tensor(g, "x", Role.APP_WRITE), tensor(g, "y", Role.APP_READ))).isZero();
            assertThat(Shim.aqnn_graph_finalize(g, null)).isZero();
            assertThat(tensor(g, "late", Role.APP_WRITE)).isNegative();
        });
        refused("is not finalized", (c, g) -> assertThat(Shim.aqnn_context_binary_bytes(c)).isNegative());
        refused("graph 'g' is there already", (c, g) -> assertThat(Shim.aqnn_graph_create(c, Shim.text("g"), 8, 4, 3)).isNull());
        refused("a static tensor without data", (c, g) -> assertThat(tensor(g, "w", Role.STATIC)).isNegative());
        refused("parameter p stands twice", (c, g) -> {
            Shim.aqnn_param_scalar(g, Shim.text("p"), DataType.U32.code(), 1);
            Shim.aqnn_param_scalar(g, Shim.text("p"), DataType.U32.code(), 1);
            assertThat(gelu(g, "n", tensor(g, "x", Role.APP_WRITE), tensor(g, "y", Role.APP_READ))).isNegative();
        });
    }

    @Test
    void executionIsRefusedWithoutMemoryOrWithMemoryOfAnotherSize() {
        var binary = driver.compile(SmallGraph.addAndTurn().context(), new GraphOptions(8, 4, 3));
        try (LoadedContext context = driver.load(binary, TestDouble.paths(Library.SYSTEM));
                LoadedContext.Execution execution = context.newExecution(0);
                NativeMemory six = new NativeMemory(12);
                NativeMemory five = new NativeMemory(10)) {
            execution.bindInput(0, six);
            assertThatThrownBy(() -> execution.run(Optional.empty())).hasMessageContaining("0 bytes for z");
            execution.bindOutput(0, five);
            assertThatThrownBy(() -> execution.run(Optional.empty())).hasMessageContaining("10 bytes for z");
            execution.bindOutput(0, six);
            assertThatThrownBy(() -> execution.run(Optional.empty())).hasMessageContaining("shares memory with an input");
        }
    }

    /** What the library logs stands behind its reason. */
    @Test
    void aRunThatFailsTellsWhatTheLibraryLogged() {
        SmallGraph gather = u16(List.of(4), List.of(1)).tensor("i", Role.APP_WRITE, DataType.I32, NONE, 1)
                .node("n", "Gather", List.of(Scalar.i32("axis", 0)), List.of("x", "i"), "y");
        var binary = driver.compile(gather.context(), new GraphOptions(8, 4, 3));
        try (LoadedContext context = driver.load(binary, TestDouble.paths(Library.SYSTEM));
                LoadedContext.Execution execution = context.newExecution(0);
                NativeMemory x = new NativeMemory(8);
                NativeMemory i = new NativeMemory(4);
                NativeMemory y = new NativeMemory(2)) {
            execution.bindInput(0, x);
            execution.bindInput(1, i);
            execution.bindOutput(0, y);
            execution.run(Optional.empty());
            i.buffer().putInt(0, 9);
            assertThatThrownBy(() -> execution.run(Optional.empty())).hasMessageContaining("graph error 6000")
                    .hasMessageContaining("index 9 of 4 | graph main: n: index 9 of 4");
        }
    }
}

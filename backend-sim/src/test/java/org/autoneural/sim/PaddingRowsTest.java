package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.NormRescale;
import org.autoneural.ir.op.Pad;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.StridedSlice;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.ir.op.Transpose;
import org.autoneural.sim.kernel.KernelProviders;
import org.autoneural.sim.plan.PaddingRows;
import org.junit.jupiter.api.Test;

/** Which rows of a chunk may be left out, and that leaving them out changes nothing. */
class PaddingRowsTest {
    private static final int ROWS = 5;
    private static final int WIDTH = 8;
    private static final int CONTEXT = 9;
    private static final int GRAPHS = 120;
    /** So many more at most, until each op has had a result that was shorter. */
    private static final int MORE_GRAPHS = 2000;
    private static final List<String> OPS = List.of("activation", "add", "causal_conv1d", "concat", "gather", "layer_norm", "linear", "matmul", "mul",
            "requantize", "reshape", "rms_norm", "rope", "select_rows", "slice", "softmax", "strided_slice", "transpose");
    /** Every so many graphs are run by kernels, too. */
    private static final int KERNELS_STEP = 16;

    private static TensorType shorts(int... dims) {
        return TensorType.of(DType.S16, dims);
    }

    /** A graph with an input %x [5, 8] and a last row of %x that is an output. */
    private static GraphBuilder chunk() {
        GraphBuilder b = new GraphBuilder("prefill", Stage.INTEGER);
        b.input("x", shorts(ROWS, WIDTH));
        b.input("n_valid", TensorType.of(DType.S32, 1));
        b.output(b.add(new LastRow(), "last", "", "x", "n_valid"));
        return b;
    }

    private static List<String> shortened(GraphBuilder b) {
        Graph graph = b.build();
        Graph shorter = PaddingRows.of(graph).orElseThrow().shortened(2);
        return graph.types().keySet().stream().filter(v -> !graph.type(v).equals(shorter.type(v))).toList();
    }

    @Test
    void rowsThatOnlyTheLastRowReadsMayBeLeftOut() {
        assertThat(shortened(chunk())).containsExactly("x");
        assertThat(PaddingRows.of(chunk().build()).orElseThrow().text()).isEqualTo("""
                rows at or beyond %n_valid of 5
                  not needed, axis 0  %x : s16[5,8]
                  needed              %n_valid : s32[1]
                  needed              %last : s16[1,8]
                """);
    }

    @Test
    void anOutputIsNeededWholeAndSoIsWhatItIsMadeOf() {
        GraphBuilder b = chunk();
        b.output(b.add(new Requantize(new TensorRescale(1 << 30, 30, Rounding.SINGLE, 0, 0, -9, 9)), "y", "", "x"));
        assertThat(shortened(b)).isEmpty();
    }

    /** Columns of the transposed value are rows; a slice of columns by rows mixes neither. */
    @Test
    void rowsAreFollowedToAnotherAxis() {
        GraphBuilder b = chunk();
        b.add(Reshape.to(ROWS, 2, WIDTH / 2), "heads", "", "x");
        b.add(Transpose.of(1, 0, 2), "byHead", "", "heads");
        b.add(new Slice(0, 0, 1), "one", "", "byHead");
        b.add(Transpose.of(1, 0, 2), "back", "", "one");
        b.add(Reshape.to(ROWS, WIDTH / 2), "flat", "", "back");
        b.output(b.add(new LastRow(), "y", "", "flat", "n_valid"));
        assertThat(shortened(b)).containsExactlyInAnyOrder("x", "heads", "byHead", "one", "back", "flat");
    }

    @Test
    void anOpAcrossRowsNeedsThemAll() {
        GraphBuilder b = chunk();
        b.add(Transpose.of(1, 0), "t", "", "x");
        b.output(b.add(new Slice(1, 1, 2), "column", "", "t"));
        assertThat(shortened(b)).isEmpty();
    }

    @Test
    void readersThatDisagreeAboutTheAxisNeedAll() {
        GraphBuilder b = new GraphBuilder("prefill", Stage.INTEGER);
        b.input("x", shorts(ROWS, ROWS));
        b.input("n_valid", TensorType.of(DType.S32, 1));
        b.add(Transpose.of(1, 0), "t", "", "x");
        b.output(b.add(new LastRow(), "a", "", "x", "n_valid"));
        b.output(b.add(new LastRow(), "b", "", "t", "n_valid"));
        // The result could be shorter, but not its operand, of which the other reader takes another axis.
        assertThat(shortened(b)).isEmpty();
    }

    @Test
    void aConstantAddedToRowsKeepsThem() {
        GraphBuilder b = chunk();
        Cases c = new Cases(1);
        b.add(new Add(Optional.of(c.pairRescale(DType.S16, DType.S16, DType.S16))), "sum", "", "x",
                b.constant("c", c.tensor(DType.S16, ROWS, WIDTH)));
        b.output(b.add(new LastRow(), "y", "", "sum", "n_valid"));
        assertThat(shortened(b)).isEmpty();
    }

    /** Rows of an input that lie apart are not the first of what the caller fills in. */
    @Test
    void anInputWhoseRowsLieApartStaysWhole() {
        GraphBuilder b = new GraphBuilder("prefill", Stage.INTEGER);
        b.input("x", shorts(2, ROWS));
        b.input("n_valid", TensorType.of(DType.S32, 1));
        b.add(Transpose.of(1, 0), "t", "", "x");
        b.output(b.add(new LastRow(), "y", "", "t", "n_valid"));
        assertThat(shortened(b)).isEmpty();
    }

    @Test
    void graphsWithoutChunksHaveNone() {
        GraphBuilder one = new GraphBuilder("decode", Stage.INTEGER);
        one.input("x", shorts(1, WIDTH));
        one.input("n_valid", TensorType.of(DType.S32, 1));
        one.output(one.add(new LastRow(), "y", "", "x", "n_valid"));
        assertThat(PaddingRows.of(one.build())).isEmpty();
        GraphBuilder two = chunk();
        two.input("z", shorts(ROWS + 1, WIDTH));
        two.output(two.add(new LastRow(), "y", "", "z", "n_valid"));
        assertThat(PaddingRows.of(two.build())).as("chunks of two lengths").isEmpty();
    }

    /** Random graphs, any number of rows, garbage in the others: the shortened graph and all kernels equal the interpreter on the whole one. */
    @Test
    void whatIsLeftOutChangesNothing() {
        TreeSet<String> ops = new TreeSet<>();
        for (int i = 0; i < GRAPHS || !ops.containsAll(OPS) && i < GRAPHS + MORE_GRAPHS; i++) {
            long seed = 7000 + i;
            Cases c = new Cases(seed);
            Graph graph = random(c);
            Map<String, Tensor> expected = new IntegerInterpreter().run(graph, c.inputs);
            PaddingRows padding = PaddingRows.of(graph).orElseThrow();
            int valid = (int) c.inputs.get("n_valid").getLong(0);
            Graph shorter = padding.shortened(valid);
            String what = "seed " + seed + ", " + valid + " rows\n" + padding.text();
            shorter.nodes().forEach(node -> assertThat(node.op().infer(shorter.types(node.inputs())).stream().map(TensorType::shape).toList())
                    .as("%s%s", what, node).isEqualTo(shorter.types(node.outputs()).stream().map(TensorType::shape).toList()));
            Map<String, Tensor> first = new LinkedHashMap<>();
            c.inputs.forEach((name, tensor) -> first.put(name, firstOf(tensor, shorter.type(name).shape())));
            assertThat(new IntegerInterpreter().run(shorter, first)).as(what).isEqualTo(expected);
            for (String kernels : i % KERNELS_STEP == 0 ? List.of("scalar", "vector", "native") : List.<String>of()) {
                for (int threads = 1; threads <= 2; threads++) {
                    assertThat(run(graph, c.inputs, kernels, threads)).as("%s, %d threads, %s", kernels, threads, what).isEqualTo(expected);
                }
            }
            for (var node : graph.nodes()) {
                if (valid < ROWS && !graph.type(node.output()).equals(shorter.type(node.output()))) {
                    ops.add(node.op().name());
                }
            }
        }
        assertThat(ops).as("ops that had a shorter result").containsExactlyElementsOf(OPS);
    }

    private static Tensor firstOf(Tensor tensor, Shape shape) {
        Tensor first = Tensor.zeros(tensor.dtype(), shape);
        first.copyRange(0, tensor, 0, (int) shape.elements());
        return first;
    }

    private static Map<String, Tensor> run(Graph graph, Map<String, Tensor> inputs, String kernels, int threads) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        try (var executable = new SimExecutable(new Program(List.of(graph)), KernelProviders.named(kernels), new Workers(threads, 0));
                ExecutionContext context = executable.newContext()) {
            inputs.forEach((name, tensor) -> KernelEqualityTest.fill(context.states().contains(name) ? context.state(name)
                    : context.input(graph.name(), name), tensor));
            context.run(graph.name());
            graph.outputs().forEach(v -> out.put(v, Tensor.copyOf(context.output(graph.name(), v))));
        }
        return out;
    }

    /** Some ops one after the other on values of any rank, the states of an attention and a convolution, and sometimes a value as an output. */
    private static Graph random(Cases c) {
        GraphBuilder b = c.graph;
        c.index("n_valid", c.between(1, ROWS));
        c.index("pos", c.between(0, CONTEXT - ROWS));
        c.inputs.put("x", c.tensor(DType.S16, ROWS, WIDTH));
        b.input("x", shorts(ROWS, WIDTH));
        List<String> values = new ArrayList<>(List.of("x"));
        int ops = c.between(3, 14);
        for (int i = 0; i < ops; i++) {
            // The newest are the likeliest, so that chains are long.
            String x = values.get(Math.max(0, values.size() - 1 - c.random.nextInt(3)));
            next(c, "v" + i, x, values);
        }
        // What is left over ends in a state or a last row, whichever axis its rows have got to; sometimes it is wanted whole.
        Graph open = b.build();
        for (String v : values) {
            Shape shape = b.shape(v);
            int axis = shape.dims().indexOf(ROWS);
            boolean read = !open.consumers(v).isEmpty();
            if (!open.inputs().contains(v) && (c.random.nextInt(24) == 0 || !read && axis < 0)) {
                b.output(v);
                continue;
            }
            if (read) {
                continue;
            }
            String rows = axis == 0 ? v : b.add(first(axis, shape.rank()), v + ".rows", "", v);
            if (shape.rank() == 2) {
                b.output(b.add(new LastRow(), v + ".last", "", rows, "n_valid"));
            } else {
                String cache = c.input(DType.S16, b.shape(rows).dim(1), CONTEXT, b.shape(rows).dim(2));
                b.state(cache, b.add(new KvAppend(), v + ".cache", "", cache, rows, "pos", "n_valid"));
            }
        }
        b.output(b.add(new LastRow(), "last", "", "x", "n_valid"));
        return b.build();
    }

    /** Moves an axis to the front. */
    private static Transpose first(int axis, int rank) {
        List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        axes.add(0, axes.remove(axis));
        return new Transpose(axes);
    }

    /** Adds an op on {@code x}, if the one that was drawn fits its shape. */
    private static void next(Cases c, String name, String x, List<String> values) {
        Shape shape = c.graph.shape(x);
        int rank = shape.rank();
        int width = shape.dim(-1);
        int free = (shape.dims().indexOf(ROWS) + 1) % rank;
        int axis = c.random.nextInt(8) == 0 ? c.random.nextInt(rank) : free;
        int out = c.random.nextInt(4) == 0 ? ROWS : WIDTH;
        boolean chunk = shape.dim(0) == ROWS;
        TensorRescale softmax = new TensorRescale(c.multiplier(), c.between(20, 34), Rounding.SINGLE, 0, 0, 0, Short.MAX_VALUE);
        TensorRescale high = new TensorRescale(c.multiplier(), 45, Rounding.SINGLE, 0, 0, -32_767, 32_767);
        NormRescale norm = new NormRescale(c.random.nextInt(100_000), c.multiplier(), c.between(20, 30), 0, 0, -32_767, 32_767);
        String other = values.stream().filter(v -> c.graph.shape(v).equals(shape)).reduce((p, q) -> c.random.nextBoolean() ? p : q).orElse(x);
        switch (c.random.nextInt(18)) {
            case 0 -> add(c, new Activation(Activation.Function.SILU), name, values, x, c.constant(DType.S16, 257));
            case 1 -> add(c, new Add(Optional.of(c.pairRescale(DType.S16, DType.S16, DType.S16))), name, values, x,
                    c.random.nextInt(8) == 0 ? c.constant(DType.S16, shape.dims().stream().mapToInt(d -> d).toArray()) : other);
            case 2 -> add(c, new Mul(Optional.of(c.productRescale(DType.S16, DType.S16, DType.S16, c.between(34, 46)))), name, values, x, other);
            case 3 -> add(c, new Requantize(c.tensorRescale(DType.S16, DType.S16, c.between(20, 40))), name, values, x);
            case 4 -> add(c, new RmsNorm(1e-5, rank - 1, Optional.of(norm)), name, values, x, c.constant(DType.S16, width));
            case 5 -> add(c, new LayerNorm(1e-5, Optional.of(norm)), name, values, x, c.constant(DType.S16, width),
                    c.constant(c.tensor(DType.S32, Cases.Fill.RANDOM, width)));
            case 6 -> add(c, new Linear(Optional.of(c.channelRescale(DType.S16, DType.S16))), name, values,
                    c.operands(List.of(x, c.constant(c.weight(), out, width)), out, 36));
            case 7 -> add(c, new Slice(axis, 0, c.between(1, shape.dim(axis))), name, values, x);
            case 8 -> add(c, new StridedSlice(axis, 0, 1 + (shape.dim(axis) - 1) / 2, 2), name, values, x);
            case 9 -> add(c, new Concat(axis), name, values, x, other);
            case 10 -> add(c, first(c.between(1, rank - 1), rank), name, values, x);
            case 11 -> {
                if (rank == 3) {
                    add(c, Reshape.to(shape.dim(0), shape.dim(1) * width), name, values, x);
                } else if (width % 2 == 0) {
                    add(c, Reshape.to(shape.dim(0), 2, width / 2), name, values, x);
                }
            }
            case 12 -> {
                if (rank == 3) {
                    boolean causal = c.random.nextBoolean();
                    add(c, new Softmax(causal, Optional.of(softmax)), name, values, causal ? new String[] {x, "pos"} : new String[] {x});
                }
            }
            case 13 -> {
                if (rank == 3) {
                    boolean transposed = c.random.nextBoolean();
                    boolean causal = c.random.nextBoolean();
                    DType type = c.activation();
                    String y = transposed ? c.input(type, 1, c.random.nextBoolean() ? ROWS : CONTEXT, width) : c.input(type, 1, width, out);
                    // As in attention: heads first.
                    String a = chunk ? c.graph.add(Transpose.of(1, 0, 2), name + ".heads", "", x) : x;
                    add(c, new MatMul(transposed, causal, Optional.of(c.productRescale(DType.S16, type, DType.S16, c.between(40, 48)))), name, values,
                            causal ? new String[] {a, y, "pos"} : new String[] {a, y});
                }
            }
            case 14 -> {
                if (rank == 3 && width % 2 == 0) {
                    add(c, new Rope(Optional.of(high)), name, values, x, c.constant(DType.S16, 7, width / 2), c.constant(DType.S16, 7, width / 2), "pos");
                }
            }
            case 15 -> {
                if (rank == 2) {
                    String mask = c.input(DType.U8, shape.dim(0));
                    add(c, new SelectRows(), name, values, mask, x, other);
                }
            }
            case 16 -> {
                if (chunk && rank == 2) {
                    String state = c.input(DType.S16, 2, width);
                    String[] operands = c.operands(List.of(x, state, "n_valid", c.constant(c.weight(), width, 3)), width, 34);
                    c.graph.add(new CausalConv1d(Optional.of(c.channelRescale(DType.S16, DType.S16))), List.of(name, name + ".state"),
                            List.of(shorts(ROWS, width), shorts(2, width)), "", operands);
                    c.graph.state(state, name + ".state");
                    values.add(name);
                }
            }
            default -> {
                if (c.random.nextBoolean()) {
                    add(c, new Pad(List.of(0, 1, 0).subList(0, rank), List.of(1, 0, 0).subList(0, rank), Optional.of(new Pad.Fill(0))), name, values, x);
                    return;
                }
                String ids = c.input(DType.S32, ROWS);
                c.inputs.put(ids, Tensor.ofInts(DType.S32, Shape.of(ROWS), c.random.ints(ROWS, 0, 4).toArray()));
                String[] m = c.multipliers(4, 24);
                add(c, new Gather(Optional.of(c.channelRescale(DType.S16, DType.S16))), name, values, c.constant(c.weight(), 4, WIDTH), ids, m[0], m[1]);
            }
        }
    }

    private static void add(Cases c, org.autoneural.ir.op.Op op, String name, List<String> values, String... operands) {
        TensorType y = op.infer(List.of(operands).stream().map(c.graph::type).toList()).get(0);
        if (y.shape().elements() <= 2000) {
            c.graph.add(op, List.of(name), List.of(TensorType.of(DType.S16, y.shape())), "", operands);
            values.add(name);
        }
    }
}

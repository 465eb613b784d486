package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.interpret.StatefulRun;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.TensorRescale;
import org.autoneural.ir.op.Transpose;
import org.junit.jupiter.api.Test;

/** States over several entry points, several contexts at once, and what a context refuses. */
class ContextTest {
    private static final int WIDTH = 48;
    private static final int CONTEXT = 40;
    private static final Program PROGRAM = new Program(List.of(layer("prefill", 7), layer("decode", 1)));

    @Test
    void prefillThenDecodeEqualsTheInterpreterInEveryTensor() {
        for (String kernels : List.of("scalar", "vector", "native")) {
            for (int threads = 1; threads <= 2; threads++) {
                try (Executable executable = load(new ExecutionOptions(threads, kernels))) {
                    converse(executable, 11);
                }
            }
        }
    }

    /** Queries, attention and the output serve no state. */
    @Test
    void aRunForTheStatesLeavesTheRestOut() {
        try (Executable executable = load(ExecutionOptions.defaults()); ExecutionContext context = executable.newContext()) {
            context.input("prefill", "n_valid").set(0, 1);
            List<String> seen = new ArrayList<>();
            context.advance("prefill", (value, tensor) -> seen.add(value));
            assertThat(seen).containsExactly("z", "conv.next", "fresh", "fresh.heads", "k.next");
        }
    }

    @Test
    void contextsOfOneExecutableRunAtTheSameTime() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try (Executable executable = load(new ExecutionOptions(3, "auto"))) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int seed = 100 + i;
                all.add(pool.submit(() -> converse(executable, seed)));
            }
            for (Future<?> f : all) {
                f.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aClosedExecutableStillRunsOnTheCallersThread() {
        Executable executable = load(new ExecutionOptions(2, "auto"));
        executable.close();
        converse(executable, 12);
    }

    /** Only the states are there from the start: what an entry point needs besides comes with its first use. */
    @Test
    void aContextHoldsStatesAndWhatItsEntryPointsExchange() {
        try (Executable executable = load(ExecutionOptions.defaults()); ExecutionContext context = executable.newContext()) {
            int states = 2 * 2 * WIDTH + CONTEXT * 16;
            assertThat(context.sizeBytes()).isEqualTo(states);
            context.input("decode", "pos").set(0, 0);
            context.input("decode", "n_valid").set(0, 1);
            context.run("decode");
            // x and y s16 [1, 48], pos and n_valid, each rounded up to 64 bytes
            long withDecode = states + 2 * 128 + 2 * 64;
            assertThat(context.sizeBytes()).isEqualTo(withDecode);
            context.run("decode");
            assertThat(context.sizeBytes()).isEqualTo(withDecode);
            assertThat(executable.newContext().sizeBytes()).isEqualTo(states);
        }
    }

    @Test
    void statesBeginAtTheirZeroPoint() {
        try (Executable executable = load(ExecutionOptions.defaults()); ExecutionContext context = executable.newContext()) {
            assertThat(context.states()).containsExactlyInAnyOrder("conv", "k");
            assertThat(context.state("conv").toInts()).containsOnly(0);
            assertThat(context.state("k").toInts()).containsOnly(3);
        }
    }

    @Test
    void unknownNamesAreRefusedWithTheNamesThereAre() {
        try (Executable executable = load(ExecutionOptions.defaults()); ExecutionContext context = executable.newContext()) {
            assertThatThrownBy(() -> context.run("vision")).hasMessageContaining("vision").hasMessageContaining("prefill");
            assertThatThrownBy(() -> context.input("decode", "y")).hasMessageContaining("x").hasMessageContaining("pos");
            assertThatThrownBy(() -> context.output("decode", "x")).hasMessageContaining("y");
            assertThatThrownBy(() -> context.state("v")).hasMessageContaining("conv");
        }
    }

    @Test
    void aPositionOutsideTheCacheIsRefusedWithItsPlace() {
        try (Executable executable = load(ExecutionOptions.defaults()); ExecutionContext context = executable.newContext()) {
            context.input("decode", "pos").set(0, CONTEXT);
            context.input("decode", "n_valid").set(0, 1);
            assertThatThrownBy(() -> context.run("decode")).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("graph decode").hasMessageContaining("kv_append").hasMessageContaining("position 40");
        }
    }

    @Test
    void aGraphOfAnotherStageIsRefused() {
        GraphBuilder b = new GraphBuilder("main", Stage.FLOAT);
        b.output(b.add(Reshape.to(4), "y", "", b.input("x", TensorType.f32(2, 2))));
        assertThatThrownBy(() -> new SimBackend().compile(new Program(List.of(b.build())), new SimBackend().targets().get(0)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("SIM001").hasMessageContaining("float");
    }

    @Test
    void theTargetIsFoundByItsName() {
        assertThat(Backends.target("sim").backend()).isInstanceOf(SimBackend.class);
    }

    private static Executable load(ExecutionOptions options) {
        var choice = Backends.target("sim");
        assertThat(choice.backend().check(PROGRAM, choice.target())).isEmpty();
        return choice.backend().load(choice.backend().compile(PROGRAM, choice.target()), choice.target(), options);
    }

    /** Some prefills with padding and some decodes; every tensor of some runs, the outputs of most, and the states after each. */
    private static void converse(Executable executable, long seed) {
        Random random = new Random(seed);
        IntegerInterpreter interpreter = new IntegerInterpreter();
        Map<String, Tensor> expected = new LinkedHashMap<>();
        StatefulRun reference = new StatefulRun((graph, inputs) -> interpreter.run(graph, inputs, expected::put));
        try (ExecutionContext context = executable.newContext()) {
            int pos = 0;
            for (int run = 0; run < 8; run++) {
                Graph graph = executable.program().entryPoint(run % 3 == 0 ? "prefill" : "decode");
                int n = graph.type("x").shape().dim(0);
                int valid = 1 + random.nextInt(n);
                Tensor x = Tensor.zeros(DType.S16, Shape.of(n, WIDTH));
                for (int i = 0; i < x.elements(); i++) {
                    x.setLong(i, random.nextInt(65_535) - 32_767);
                }
                Map<String, TensorData> inputs = Map.of("x", x, "pos", Tensor.index(pos), "n_valid", Tensor.index(valid));
                inputs.forEach((name, tensor) -> KernelEqualityTest.fill(context.input(graph.name(), name), (Tensor) tensor));
                expected.clear();
                Map<String, Tensor> outputs = reference.run(graph, inputs);
                Map<String, Tensor> seen = new LinkedHashMap<>();
                String where = "seed " + seed + ", run " + run;
                // Kernels leave out what nobody reads when nobody watches.
                boolean forStates = random.nextInt(4) == 0;
                if (forStates) {
                    context.advance(graph.name());
                } else if (random.nextBoolean()) {
                    context.run(graph.name());
                } else {
                    context.run(graph.name(), (value, tensor) -> seen.put(value, Tensor.copyOf(tensor)));
                    assertThat(seen.keySet()).isEqualTo(expected.keySet());
                    expected.forEach((value, tensor) -> assertThat(seen.get(value).toInts()).as("%s, %s", where, value)
                            .isEqualTo(tensor.toInts()));
                }
                if (!forStates) {
                    outputs.forEach((value, tensor) -> assertThat(Tensor.copyOf(context.output(graph.name(), value)))
                            .as("%s, output %s", where, value).isEqualTo(tensor));
                }
                reference.states().forEach((name, tensor) -> assertThat(Tensor.copyOf(context.state(name)))
                        .as("%s, state %s", where, name).isEqualTo(tensor));
                pos += valid;
            }
        }
    }

    /** A short convolution, then attention of 3 heads over 1 head of s8 keys that are values, too. */
    private static Graph layer(String name, int n) {
        int d = 16;
        Random weights = new Random(3);
        GraphBuilder b = new GraphBuilder(name, Stage.INTEGER);
        b.input("x", TensorType.of(DType.S16, n, WIDTH));
        b.input("pos", TensorType.of(DType.S32, 1));
        b.input("n_valid", TensorType.of(DType.S32, 1));
        b.input("conv", TensorType.of(DType.S16, 2, WIDTH));
        b.input("k", new TensorType(DType.S8, Shape.of(1, CONTEXT, d), Optional.of(QuantParams.perTensor(DType.S8, 0.1, 3, QuantParams.Origin.RULE))));
        ChannelRescale rule = new ChannelRescale(Accumulator.I48, Rounding.SINGLE, 0, 0, -32_767, 32_767);
        b.add(new CausalConv1d(Optional.of(rule)), List.of("z", "conv.next"),
                List.of(TensorType.of(DType.S16, n, WIDTH), TensorType.of(DType.S16, 2, WIDTH)), "layer.conv",
                parameters(b, "conv", weights, List.of("x", "conv", "n_valid"), DType.S8, WIDTH, 3, 38));
        b.add(new Linear(Optional.of(rule)), List.of("q"), List.of(TensorType.of(DType.S16, n, WIDTH)), "layer.q",
                parameters(b, "q", weights, List.of("z"), DType.S4, WIDTH, WIDTH, 36));
        b.add(new Linear(Optional.of(new ChannelRescale(Accumulator.I48, Rounding.SINGLE, 0, 3, -128, 127))), List.of("fresh"),
                List.of(TensorType.of(DType.S8, n, d)), "layer.k", parameters(b, "fresh", weights, List.of("z"), DType.S8, d, WIDTH, 48));
        b.add(Reshape.to(n, 1, d), "fresh.heads", "", "fresh");
        b.add(Reshape.to(n, 3, d), "q.tokens", "", "q");
        b.add(Transpose.of(1, 0, 2), "q.heads", "", "q.tokens");
        b.add(new KvAppend(), "k.next", "layer.k", "k", "fresh.heads", "pos", "n_valid");
        b.add(new MatMul(true, true, Optional.of(new ProductRescale(Accumulator.I48, 1 << 30, 42, Rounding.SINGLE, 0, 3, 0, -32_767, 32_767))),
                List.of("scores"), List.of(TensorType.of(DType.S16, 3, n, CONTEXT)), "layer", "q.heads", "k.next", "pos");
        b.add(new Softmax(true, Optional.of(new TensorRescale(1 << 30, 22, Rounding.SINGLE, 0, 0, 0, 32_767))), "p", "layer", "scores", "pos");
        b.add(new MatMul(false, true, Optional.of(new ProductRescale(Accumulator.I48, 1 << 30, 38, Rounding.SINGLE, 0, 3, 0, -32_767, 32_767))),
                List.of("mixed"), List.of(TensorType.of(DType.S16, 3, n, d)), "layer", "p", "k.next", "pos");
        b.add(Transpose.of(1, 0, 2), "mixed.tokens", "", "mixed");
        b.add(Reshape.to(n, WIDTH), "mixed.rows", "", "mixed.tokens");
        b.output(b.add(new LastRow(), "y", "", "mixed.rows", "n_valid"));
        b.state("conv", "conv.next");
        b.state("k", "k.next");
        return b.build();
    }

    private static String[] parameters(GraphBuilder b, String name, Random r, List<String> first, DType type, int rows, int depth, int shift) {
        int[] w = r.ints(rows * depth, (int) type.min() + 1, (int) type.max() + 1).toArray();
        List<String> all = new ArrayList<>(first);
        all.add(b.constant(name + ".w", Tensor.ofInts(type, Shape.of(rows, depth), w)));
        all.add(b.constant(name + ".bias", Tensor.ofInts(DType.S32, Shape.of(rows), r.ints(rows, -9999, 9999).toArray())));
        all.add(b.constant(name + ".multiplier", Tensor.ofInts(DType.S32, Shape.of(rows), r.ints(rows, 1 << 30, Integer.MAX_VALUE).toArray())));
        all.add(b.constant(name + ".shift", Tensor.ofInts(DType.S8, Shape.of(rows), r.ints(rows, shift, shift + 3).toArray())));
        return all.toArray(String[]::new);
    }
}

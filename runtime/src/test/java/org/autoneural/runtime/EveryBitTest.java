package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.autoneural.CompiledCockpit;
import org.autoneural.Goldens;
import org.autoneural.artifact.Artifact;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.interpret.StatefulRun;
import org.autoneural.text.Message;
import org.autoneural.text.Prompt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every tensor of the compiled built-in model in one fixed run: two pictures, a prompt over two chunks of which the second is
 * padded, four decode steps. Interpreter, kernels and thread counts give the same bytes, and the golden holds every JVM to them.
 */
class EveryBitTest {
    private static final Path GOLDEN = Goldens.folder("e2e").resolve("bits.txt");
    private static final int DECODE_STEPS = 4;
    private static Artifact artifact;
    private static Prompt prompt;
    private static List<Tensor> pictures;
    /** What the interpreter computes. */
    private static TensorTrace expected;

    /** Something that runs entry points and keeps states: gets all inputs but the states, gives the outputs. */
    @FunctionalInterface
    private interface Machine {
        Map<String, ? extends TensorData> run(Graph graph, Map<String, Tensor> inputs);
    }

    @BeforeAll
    static void interpret() {
        try (CompiledModel model = CompiledModel.load(CompiledCockpit.byDefault())) {
            prompt = model.prompts().prompt(List.of(Message.user(2, "What do you see?")));
            pictures = List.of(picture(model, "test_instr_1000.png"), picture(model, "test_instr_1003.png"));
        }
        artifact = Artifact.open(CompiledCockpit.byDefault());
        expected = new TensorTrace();
        IntegerInterpreter interpreter = new IntegerInterpreter();
        StatefulRun run = new StatefulRun((graph, inputs) -> interpreter.run(graph, inputs, expected::computed));
        feed(artifact.program(), run::run, expected);
    }

    private static Tensor picture(CompiledModel model, String name) {
        byte[] rgb = model.preprocessing().read(CockpitTiny.samplePicture().resolveSibling(name));
        int[] pixels = new int[rgb.length];
        Arrays.setAll(pixels, i -> rgb[i] & 0xFF);
        return Tensor.ofInts(DType.U8, model.program().entryPoint("vision").type("image").shape(), pixels);
    }

    @AfterAll
    static void close() {
        artifact.close();
    }

    /** The fixed run. */
    private static void feed(Program program, Machine machine, TensorTrace trace) {
        Graph prefill = program.entryPoint("prefill");
        int chunk = prefill.type("ids").shape().dim(0);
        int width = prefill.type("features").shape().dim(1);
        List<TensorData> seen = new ArrayList<>();
        for (Tensor picture : pictures) {
            trace.begin("vision of picture " + seen.size());
            seen.add(Tensor.copyOf(machine.run(program.entryPoint("vision"), Map.of("image", picture)).get("features")));
        }
        int perPicture = seen.get(0).shape().dim(0);
        TensorData logits = seen.get(0);
        int position = 0;
        for (int next; position < prompt.ids().length; position = next) {
            next = Math.min(position + chunk, prompt.ids().length);
            Tensor ids = Tensor.zeros(DType.S32, Shape.of(chunk));
            Tensor mask = Tensor.zeros(DType.U8, Shape.of(chunk));
            Tensor features = Tensor.zeros(seen.get(0).dtype(), Shape.of(chunk, width));
            for (int p = position; p < next; p++) {
                ids.setLong(p - position, prompt.ids()[p]);
                int row = Arrays.binarySearch(prompt.pictureRows(), p);
                if (row >= 0) {
                    mask.setLong(p - position, 1);
                    features.copyRange((p - position) * width, seen.get(row / perPicture), row % perPicture * width, width);
                }
            }
            trace.begin("prefill of tokens " + position + " to " + (next - 1));
            logits = machine.run(prefill, Map.of("ids", ids, "image_mask", mask, "features", features,
                    "pos", Tensor.index(position), "n_valid", Tensor.index(next - position))).get("logits");
        }
        assertThat(position % chunk).as("the last chunk is padded").isNotZero();
        for (int step = 0; step < DECODE_STEPS; step++) {
            int id = largest(logits);
            trace.begin("decode of token " + position + ", id " + id);
            logits = machine.run(program.entryPoint("decode"), Map.of("ids", Tensor.index(id), "pos", Tensor.index(position++)))
                    .get("logits");
        }
    }

    private static int largest(TensorData logits) {
        int best = 0;
        for (int i = 1; i < logits.elements(); i++) {
            if (logits.getLong(i) > logits.getLong(best)) {
                best = i;
            }
        }
        return best;
    }

    @ParameterizedTest
    @CsvSource({"scalar, 1", "scalar, 2", "vector, 1", "vector, 2", "native, 1", "native, 2"})
    void kernelsEqualTheInterpreter(String kernels, int threads) {
        Backends.Choice sim = Backends.target("sim");
        TensorTrace found = new TensorTrace();
        try (Executable executable = sim.backend().load(artifact.compiled(), sim.target(), new ExecutionOptions(threads, kernels));
                ExecutionContext context = executable.newContext()) {
            assertThat(executable.kernels()).isEqualTo(kernels);
            feed(artifact.program(), (graph, inputs) -> run(context, graph, inputs, found), found);
        }
        assertThat(found.steps().keySet()).containsExactlyElementsOf(expected.steps().keySet());
        expected.steps().forEach((step, tensors) -> {
            // Value by value and in the order of computation: the first failure is the first tensor that departs.
            tensors.forEach((value, digest) -> assertThat(found.steps().get(step)).as("%s, first departing tensor", step)
                    .containsEntry(value, digest));
            assertThat(found.steps().get(step)).as("%s, tensors seen", step).containsOnlyKeys(tensors.keySet());
        });
    }

    private static Map<String, TensorData> run(ExecutionContext context, Graph graph, Map<String, Tensor> inputs, TensorTrace trace) {
        inputs.forEach((name, tensor) -> {
            TensorBuffer buffer = context.input(graph.name(), name);
            for (int i = 0; i < tensor.elements(); i++) {
                buffer.set(i, tensor.getLong(i));
            }
        });
        context.run(graph.name(), trace::computed);
        Map<String, TensorData> outputs = new HashMap<>();
        graph.outputs().forEach(name -> outputs.put(name, context.output(graph.name(), name).copy()));
        // What the listener saw of a state is what the state holds after the run.
        for (StateBinding state : graph.states()) {
            assertThat(TensorTrace.sha256(context.state(state.input()))).as(state.input())
                    .isEqualTo(TensorTrace.sha256(outputs.get(state.output())));
        }
        return outputs;
    }

    @Test
    void everyNodesResultsAreCompared() {
        expected.steps().forEach((step, tensors) -> assertThat(tensors).as(step).containsOnlyKeys(
                artifact.program().entryPoint(step.substring(0, step.indexOf(' '))).nodes().stream().map(Node::outputs)
                        .flatMap(List::stream).toList()));
    }

    /** The suite runs on several JVMs: all must give the bytes that are written down, of the file and of every tensor. */
    @Test
    void everyJvmGivesTheGoldensBits() throws IOException {
        StringBuilder text = new StringBuilder("SHA-256 of cockpit-tiny compiled by default, and of all its tensors in EveryBitTest's run\n");
        text.append("model.npu: ").append(HexFormat.of().formatHex(TensorTrace.start()
                .digest(Files.readAllBytes(CompiledCockpit.byDefault())))).append('\n');
        expected.steps().keySet().forEach(step -> text.append(step).append(": ").append(expected.digest(step)).append('\n'));
        Goldens.check(GOLDEN, text.toString());
    }
}

package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.autoneural.CompiledCockpit;
import org.autoneural.artifact.Artifact;
import org.autoneural.artifact.ArtifactContent;
import org.autoneural.artifact.ArtifactWriter;
import org.autoneural.artifact.MetadataKeys;
import org.autoneural.backend.Backends;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.compare.Comparison;
import org.autoneural.compare.Departure;
import org.autoneural.compare.DepartureReport;
import org.autoneural.compare.Dump;
import org.autoneural.compare.DumpWriter;
import org.autoneural.qnn.TestDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole built-in model as context binaries, compiled and run through the native binding with the test double, which computes
 * each op with its own loops from the encodings it was given; beside the simulator.
 */
@EnabledOnOs(OS.LINUX)
class QnnModelTest {
    private static final String TARGET = "qnn-sa8295p";
    private static final String DESCRIBE = "What do you see?";
    /**
     * Greatest departure of an op evaluated on the double's own operands, in steps. Everything not named here differs by the rounding
     * of exact halves and of scales, one step.
     */
    private static final Map<String, Long> ALLOWED_STEPS = Map.of(
            // The gain is rounded to 8 bits for v68 (MAP-GAMMA8): by half of a 255th of the greatest gain.
            "rms_norm", 40L,
            // The double computes GELU and sigmoid exactly, the simulator by interpolated tables; SiLU is sigmoid and product.
            "activation", 4L,
            // Causal scores are stored in a wider range, so in coarser steps (MAP-CAUSAL).
            "softmax", 8L,
            // Two products and a sum on the device, each rounded, where the simulator rounds once.
            "rope", 2L);
    @TempDir
    static Path folder;
    private static CompiledModel simulator;
    private static CompiledModel device;

    @BeforeAll
    static void compile() {
        Path compiledForSim = CompiledCockpit.small();
        for (String library : List.of("backend", "system")) {
            System.setProperty("autoneural.qnn." + library, TestDouble.library().toString());
        }
        System.setProperty("autoneural.qnn.tensors", "all");
        Path file = folder.resolve("device.npu");
        try (Artifact artifact = Artifact.open(compiledForSim)) {
            Backends.Choice target = Backends.target(TARGET);
            CompiledProgram compiled = target.backend().compile(artifact.program(), target.target());
            Map<String, String> metadata = new TreeMap<>(artifact.metadata());
            metadata.put(MetadataKeys.TARGET, TARGET);
            Map<String, ByteBuffer> files = new TreeMap<>();
            artifact.files().forEach(name -> files.put(name, artifact.file(name).orElseThrow()));
            ArtifactWriter.write(file, ArtifactContent.of(compiled, metadata, files));
        }
        simulator = CompiledModel.load(compiledForSim);
        device = CompiledModel.load(file);
    }

    @AfterAll
    static void close() {
        for (String property : List.of("backend", "system", "tensors")) {
            System.clearProperty("autoneural.qnn." + property);
        }
        simulator.close();
        device.close();
        assertThat(TestDouble.live()).isZero();
    }

    private static byte[] picture() {
        return simulator.preprocessing().read(CockpitTiny.samplePicture());
    }

    private static String ask(Conversation conversation, String question) {
        return conversation.ask(question).about(picture()).with(device.generation()).answer().text();
    }

    @Test
    void answersInTheSimulatorsWords() {
        assertThat(device.kernels()).startsWith("AUTONEURAL_TEST_DOUBLE");
        for (String question : List.of(DESCRIBE, "What gear is the car in?", "Is a turn indicator on?")) {
            try (Conversation expected = simulator.newConversation(); Conversation found = device.newConversation()) {
                assertThat(ask(found, question)).as(question).isEqualTo(ask(expected, question));
            }
        }
    }

    /** Each op on the operands that the double had, and the three entry points from end to end. */
    @Test
    void everyTensorIsNearTheSimulators(@TempDir Path dumps) {
        DumpWriter dump = DumpWriter.create(dumps.resolve("run"), "test double");
        try (Conversation conversation = device.newConversation(dump)) {
            ask(conversation, DESCRIBE);
        }
        dump.finish();
        DepartureReport report = Comparison.of(device.program(), Dump.open(dumps.resolve("run")), 0);
        Map<String, Departure> worst = new TreeMap<>();
        Map<String, Integer> tensors = new HashMap<>();
        for (Departure d : report.departures()) {
            worst.merge(d.op(), d, (a, b) -> a.maxSteps() >= b.maxSteps() ? a : b);
            tensors.merge(d.op(), 1, Integer::sum);
        }
        report.runs().forEach(run -> System.out.printf("%s: %d of %d tensors compared%n", run.entryPoint(), run.compared(), run.computed()));
        worst.forEach((op, d) -> System.out.printf("%-16s %3d tensors depart, by at most %d steps (%s %%%s)%n", op, tensors.get(op), d.maxSteps(),
                d.entryPoint(), d.value()));
        assertThat(report.runs()).hasSize(3).allSatisfy(run -> assertThat(run.compared()).isGreaterThanOrEqualTo(run.computed() - 2));
        worst.forEach((op, d) -> assertThat(d.maxSteps()).as(op + " " + d.value()).isLessThanOrEqualTo(ALLOWED_STEPS.getOrDefault(op, 1L)));
    }

    @Test
    void featuresAndLogitsAreNearTheSimulatorsFromEndToEnd() {
        try (Session expected = simulator.newSession(); Session found = device.newSession()) {
            byte[] picture = picture();
            compare("features", expected.look(picture).rows(), found.look(picture).rows());
            int[] ids = simulator.tokenizer().encode("What gear is the car in?");
            expected.feed(ids);
            found.feed(ids);
            compare("logits of prefill", expected.logits(), found.logits());
            for (int step = 0; step < 3; step++) {
                expected.feed(ids[step]);
                found.feed(ids[step]);
            }
            compare("logits of decode", expected.logits(), found.logits());
            // A snapshot of the device's states goes to the simulator and back: they are the same tensors.
            Snapshot snapshot = found.snapshot();
            found.feed(ids[0]);
            TensorBuffer once = found.logits().copy();
            found.restore(snapshot);
            found.feed(ids[0]);
            assertThat(found.logits().toInts()).isEqualTo(once.toInts());
        }
    }

    /** The mean departure is below a hundredth of the greatest value. */
    private static void compare(String name, TensorBuffer expected, TensorBuffer found) {
        int n = (int) expected.elements();
        long most = 0;
        long largest = 0;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            long d = Math.abs(expected.getLong(i) - found.getLong(i));
            most = Math.max(most, d);
            largest = Math.max(largest, Math.abs(expected.getLong(i)));
            sum += d;
        }
        System.out.printf("%s: at most %d steps, %.1f on average, of values up to %d%n", name, most, sum / n, largest);
        assertThat(sum / n).as(name).isLessThan(largest / 100.0);
    }
}

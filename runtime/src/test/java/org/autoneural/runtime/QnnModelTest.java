package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.autoneural.CompiledCockpit;
import org.autoneural.artifact.Artifact;
import org.autoneural.artifact.ArtifactContent;
import org.autoneural.artifact.ArtifactWriter;
import org.autoneural.artifact.MetadataKeys;
import org.autoneural.backend.Backends;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.compare.Comparison;
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
 * with its own loops; beside the simulator.
 */
@EnabledOnOs(OS.LINUX)
class QnnModelTest {
    private static final String TARGET = "qnn-sa8295p";
    @TempDir
    static Path folder;
    private static CompiledModel simulator;
    private static CompiledModel device;

    @BeforeAll
    static void compile() {
        for (String library : List.of("backend", "system")) {
            System.setProperty("autoneural.qnn." + library, TestDouble.library().toString());
        }
        System.setProperty("autoneural.qnn.tensors", "all");
        Path file = folder.resolve("device.npu");
        long t0 = System.nanoTime();
        try (Artifact artifact = Artifact.open(CompiledCockpit.small())) {
            Backends.Choice target = Backends.target(TARGET);
            CompiledProgram compiled = target.backend().compile(artifact.program(), target.target());
            Map<String, String> metadata = new TreeMap<>(artifact.metadata());
            metadata.put(MetadataKeys.TARGET, TARGET);
            Map<String, ByteBuffer> files = new TreeMap<>();
            artifact.files().forEach(name -> files.put(name, artifact.file(name).orElseThrow()));
            ArtifactWriter.write(file, ArtifactContent.of(compiled, metadata, files));
        }
        System.out.printf("compiled contexts in %d ms%n", (System.nanoTime() - t0) / 1_000_000);
        simulator = CompiledModel.load(CompiledCockpit.small());
        t0 = System.nanoTime();
        device = CompiledModel.load(file);
        System.out.printf("loaded in %d ms%n", (System.nanoTime() - t0) / 1_000_000);
    }

    @AfterAll
    static void close() {
        simulator.close();
        device.close();
        for (String property : List.of("backend", "system", "tensors")) {
            System.clearProperty("autoneural.qnn." + property);
        }
        assertThat(TestDouble.live()).isZero();
    }

    @Test
    void answersInTheSimulatorsWords() {
        byte[] picture = simulator.preprocessing().read(CockpitTiny.samplePicture());
        for (String question : List.of("What do you see?", "What gear is the car in?")) {
            long t0 = System.nanoTime();
            String expected = ask(simulator, question, picture);
            long t1 = System.nanoTime();
            String found = ask(device, question, picture);
            System.out.printf(Locale.ROOT, "%s | sim %d ms, double %d ms: %s%n", question, (t1 - t0) / 1_000_000, (System.nanoTime() - t1) / 1_000_000, found);
            assertThat(found).isEqualTo(expected);
        }
    }

    private static String ask(CompiledModel model, String question, byte[] picture) {
        try (Conversation conversation = model.newConversation()) {
            return conversation.ask(question, List.of(picture), model.generation(), text -> { }, new Cancellation()).text();
        }
    }

    @Test
    void everyTensorIsNearTheSimulators(@TempDir Path dumps) throws Exception {
        byte[] picture = simulator.preprocessing().read(CockpitTiny.samplePicture());
        DumpWriter dump = DumpWriter.create(dumps.resolve("d"), "test double");
        try (
Conversation conversation = device.newConversation(dump)) {
            conversation.ask("What do you see?", List.of(picture), device.generation(), text -> { }, new Cancellation());
            dump.finish();
        }
        System.out.println(Comparison.of(device.program(), Dump.open(dumps.resolve("d")), 0).text());
    }
}

package org.autoneural.qnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.autoneural.backend.BackendException;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.ir.Program;
import org.autoneural.qnn.binding.ShimObjects;
import org.autoneural.qnn.map.MappingCases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class QnnExecutableTest {
    private final Program program = new Program(List.of(MappingCases.named("add")));
    private final DoubleBackend backend = new DoubleBackend();

    @AfterEach
    void nothingIsLeft() {
        TestDouble.api(39);
        assertThat(TestDouble.live()).isZero();
        assertThat(ShimObjects.live()).isZero();
    }

    @Test
    void theManifestTellsWhoMadeTheBinariesForWhatAndFromWhat() {
        TestDouble.api(18);
        Manifest manifest = Manifest.read(backend.compile(program).files().get(Manifest.FILE));
        assertThat(manifest.provider()).isEqualTo("AUTONEURAL_TEST_DOUBLE");
        assertThat(manifest.buildId()).contains("not Qualcomm's");
        assertThat(manifest.core().toString()).isEqualTo("2.18.0");
        assertThat(manifest.backendApi().toString()).isEqualTo("5.18.0");
        assertThat(manifest.soc()).isEqualTo(39);
        assertThat(manifest.arch()).isEqualTo(68);
        assertThat(manifest.program()).isEqualTo(ProgramHash.of(program));
        assertThat(manifest.contexts()).singleElement().satisfies(c -> assertThat(c.graphs()).singleElement().satisfies(g ->
                assertThat(g.inputs()).allSatisfy(t -> assertThat(t.scale()).isPresent())));
        assertThat(Manifest.read(manifest.write())).isEqualTo(manifest);
    }

    @Test
    void anOlderLibraryThanTheOneThatCompiledIsRefusedWithBothVersions() {
        CompiledProgram compiled = backend.compile(program);
        TestDouble.api(18);
        assertThatThrownBy(() -> backend.load(compiled)).isInstanceOf(BackendException.class).hasMessageContaining("compiled with SDK 2.39")
                .hasMessageContaining("SDK 2.18").hasMessageContaining("2.39.0").hasMessageContaining("2.18.0");
        TestDouble.api(18);
        CompiledProgram older = backend.compile(program);
        TestDouble.api(39);
        backend.load(older).close();
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeABinaryIsTouched() {
        CompiledProgram compiled = backend.compile(program);
        refused(with(compiled, json -> json.replace("\"soc\" : 39", "\"soc\" : 37")), "SoC 37", "SoC 39");
        refused(with(compiled, json -> json.replace("\"arch\" : 68", "\"arch\" : 73")), "HTP v73", "HTP v68");
        refused(with(compiled, json -> json.replace("\"version\" : 1", "\"version\" : 2")), "version 2", "reads 1");
        refused(with(compiled, json -> "{"), "manifest.json");
        refused(with(compiled, json -> json.replace("\"contexts\"", "\"context\"")), "no list 'contexts'");
        refused(new CompiledProgram(new Program(List.of(MappingCases.named("mul"))), compiled.files()), "other integer graphs");
        refused(CompiledProgram.of(program), "manifest.json");
    }

    @Test
    void otherTensorsThanTheManifestSaysAreRefused() {
        CompiledProgram compiled = backend.compile(program);
        refused(with(compiled, json -> json.replaceFirst("\"offset\" : -32768", "\"offset\" : -32767")), "other encodings");
    }

    private void refused(CompiledProgram compiled, String... words) {
        assertThatThrownBy(() -> backend.load(compiled)).isInstanceOf(BackendException.class).hasMessageContainingAll(words);
    }

    private static CompiledProgram with(CompiledProgram compiled, UnaryOperator<String> change) {
        Map<String, ByteBuffer> files = new HashMap<>(compiled.files());
        String before = StandardCharsets.UTF_8.decode(files.get(Manifest.FILE).duplicate()).toString();
        String after = change.apply(before);
        assertThat(after).isNotEqualTo(before);
        files.put(Manifest.FILE, ByteBuffer.wrap(after.getBytes(StandardCharsets.UTF_8)));
        return CompiledProgram.of(compiled.program(), files);
    }

    @Test
    void runsAreTraced(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("trace.json");
        backend.trace(file);
        try (QnnExecutable executable = backend.load(backend.compile(program)); ExecutionContext context = executable.newContext()) {
            String main = program.entryPoints().get(0).name();
            context.run(main);
            context.run(main);
        }
        JsonNode trace = new ObjectMapper().readTree(file.toFile());
        assertThat(trace).hasSize(2);
        assertThat(trace.get(0).path("args").path("events").findValuesAsText("type")).containsExactly("3004", "3001");
        assertThat(trace.get(1).path("ts").asDouble()).isGreaterThan(trace.get(0).path("ts").asDouble());
    }

    /** s16 values go out as U16 and come back. */
    @Test
    void aRunReadsAndWritesTheIntegersOfTheGraph() {
        try (QnnExecutable executable = backend.load(backend.compile(program)); ExecutionContext context = executable.newContext()) {
            var graph = program.entryPoints().get(0);
            TensorBuffer a = context.input(graph.name(), graph.inputs().get(0));
            TensorBuffer b = context.input(graph.name(), graph.inputs().get(1));
            double expected = 0;
            for (TensorBuffer in : List.of(a, b)) {
                in.fill(in == a ? -100 : 250);
                expected += in.getLong(0) * in.type().quant().orElseThrow().scale();
            }
            context.run(graph.name());
            TensorBuffer y = context.output(graph.name(), graph.outputs().get(0));
            assertThat(y.getLong(0)).isEqualTo(Math.round(expected / y.type().quant().orElseThrow().scale()));
            assertThat(context.sizeBytes()).isPositive();
            assertThatThrownBy(() -> context.input(graph.name(), "none")).hasMessageContaining(graph.inputs().toString());
            assertThatThrownBy(() -> context.run("none")).hasMessageContaining(graph.name());
        }
    }

    @Test
    void whatIsClosedSaysSo() {
        String main = program.entryPoints().get(0).name();
        QnnExecutable executable = backend.load(backend.compile(program));
        ExecutionContext first = executable.newContext();
        ExecutionContext second = executable.newContext();
        first.close();
        assertThatThrownBy(() -> first.run(main)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        second.run(main);
        executable.close();
        assertThatThrownBy(() -> second.run(main)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(executable::newContext).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        second.close();
        executable.close();
    }

    @Test
    void settingsOutOfRangeNameTheProperty() {
        for (String[] wrong : new String[][] {{"log", "9"}, {"optimization", "x"}, {"tensors", "some"}}) {
            assertThatThrownBy(() -> new DoubleBackend().set(wrong[0], wrong[1]).settings()).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("autoneural.qnn." + wrong[0]).hasMessageContaining(wrong[1]);
        }
        QnnSettings plain = QnnSettings.of(name -> Optional.empty(), Optional.of("/sdk"), "aarch64");
        assertThat(plain.sdk()).contains(Path.of("/sdk"));
        assertThat(plain.driver(DoubleBackend.HTP.soc()).offline()).isFalse();
        assertThat(new DoubleBackend().settings().driver(DoubleBackend.HTP.soc()).offline()).isTrue();
    }
}

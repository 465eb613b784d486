package org.autoneural.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.autoneural.CompiledCockpit;
import org.autoneural.artifact.Artifact;
import org.autoneural.artifact.Segment;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.text.IrPrinter;
import org.autoneural.quantizer.encoding.AimetVersion;
import org.autoneural.quantizer.encoding.AimetWriter;
import org.autoneural.quantizer.encoding.EncodingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built-in model's encodings out into AIMET's files and in again. */
class EncodingsRoundTripTest {
    @TempDir
    Path folder;

    private Path export(Path model, AimetVersion version) throws IOException {
        try (Artifact artifact = Artifact.open(model)) {
            return Files.writeString(folder.resolve(version.format() + ".encodings"), AimetWriter.write(artifact.program(), version));
        }
    }

    private Path compile(Path encodings) throws IOException {
        Path file = folder.resolve(encodings.getFileName() + ".npu");
        return compile(nearest().withEncodings(new GivenEncodings(encodings, Optional.empty(), false)), file);
    }

    private static Path compile(CompileOptions options, Path file) {
        try (Compiler compiler = new Compiler(options, Progress.silent())) {
            compiler.compile(file);
        }
        return file;
    }

    /** Encodings say nothing of weights that an algorithm rounded otherwise than to nearest. */
    private CompileOptions nearest() throws IOException {
        Path recipe = folder.resolve("nearest.json");
        Files.writeString(recipe, """
                {"name": "nearest", "rules": [{"rounding": "nearest", "biasCorrection": false}]}""");
        return CompiledCockpit.few().withRecipe(recipe.toString());
    }

    /** Text of all graphs, with every origin the same. */
    private static String text(Artifact artifact) {
        return artifact.program().entryPoints().stream().map(IrPrinter::print).collect(Collectors.joining())
                .replaceAll(", (observer|rule|propagated|tied|import)}", "}");
    }

    /**
     * What was compiled from observed ranges and from the file made of it differ in origins alone; from the file of the second, the
     * same bytes come out, whatever the version of the file.
     */
    @Test
    void exportedEncodingsCompileToTheSameArtifact() throws IOException {
        Path observed = compile(nearest(), folder.resolve("observed.npu"));
        Path first = compile(export(observed, AimetVersion.V1_0_0));
        try (Artifact before = Artifact.open(observed); Artifact after = Artifact.open(first)) {
            assertThat(text(after)).isEqualTo(text(before));
            for (Graph graph : before.program().entryPoints()) {
                graph.constants().forEach((name, data) -> assertThat(Tensor.copyOf(after.program().entryPoint(graph.name()).constant(name)
                        .orElseThrow()).equals(Tensor.copyOf(data))).as(name).isTrue());
                assertThat(after.program().entryPoint(graph.name()).types().values()).flatExtracting(t -> t.quant().stream().toList())
                        .extracting(q -> q.origin()).doesNotContain(Origin.OBSERVER, Origin.RULE).contains(Origin.IMPORT, Origin.PROPAGATED);
            }
            assertThat(after.segments()).extracting(Segment::name, Segment::sizeBytes)
                    .containsExactlyElementsOf(before.segments().stream().map(s -> org.assertj.core.groups.Tuple.tuple(s.name(), s.sizeBytes())).toList());
        }
        byte[] bytes = Files.readAllBytes(first);
        for (AimetVersion version : AimetVersion.values()) {
            assertThat(Files.readAllBytes(compile(export(first, version)))).as(version.format()).isEqualTo(bytes);
        }
    }

    /** Algorithms of the recipe round the weights again, and the same way. */
    @Test
    void theDefaultRecipesWeightsAreRoundedAlike() throws IOException {
        Path again = compile(CompiledCockpit.few().withEncodings(new GivenEncodings(export(CompiledCockpit.small(), AimetVersion.V2_0_0),
                Optional.empty(), false)), folder.resolve("again.npu"));
        try (Artifact before = Artifact.open(CompiledCockpit.small()); Artifact after = Artifact.open(again)) {
            assertThat(text(after)).isEqualTo(text(before));
            for (Graph graph : before.program().entryPoints()) {
                graph.constants().forEach((name, data) -> assertThat(Tensor.copyOf(after.program().entryPoint(graph.name()).constant(name)
                        .orElseThrow()).equals(Tensor.copyOf(data))).as(name).isTrue());
            }
        }
    }

    /** A file of another tool speaks of the checkpoint's weights: norm gains are not folded into them, layer scales change the scales. */
    @Test
    void otherToolsMeanTheWeightsOfTheCheckpoint() throws IOException {
        String weight = "model.layers.0.conv.in_proj.weight";
        // 1/sqrt(32) is folded into the rows of this one
        String scaled = "model.vision_tower.timm_model.blocks.2.3.attn.query.proj.weight";
        Path file = Files.writeString(folder.resolve("qat.encodings"), """
                {"version": "1.0.0", "activation_encodings": [], "param_encodings": [{"name": "%s", "enc_type": "PER_TENSOR",
                 "dtype": "INT", "bw": 8, "is_sym": true, "scale": [0.001], "offset": [-128]},
                 {"name": "%s", "enc_type": "PER_TENSOR", "dtype": "INT", "bw": 8, "is_sym": true, "scale": [0.001], "offset": [-128]}]}
                """.formatted(weight, scaled));
        try (Checkpoint checkpoint = Checkpoint.open(CockpitTiny.checkpoint()); Compiler compiler = new Compiler(
                CompiledCockpit.few().withEncodings(new GivenEncodings(file, Optional.empty(), true)), Progress.silent())) {
            Program quantized = compiler.quantized();
            Graph decode = quantized.entryPoint("decode");
            assertThat(decode.type(weight).quant().orElseThrow().origin()).isEqualTo(Origin.IMPORT);
            assertThat(decode.type(weight).quant().orElseThrow().scale(5)).isEqualTo(0.001);
            assertThat(decode.constant(weight).orElseThrow().toFloats()).isEqualTo(checkpoint.tensor(weight).toFloats());
            assertThat(quantized.entryPoint("vision").type(scaled).quant().orElseThrow().scale(3)).isCloseTo(0.001 / Math.sqrt(32), within(1e-10));
        }
        try (Compiler compiler = new Compiler(CompiledCockpit.few().withEncodings(new GivenEncodings(file, Optional.empty(), false)),
                Progress.silent())) {
            assertThatThrownBy(compiler::quantized).isInstanceOf(EncodingsException.class).hasMessageContaining("QT023 at encodings " + file)
                    .hasMessageContaining("--calibrate-missing").hasMessageContaining(" more");
        }
    }
}

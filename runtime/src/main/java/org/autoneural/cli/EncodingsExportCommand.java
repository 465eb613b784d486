package org.autoneural.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.autoneural.artifact.Artifact;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.Compiler;
import org.autoneural.quantizer.encoding.AimetVersion;
import org.autoneural.quantizer.encoding.AimetWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural encodings export}. */
@Command(name = "export", sortOptions = false, header = "Write the encodings of a model as AIMET does.",
        description = {"", "Of a compiled file, or of a checkpoint, which is calibrated first. Weights are those of the compiled graph: norm"
            + " gains and layer scales are folded in. compile --encodings makes the same integers of the file again, where the recipe"
            + " rounds weights to nearest.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural encodings export model.npu -o model.encodings",
            "  autoneural encodings export cockpit-tiny --recipe w8a16 --format aimet-0.6.1"})
final class EncodingsExportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "A model: " + ModelSource.DESCRIPTION + ".")
    private String name;

    @Option(names = "--format", paramLabel = "NAME", description = "aimet-0.6.1, aimet-1.0 (default) or aimet-2.0.")
    private String format = AimetVersion.V1_0_0.format();

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "The file to write. Default: standard output.")
    private Optional<Path> output;

    @Option(names = "--recipe", paramLabel = "NAME|FILE", description = "Quantize a checkpoint with this recipe.")
    private Optional<String> recipe;

    @Option(names = {"-q", "--quiet"}, description = "Show no progress.")
    private boolean quiet;

    @Mixin
    private CommonOptions common;

    EncodingsExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        AimetVersion version = AimetVersion.parse(format);
        ModelSource source = ModelSource.of(name);
        if (recipe.isPresent() && source.isCompiled()) {
            throw new UsageException("encodings export: --recipe only matters when a checkpoint is quantized");
        }
        if (output.isPresent()) {
            WholeFile.requirePlace(output.get());
        }
        String text = source.isCompiled() ? ofArtifact(source.path(), version) : ofCheckpoint(source, version);
        if (output.isPresent()) {
            WholeFile.write(output.get(), text.getBytes(StandardCharsets.UTF_8));
        } else {
            console.out().print(text);
            console.out().flush();
        }
        return ExitCode.OK;
    }

    private static String ofArtifact(Path file, AimetVersion version) {
        try (Artifact artifact = Artifact.open(file)) {
            return AimetWriter.write(artifact.program(), version);
        }
    }

    private String ofCheckpoint(ModelSource source, AimetVersion version) {
        CompileOptions options = source.options(console);
        ProgressBar progress = console.progress(quiet);
        try (Compiler compiler = new Compiler(recipe.map(options::withRecipe).orElse(options), progress)) {
            return AimetWriter.write(compiler.quantized(), version);
        } finally {
            progress.clear();
        }
    }
}

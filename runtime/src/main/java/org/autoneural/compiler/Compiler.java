package org.autoneural.compiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.autoneural.artifact.ArtifactContent;
import org.autoneural.artifact.ArtifactWriter;
import org.autoneural.artifact.MetadataKeys;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.backend.Diagnostic;
import org.autoneural.backend.Survey;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.checkpoint.WeightCheck;
import org.autoneural.ir.Meter;
import org.autoneural.ir.Program;
import org.autoneural.ir.Stage;
import org.autoneural.ir.interpret.FastFloatInterpreter;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;
import org.autoneural.ir.text.IrPrinter;
import org.autoneural.model.VisionLanguageModel;
import org.autoneural.quantizer.Quantization;
import org.autoneural.quantizer.encoding.EncodingsFile;
import org.autoneural.quantizer.encoding.FoldedFactors;
import org.autoneural.quantizer.lower.Lowering;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.recipe.RecipeJson;

/**
 * The driver: checkpoint to {@code model.npu}, stage by stage. Everything that compiles (command line, Maven plugin, tests)
 * calls it. Each stage is a method, a pure function of the options; use one instance for one compilation.
 */
public final class Compiler implements AutoCloseable {
    /** Version of the compiler as artifacts record it. */
    public static final String VERSION = "0.1.0";

    private final CompileOptions options;
    private final Progress progress;
    private final PassManager.Observer passes;
    private final Backends.Choice target;
    private final Recipe recipe;
    private final Optional<EncodingsFile> encodings;
    private final Checkpoint checkpoint;
    /** What the target's limits changed in quantizing. */
    private final List<Diagnostic> notes = new ArrayList<>();

    /**
     * Checks the options and opens the checkpoint.
     *
     * @throws IllegalArgumentException when target or recipe are unknown, or the encodings file is wrong
     * @throws org.autoneural.checkpoint.CheckpointException when the checkpoint cannot be read
     */
    public Compiler(CompileOptions options, Progress progress) {
        this(options, progress, (pass, before, after, nanos) -> { });
    }

    /** A compiler that shows the graph after every pass to {@code passes}, with the time the pass took. */
    public Compiler(CompileOptions options, Progress progress, PassManager.Observer passes) {
        this.options = options;
        this.passes = passes;
        this.progress = progress;
        this.target = Backends.target(options.target());
        this.recipe = recipe(options.recipe());
        this.encodings = options.encodings().map(GivenEncodings::read);
        this.checkpoint = Checkpoint.open(options.checkpoint());
    }

    /**
     * Compiles {@code options} to a file, which appears whole or not at all; tells nobody how far it is.
     *
     * @throws IllegalArgumentException when target or recipe are unknown, or the encodings file is wrong
     * @throws org.autoneural.checkpoint.CheckpointException when the checkpoint cannot be read
     * @throws CompileException when the target refuses the program; the message lists every diagnostic
     * @throws org.autoneural.artifact.ArtifactException when {@code output} cannot be written
     */
    public static CompileReport compile(CompileOptions options, Path output) {
        try (Compiler compiler = new Compiler(options, Progress.silent())) {
            return compiler.compile(output);
        }
    }

    Recipe recipe() {
        return recipe;
    }

    private static Recipe recipe(String nameOrFile) {
        if (!nameOrFile.endsWith(".json")) {
            return Recipe.preset(nameOrFile);
        }
        try {
            return RecipeJson.parse(nameOrFile, Files.readString(Path.of(nameOrFile)));
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("there is no recipe file " + nameOrFile + "; presets: "
                    + Recipe.presets().stream().map(Recipe::name).toList(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read recipe " + nameOrFile + ": " + e.getMessage(), e);
        }
    }

    /** FLOAT, as the builders make it. */
    public Program floatProgram() {
        List<String> tensors = checkpoint.tensors();
        for (int i = 0; i < tensors.size(); i++) {
            WeightCheck.requireFinite(checkpoint.tensor(tensors.get(i)));
            progress.at("checking the weights", i + 1, tensors.size());
        }
        return build();
    }

    private Program build() {
        int limit = checkpoint.config().getPositiveInt("text_config.max_position_embeddings", CompileOptions.MAX_DEFAULT_CONTEXT);
        int context = options.context().orElse(Math.min(limit, CompileOptions.MAX_DEFAULT_CONTEXT));
        return VisionLanguageModel.open(checkpoint).floatProgram(
                new VisionLanguageModel.Options(Math.min(options.chunk(), context), context, options.pictureSize()));
    }

    /** FLOAT after the standard passes; without the fold of norm gains when an encodings file speaks of the checkpoint's weights. */
    public Program optimized() {
        boolean own = encodings.map(EncodingsFile::ours).orElse(true);
        return new PassManager(own ? Passes.standard() : Passes.keepingColumns(), passes).run(floatProgram());
    }

    /** QUANTIZED: calibrated and encoded. */
    public Program quantized() {
        return quantization().program();
    }

    /** What {@link #quantized} gives, with the float programs that it was made from. */
    Quantization.Result quantization() {
        // Before the long work, not after it.
        if (options.encodings().isEmpty()) {
            CalibrationData.questions(checkpoint, options.calibration());
        }
        Program program = optimized();
        Quantization quantization = new Quantization(recipe, capabilities(), () -> samples(program), FastFloatInterpreter::new, progress::at);
        Quantization.Result result = encodings.map(file -> quantizedWith(file, quantization, program)).orElseGet(() -> quantization.run(program));
        notes.addAll(result.notes());
        return result;
    }

    /** A file of ours is of a run by the recipe; another tool's was made for the checkpoint's weights as they are. */
    private Quantization.Result quantizedWith(EncodingsFile file, Quantization quantization, Program program) {
        boolean calibrateMissing = options.encodings().orElseThrow().calibrateMissing();
        if (file.ours()) {
            return quantization.runAgain(program, plan -> plan.use(file, calibrateMissing));
        }
        EncodingsFile followed = FoldedFactors.follow(file, floatProgram(), program);
        return quantization.runWith(program, plan -> plan.use(followed, calibrateMissing));
    }

    Capabilities capabilities() {
        return target.backend().capabilities(target.target());
    }

    List<CalibrationSample> samples(Program program) {
        return CalibrationData.read(checkpoint, program, options.calibration());
    }

    /** INTEGER, before the back end. */
    public Program integer() {
        return integer(quantized());
    }

    /** INTEGER, of what {@link #quantized} gave. */
    Program integer(Program quantized) {
        return new PassManager(Passes.integer(), passes).run(Lowering.lower(quantized, meter("lowering to integers")));
    }

    private Meter meter(String step) {
        return (done, total) -> progress.at(step, done, total);
    }

    /**
     * What the target makes of the model, from its structure alone: seconds, whatever the size, as no weight is read and nothing
     * is calibrated.
     */
    public Survey survey() {
        Program program = StructuralModel.integer(build(), recipe, target.backend().capabilities(target.target()));
        return target.backend().survey(program, target.target());
    }

    /** The textual form of all entry points at {@code stage}. */
    public String print(Stage stage) {
        Program program = switch (stage) {
            case FLOAT -> optimized();
            case QUANTIZED -> quantized();
            case INTEGER -> integer();
        };
        return program.entryPoints().stream().map(IrPrinter::print).collect(Collectors.joining("\n"));
    }

    /**
     * Compiles to a file, which appears whole or not at all.
     *
     * @throws CompileException when the target refuses the program; the message lists every diagnostic
     * @throws org.autoneural.artifact.ArtifactException when {@code output} cannot be written
     */
    public CompileReport compile(Path output) {
        ArtifactWriter.requirePlace(output);
        target.backend().unavailable(target.target()).ifPresent(why -> {
            throw new UnsupportedOperationException(why);
        });
        Program program = integer();
        List<Diagnostic> findings = target.backend().check(program, target.target());
        if (findings.stream().anyMatch(d -> d.severity() == Diagnostic.Severity.ERROR)) {
            throw new CompileException(target.target().name(), findings);
        }
        CompiledProgram compiled = target.backend().compile(program, target.target());
        ArtifactWriter.write(output, ArtifactContent.of(compiled, metadata(compiled.program()), files()),
                meter("writing " + output.getFileName()));
        return report(output, compiled.program(), Stream.concat(notes.stream(), findings.stream()).toList());
    }

    private Map<String, String> metadata(Program program) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(MetadataKeys.MODEL, checkpoint.folder().toAbsolutePath().normalize().getFileName().toString());
        metadata.put(MetadataKeys.RECIPE, recipe.name());
        metadata.put(MetadataKeys.TARGET, target.target().name());
        metadata.put(MetadataKeys.CHUNK, String.valueOf(program.entryPoint("prefill").type("ids").shape().dim(0)));
        int context = CalibrationData.context(program);
        if (context < Integer.MAX_VALUE) {
            metadata.put(MetadataKeys.CONTEXT, String.valueOf(context));
        }
        metadata.put(MetadataKeys.COMPILER, VERSION);
        return metadata;
    }

    /** Tokenizer and settings travel inside the artifact. */
    private Map<String, ByteBuffer> files() {
        Map<String, ByteBuffer> files = new TreeMap<>();
        for (String name : List.of("config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json",
                "tokenizer_config.json")) {
            Path file = checkpoint.folder().resolve(name);
            if (Files.exists(file)) {
                try {
                    files.put(name, ByteBuffer.wrap(Files.readAllBytes(file)));
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
                }
            }
        }
        return files;
    }

    private static CompileReport report(Path output, Program program, List<Diagnostic> findings) {
        try {
            long size = Files.size(output);
            List<String> lines = new ArrayList<>();
            program.entryPoints().forEach(g -> lines.add(g.name() + ": " + g.nodes().size() + " integer nodes"));
            findings.forEach(d -> lines.add(d.toString()));
            return new CompileReport(output, size, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + output + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}

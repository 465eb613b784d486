package org.autoneural.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.CompileReport;
import org.autoneural.compiler.Compiler;
import org.autoneural.compiler.GivenEncodings;
import org.autoneural.ir.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural compile}. */
@Command(name = "compile", sortOptions = false, header = "Compile a checkpoint to a model.npu.",
        description = {"", "Reads the checkpoint, calibrates on its questions, quantizes, lowers to integers and writes one file that"
            + " holds all that running needs. The file appears whole or not at all, and the same input gives the same bytes.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural compile cockpit-tiny -o cockpit.npu",
            "  autoneural compile my-checkpoint -o model.npu --recipe w8a16 --calibration qa.jsonl",
            "  autoneural compile cockpit-tiny --stop-after integer -o model.ir"})
final class CompileCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "CHECKPOINT", description = "A folder with config.json, model.safetensors and tokenizer.json, or the"
            + " built-in @|bold cockpit-tiny|@ or @|bold cockpit-tiny-baseline|@.")
    private String checkpoint;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "The file to write.")
    private Optional<Path> output;

    @Option(names = "--recipe", paramLabel = "NAME|FILE", description = "What gets how many bits: w8a16-w4a16 (8-bit vision and 4-bit"
            + " language weights, 16-bit activations; the default), w8a8, w4a16-max-accuracy, w8a16, or a JSON file.")
    private Optional<String> recipe;

    @Option(names = "--calibration", paramLabel = "FILE", description = "Typical questions about pictures, one JSON object a line with"
            + " image, question and answer; lines of split calib only where lines name splits. Default: eval/qa.jsonl of the checkpoint.")
    private Optional<Path> calibration;

    @Option(names = "--encodings", paramLabel = "FILE", description = "Encodings of every tensor from AIMET (JSON 0.6.1, 1.0.0, 2.0.0) or"
            + " @|bold encodings export|@, instead of calibration.")
    private Optional<Path> encodings;

    @Option(names = "--encodings-map", paramLabel = "FILE", description = "JSON object from names in that file to names here, or to null.")
    private Optional<Path> encodingsMap;

    @Option(names = "--calibrate-missing", description = "Calibrate tensors that the encodings lack; otherwise each is an error.")
    private boolean calibrateMissing;

    @Option(names = "--target", paramLabel = "NAME", description = "What to compile for. Default: sim, the bit-exact simulator.")
    private Optional<String> target;

    @Option(names = "--context", paramLabel = "N", description = "Most tokens of a conversation. Default: as the checkpoint says, at most "
            + CompileOptions.MAX_DEFAULT_CONTEXT + ".")
    private Optional<Integer> context;

    @Option(names = "--chunk", paramLabel = "N", description = "Tokens taken in at once. Default: 32.")
    private Optional<Integer> chunk;

    @Option(names = "--picture-size", paramLabel = "N", description = "Height and width in pixels that pictures are resized to."
            + " Default: as the checkpoint says.")
    private Optional<Integer> pictureSize;

    @Option(names = "--stop-after", paramLabel = "STAGE", description = "Print the graphs after float, quantized or integer as text, to"
            + " the output file or to standard output, and stop.")
    private Optional<Stage> stopAfter;

    @Option(names = "--dump-passes", paramLabel = "DIR", description = "Write each graph as text after every pass that changed it to this"
            + " folder, and the time of every pass to passes.txt.")
    private Optional<Path> dumpPasses;

    @Option(names = {"-q", "--quiet"}, description = "Say nothing but errors.")
    private boolean quiet;

    @Option(names = "--json", description = "Report as JSON.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    CompileCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (output.isEmpty() && stopAfter.isEmpty()) {
            throw new UsageException("compile: missing -o FILE, the file to write");
        }
        if (encodings.isEmpty() && (encodingsMap.isPresent() || calibrateMissing)) {
            throw new UsageException("compile: --encodings-map and --calibrate-missing only matter with --encodings FILE");
        }
        output.ifPresent(WholeFile::requirePlace);
        ProgressBar progress = console.progress(quiet);
        PassDump dump = new PassDump(dumpPasses);
        try (Compiler compiler = new Compiler(options(), progress, dump)) {
            if (stopAfter.isPresent()) {
                print(compiler.print(stopAfter.get()));
            } else {
                long start = System.nanoTime();
                report(compiler.compile(output.orElseThrow()), (System.nanoTime() - start) / 1e9);
            }
        } finally {
            progress.clear();
            dump.finish();
        }
        return ExitCode.OK;
    }

    private CompileOptions options() {
        ModelSource source = ModelSource.checkpoint(checkpoint);
        CompileOptions options = calibration.isPresent() ? CompileOptions.of(source.path()).withCalibration(calibration.get())
                : source.options(console);
        options = recipe.map(options::withRecipe).orElse(options);
        options = encodings.map(file -> new GivenEncodings(file, encodingsMap, calibrateMissing)).map(options::withEncodings).orElse(options);
        options = target.map(options::withTarget).orElse(options);
        options = context.map(options::withContext).orElse(options);
        options = chunk.map(options::withChunk).orElse(options);
        return pictureSize.map(options::withPictureSize).orElse(options);
    }

    private void print(String graphs) throws IOException {
        if (output.isPresent()) {
            WholeFile.write(output.get(), graphs.getBytes(StandardCharsets.UTF_8));
        } else {
            console.out().print(graphs);
            console.out().flush();
        }
    }

    private void report(CompileReport report, double seconds) {
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("file", report.file().toString());
            object.put("sizeBytes", report.sizeBytes());
            object.put("seconds", seconds);
            object.put("report", report.lines());
            console.out().println(Json.line(object));
        } else if (!quiet) {
            report.lines().forEach(console.out()::println);
            console.out().println(String.format(Locale.ROOT, "%s: %.1f MB in %.1f s", report.file(), report.sizeBytes() / 1e6, seconds));
        }
    }
}

package org.autoneural.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.LossMeasurement;
import org.autoneural.compiler.QaSet;
import org.autoneural.quantizer.report.LossPage;
import org.autoneural.quantizer.report.LossReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural quantize-report}. */
@Command(name = "quantize-report", sortOptions = false, header = "Show which layer loses how much when a model is quantized.",
        description = {"", "Runs a checkpoint as floats, as floats rounded to the encodings, and as integers, on pictures and questions of"
            + " split test, and compares every tensor. Layers are sorted by what they add themselves, not by what has gathered before"
            + " them (docs/quantization.md).", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural quantize-report cockpit-tiny",
            "  autoneural quantize-report my-checkpoint --recipe w8a8 --html loss.html --json loss.json"})
final class QuantizeReportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "CHECKPOINT", description = "A checkpoint folder, or the built-in @|bold cockpit-tiny|@ or"
            + " @|bold cockpit-tiny-baseline|@.")
    private String name;

    @Option(names = "--recipe", paramLabel = "NAME|FILE", description = "How to quantize. Default: w8a16-w4a16.")
    private Optional<String> recipe;

    @Option(names = "--qa", paramLabel = "FILE", description = "Questions with pictures to compare on. Default: those of the checkpoint.")
    private Optional<Path> questions;

    @Option(names = "--pictures", paramLabel = "N", description = "Look at N pictures, with one question each. Default: 4.")
    private int pictures = 4;

    @Option(names = "--rows", paramLabel = "N", description = "Layers to print. Default: 20.")
    private int rows = 20;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write everything as JSON.")
    private Optional<Path> json;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write one page with plots, readable without a network.")
    private Optional<Path> html;

    @Option(names = {"-q", "--quiet"}, description = "Show no progress.")
    private boolean quiet;

    @Mixin
    private CommonOptions common;

    QuantizeReportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (pictures < 1 || rows < 0) {
            throw new UsageException("quantize-report: --pictures is " + pictures + ", --rows is " + rows + "; allowed: at least 1, and 0");
        }
        json.ifPresent(WholeFile::requirePlace);
        html.ifPresent(WholeFile::requirePlace);
        ModelSource source = ModelSource.checkpoint(name);
        CompileOptions options = source.options(console);
        Path file = questions.or(options::calibration).orElse(source.path().resolve("eval").resolve("qa.jsonl"));
        ProgressBar progress = console.progress(quiet);
        LossReport report;
        try {
            report = LossMeasurement.measure(recipe.map(options::withRecipe).orElse(options), QaSet.read(file).reported(), pictures, progress);
        } finally {
            progress.clear();
        }
        if (json.isPresent()) {
            WholeFile.write(json.get(), (Json.line(report.object()) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        if (html.isPresent()) {
            WholeFile.write(html.get(), LossPage.of(report).getBytes(StandardCharsets.UTF_8));
        }
        console.out().println(report.table(rows));
        return ExitCode.OK;
    }
}

package org.autoneural.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.EncoderError;
import org.autoneural.compiler.QaSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural compare-encoders}. */
@Command(name = "compare-encoders", sortOptions = false, header = "Compare how well vision encoders survive quantization.",
        description = {"", "For each checkpoint: signal to quantization noise of the visual tokens, integers against floats, on the same"
            + " pictures. Pictures of split test are measured, those of split calib calibrate.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural compare-encoders                  the built-in model and its ViT baseline",
            "  autoneural compare-encoders my-checkpoint cockpit-tiny --qa qa.jsonl --recipe w8a8"})
final class CompareEncodersCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..*", paramLabel = "CHECKPOINT", description = "Checkpoint folders or built-in names. Default: cockpit-tiny"
            + " and cockpit-tiny-baseline.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--recipe", paramLabel = "NAME|FILE", description = "How to quantize. Default: w8a16.")
    private String recipe = "w8a16";

    @Option(names = "--qa", paramLabel = "FILE", description = "Questions with the pictures to use. Default: those of cockpit-tiny.")
    private Optional<Path> questions;

    @Option(names = "--pictures", paramLabel = "N", description = "Most pictures to measure on. Default: all of them.")
    private int limit = Integer.MAX_VALUE;

    @Option(names = {"-q", "--quiet"}, description = "Show no progress.")
    private boolean quiet;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    CompareEncodersCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new UsageException("--pictures is " + limit + "; allowed: at least 1");
        }
        if (names.isEmpty()) {
            names = List.of("cockpit-tiny", "cockpit-tiny-baseline");
        }
        Path file = questions.orElseGet(BuiltIn.COCKPIT_TINY::questions);
        List<Path> pictures = QaSet.read(file).reported().pictures().stream().limit(limit).toList();
        ProgressBar progress = console.progress(quiet);
        Map<String, EncoderError> errors = new LinkedHashMap<>();
        try {
            for (String name : names) {
                console.note(quiet, name + ":");
                ModelSource source = ModelSource.checkpoint(name);
                errors.put(name, EncoderError.measure(CompileOptions.of(source.path()).withRecipe(recipe).withCalibration(file), pictures, progress));
            }
        } finally {
            progress.clear();
        }
        console.out().println(json ? Json.line(object(pictures.size(), errors)) : table(pictures.size(), errors));
        return ExitCode.OK;
    }

    private Map<String, Object> object(int pictures, Map<String, EncoderError> errors) {
        Map<String, Object> encoders = new LinkedHashMap<>();
        errors.forEach((name, e) -> encoders.put(name,
                Map.of("sqnrDb", e.sqnrDb(), "worstSqnrDb", e.worstSqnrDb(), "relativeRms", e.relativeRms())));
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("recipe", recipe);
        object.put("pictures", pictures);
        object.put("encoders", encoders);
        return object;
    }

    private String table(int pictures, Map<String, EncoderError> errors) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "Visual tokens, %s against float, means over %d pictures%n%-28s %10s %12s %14s%n", recipe, pictures, "encoder of",
                "SQNR dB", "worst dB", "relative RMS"));
        errors.forEach((name, e) -> text.append(String.format(Locale.ROOT, "%-28s %10.2f %12.2f %13.3f%%%n", name, e.sqnrDb(),
                e.worstSqnrDb(), 100 * e.relativeRms())));
        return text.toString().stripTrailing();
    }
}

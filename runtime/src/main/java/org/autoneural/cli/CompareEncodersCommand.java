package org.autoneural.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.autoneural.compiler.AnswerScorer;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.CompiledAnswers;
import org.autoneural.compiler.EncoderError;
import org.autoneural.compiler.EncoderStatistics;
import org.autoneural.compiler.FloatModel;
import org.autoneural.compiler.LanguageQuality;
import org.autoneural.compiler.QaSet;
import org.autoneural.quantizer.report.ActivationStatistics;
import org.autoneural.runtime.CompiledModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural compare-encoders}. */
@Command(name = "compare-encoders", sortOptions = false, header = "Compare how well vision encoders survive quantization.",
        description = {"", "For each checkpoint and recipe: signal to quantization noise of the visual tokens, integers against floats, on the"
            + " same pictures. Pictures of split test are measured, those of split calib calibrate.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural compare-encoders                  the built-in model and its ViT baseline",
            "  autoneural compare-encoders --recipe w8a16 --recipe w8a8 --questions 100 --statistics",
            "  autoneural compare-encoders my-checkpoint cockpit-tiny --qa qa.jsonl --recipe w8a8"})
final class CompareEncodersCommand implements Callable<Integer> {
    private static final int LISTED = 3;
    private final Console console;

    @Parameters(arity = "0..*", paramLabel = "CHECKPOINT", description = "Checkpoint folders or built-in names. Default: cockpit-tiny"
            + " and cockpit-tiny-baseline.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--recipe", paramLabel = "NAME|FILE", description = "How to quantize; may be given several times. Default: w8a16.")
    private List<String> recipes = new ArrayList<>();

    @Option(names = "--qa", paramLabel = "FILE", description = "Questions with the pictures to use. Default: those of cockpit-tiny.")
    private Optional<Path> questions;

    @Option(names = "--pictures", paramLabel = "N", description = "Most pictures to measure on. Default: all of them.")
    private int limit = Integer.MAX_VALUE;

    @Option(names = "--questions", paramLabel = "N", description = "Also ask N questions, spread evenly over the file, of the whole model:"
            + " exact answers and perplexity, float and integer. Default: 0.")
    private int asked;

    @Option(names = "--statistics", description = "Also show statistics of the float activations that weights multiply: peak over RMS,"
            + " kurtosis, outlier channels.")
    private boolean statistics;

    @Mixin
    private ExecutionChoice execution;

    @Option(names = {"-q", "--quiet"}, description = "Show no progress.")
    private boolean quiet;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    CompareEncodersCommand(Console console) {
        this.console = console;
    }

    /** One checkpoint under one recipe; without an error for the float reference. */
    private record Row(String checkpoint, String recipe, Optional<EncoderError> error, Optional<LanguageQuality> quality) {}

    @Override
    public Integer call() throws IOException {
        if (limit < 1 || asked < 0) {
            throw new UsageException("--pictures is " + limit + ", --questions is " + asked + "; allowed: at least 1, and 0");
        }
        names = names.isEmpty() ? List.of("cockpit-tiny", "cockpit-tiny-baseline") : names;
        recipes = recipes.isEmpty() ? List.of("w8a16") : recipes;
        Path file = questions.orElseGet(BuiltIn.COCKPIT_TINY::questions);
        QaSet set = QaSet.read(file).reported();
        List<Path> pictures = set.pictures().stream().limit(limit).toList();
        ProgressBar progress = console.progress(quiet);
        List<Row> rows = new ArrayList<>();
        Map<String, List<ActivationStatistics>> activations = new LinkedHashMap<>();
        try {
            for (String name : names) {
                ModelSource source = ModelSource.checkpoint(name);
                CompileOptions options = CompileOptions.of(source.path()).withCalibration(file);
                console.note(quiet, name + ":");
                if (statistics) {
                    activations.put(name, EncoderStatistics.measure(options, pictures, progress));
                }
                try (FloatModel floats = FloatModel.open(source.path())) {
                    if (asked > 0) {
                        rows.add(new Row(name, "float", Optional.empty(), Optional.of(quality(set, floats::score, progress))));
                    }
                    for (String recipe : recipes) {
                        console.note(quiet, name + ", " + recipe + ":");
                        rows.add(integers(name, source, options.withRecipe(recipe), floats, pictures, set, progress));
                    }
                }
            }
        } finally {
            progress.clear();
        }
        console.out().println(json ? Json.line(object(pictures.size(), rows, activations)) : text(pictures.size(), rows, activations));
        return ExitCode.OK;
    }

    private LanguageQuality quality(QaSet set, AnswerScorer scorer, ProgressBar progress) {
        return LanguageQuality.run(set.spread(asked), scorer, execution.threads(), progress);
    }

    private Row integers(String name, ModelSource source, CompileOptions options, FloatModel floats, List<Path> pictures, QaSet set,
            ProgressBar progress) {
        Path file = new ModelCache(console.cache()).compiled(source, options, progress);
        try (CompiledModel model = CompiledModel.load(file, execution.single())) {
            EncoderError error = EncoderError.of(model, floats, pictures, progress);
            return new Row(name, options.recipe(), Optional.of(error),
                    asked == 0 ? Optional.empty() : Optional.of(quality(set, new CompiledAnswers(model), progress)));
        }
    }

    // --- results

    private Map<String, Object> object(int pictures, List<Row> rows, Map<String, List<ActivationStatistics>> activations) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("pictures", pictures);
        object.put("encoders", rows.stream().map(row -> {
            Map<String, Object> o = new LinkedHashMap<>();
            o.put("checkpoint", row.checkpoint());
            o.put("recipe", row.recipe());
            row.error().ifPresent(e -> {
                o.put("sqnrDb", e.sqnrDb());
                o.put("worstSqnrDb", e.worstSqnrDb());
                o.put("relativeRms", e.relativeRms());
            });
            row.quality().ifPresent(q -> {
                o.put("exact", q.exact().accuracy());
                o.put("questions", q.exact().count());
                o.put("perplexity", q.perplexity());
            });
            return o;
        }).toList());
        if (statistics) {
            object.put("activations", activations);
        }
        return object;
    }

    private String text(int pictures, List<Row> rows, Map<String, List<ActivationStatistics>> activations) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "Visual tokens, integers against float, means over %d pictures%s%n%-24s %-18s %9s %9s %13s%s%n", pictures,
                asked > 0 ? "; answers to " + rows.get(0).quality().orElseThrow().exact().count() + " questions" : "",
                "encoder of", "recipe", "SQNR dB", "worst dB", "relative RMS", asked > 0 ? String.format(" %9s %11s", "exact", "perplexity") : ""));
        for (Row row : rows) {
            text.append(String.format(Locale.ROOT, "%-24s %-18s %32s", row.checkpoint(), row.recipe().replaceFirst(".*/", ""),
                    row.error().map(e -> String.format(Locale.ROOT, "%9.2f %9.2f %12.3f%%", e.sqnrDb(), e.worstSqnrDb(), 100 * e.relativeRms())).orElse("")));
            row.quality().ifPresent(q -> text.append(String.format(Locale.ROOT, "  %8.2f%% %11.5f", 100 * q.exact().accuracy(), q.perplexity())));
            text.append(System.lineSeparator());
        }
        activations.forEach((name, all) -> text.append(activations(name, all)));
        return text.toString().stripTrailing();
    }

    private static String activations(String name, List<ActivationStatistics> all) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "%n%s: %d activations that weights multiply%n  %-22s median %8.1f, largest %8.1f%n  %-22s median %8.1f, largest %8.1f%n"
                + "  %-22s in %d of them, at most %d%n", name, all.size(),
                "peak / RMS", median(all, ActivationStatistics::peak), largest(all, ActivationStatistics::peak),
                "kurtosis (normal: 3)", median(all, ActivationStatistics::kurtosis), largest(all, ActivationStatistics::kurtosis),
                "outlier channels", all.stream().filter(s -> s.outlierChannels() > 0).count(),
                all.stream().mapToInt(ActivationStatistics::outlierChannels).max().orElse(0)));
        all.stream().sorted(Comparator.comparingDouble(ActivationStatistics::peak).reversed()).limit(LISTED).forEach(s ->
                text.append(String.format(Locale.ROOT, "  %s: %.3g to %.3g, peak / RMS %.1f, kurtosis %.1f, %d of %d channels are outliers%n", s.value(),
                        s.min(), s.max(), s.peak(), s.kurtosis(), s.outlierChannels(), s.channels())));
        return text.toString();
    }

    private static double median(List<ActivationStatistics> all, ToDoubleFunction<ActivationStatistics> of) {
        double[] sorted = all.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double largest(List<ActivationStatistics> all, ToDoubleFunction<ActivationStatistics> of) {
        return all.stream().mapToDouble(of).max().orElse(0);
    }
}

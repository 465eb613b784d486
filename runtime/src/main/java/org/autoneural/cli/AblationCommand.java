package org.autoneural.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.autoneural.artifact.MetadataKeys;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.CompiledAnswers;
import org.autoneural.compiler.FloatModel;
import org.autoneural.compiler.LanguageQuality;
import org.autoneural.compiler.QaSet;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.runtime.CompiledModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural ablation}. */
@Command(name = "ablation", sortOptions = false, header = "Compare recipes by perplexity and accuracy.",
        description = {"", "For the float reference and each recipe: how often the greedy answer is exactly right, and the perplexity of the right"
            + " answers (each token behind the right ones, the end of the answer included). Compiled models are kept in the cache folder.",
            ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural ablation cockpit-tiny",
            "  autoneural ablation cockpit-tiny w8a16 docs/recipes/*.json --json ablation.json",
            "  autoneural ablation my-checkpoint mine.json --qa qa.jsonl --questions 50"})
final class AblationCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "CHECKPOINT", description = "A checkpoint folder, or the built-in @|bold cockpit-tiny|@ or"
            + " @|bold cockpit-tiny-baseline|@.")
    private String name;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "RECIPE", description = "Names or files of recipes. Default: all that have a name.")
    private List<String> recipes = new ArrayList<>();

    @Option(names = "--qa", paramLabel = "FILE", description = "Questions with right answers. Default: those of the checkpoint. Lines of"
            + " split test only where lines name splits.")
    private Optional<Path> questions;

    @Option(names = "--questions", paramLabel = "N", description = "Use at most N of them, spread evenly. Default: all.")
    private int limit = Integer.MAX_VALUE;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the table as JSON.")
    private Optional<Path> json;

    @Mixin
    private ExecutionChoice execution;

    @Option(names = {"-q", "--quiet"}, description = "Show no progress.")
    private boolean quiet;

    @Mixin
    private CommonOptions common;

    AblationCommand(Console console) {
        this.console = console;
    }

    /** One line of the table. */
    private record Row(String recipe, OptionalLong sizeBytes, LanguageQuality quality) {}

    @Override
    public Integer call() throws IOException {
        if (limit < 1) {
            throw new UsageException("--questions is " + limit + "; allowed: at least 1");
        }
        json.ifPresent(WholeFile::requirePlace);
        ModelSource source = ModelSource.checkpoint(name);
        CompileOptions options = source.options(console);
        QaSet set = QaSet.read(questions.or(options::calibration).orElse(source.path().resolve("eval").resolve("qa.jsonl"))).reported().spread(limit);
        List<String> chosen = recipes.isEmpty() ? Recipe.presets().stream().map(Recipe::name).toList() : recipes;
        ProgressBar progress = console.progress(quiet);
        List<Row> rows = new ArrayList<>();
        try {
            rows.add(floats(source, set, progress));
            for (String recipe : chosen) {
                console.note(quiet, recipe + ":");
                rows.add(integers(source, options.withRecipe(recipe), set, progress));
            }
        } finally {
            progress.clear();
        }
        if (json.isPresent()) {
            WholeFile.write(json.get(), (Json.line(object(rows)) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        console.out().println(table(rows, set));
        return ExitCode.OK;
    }

    private Row floats(ModelSource source, QaSet set, ProgressBar progress) {
        console.note(quiet, "float:");
        try (FloatModel model = FloatModel.open(source.path())) {
            return new Row("float", OptionalLong.empty(), LanguageQuality.run(set, model::score, execution.threads(), progress));
        }
    }

    private Row integers(ModelSource source, CompileOptions options, QaSet set, ProgressBar progress) throws IOException {
        Path file = new ModelCache(console.cache()).compiled(source, options, progress);
        try (CompiledModel model = CompiledModel.load(file, execution.single())) {
            String recipe = model.metadata().getOrDefault(MetadataKeys.RECIPE, options.recipe());
            return new Row(recipe, OptionalLong.of(Files.size(file)), LanguageQuality.run(set, new CompiledAnswers(model), execution.threads(), progress));
        }
    }

    /** Perplexity above the float reference's, as a share of that. */
    private static double change(Row row, Row floats) {
        return row.quality().perplexity() / floats.quality().perplexity() - 1;
    }

    private Map<String, Object> object(List<Row> rows) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", name);
        object.put("questions", rows.get(0).quality().exact().count());
        object.put("tokens", rows.get(0).quality().tokens());
        object.put("rows", rows.stream().map(row -> {
            Map<String, Object> o = new LinkedHashMap<>();
            o.put("recipe", row.recipe());
            o.put("exact", row.quality().exact().accuracy());
            o.put("correct", row.quality().exact().correct());
            o.put("perplexity", row.quality().perplexity());
            o.put("perplexityChange", change(row, rows.get(0)));
            row.sizeBytes().ifPresent(size -> o.put("sizeBytes", size));
            return o;
        }).toList());
        return object;
    }

    private String table(List<Row> rows, QaSet set) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%s, %d questions, %d tokens of answers%n%-32s %8s %9s %12s %9s %8s%n",
                name, set.lines().size(), rows.get(0).quality().tokens(), "recipe", "right", "exact", "perplexity", "change", "MB"));
        for (Row row : rows) {
            text.append(String.format(Locale.ROOT, "%-32s %8d %8.2f%% %12.5f %+8.2f%% %8s%n", row.recipe(), row.quality().exact().correct(),
                    100 * row.quality().exact().accuracy(), row.quality().perplexity(), 100 * change(row, rows.get(0)),
                    row.sizeBytes().isPresent() ? String.format(Locale.ROOT, "%.2f", row.sizeBytes().getAsLong() / 1e6) : ""));
        }
        return text.toString().stripTrailing();
    }
}

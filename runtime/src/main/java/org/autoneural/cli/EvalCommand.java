package org.autoneural.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.CompiledAnswers;
import org.autoneural.compiler.Evaluation;
import org.autoneural.compiler.Evaluation.Tally;
import org.autoneural.compiler.FloatModel;
import org.autoneural.compiler.QaSet;
import org.autoneural.runtime.CompiledModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code autoneural eval}. */
@Command(name = "eval", sortOptions = false, header = "Count how often a model's answer is exactly right.",
        description = {"", "Asks every question of a file and compares the greedy answers, as text, with those in the file. Each line is"
            + " one JSON object: {\"image\": path relative to the file, \"question\": ..., \"answer\": ..., \"kind\": ..., \"split\": ...};"
            + " kind and split may be left out. Where lines also have a float_answer, agreement with it is shown too.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural eval --model cockpit-tiny                        integers, on the built-in questions",
            "  autoneural eval --model cockpit-tiny --float                the float reference",
            "  autoneural eval --model model.npu --qa qa.jsonl --json --min-accuracy 0.95"})
final class EvalCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = {"-m", "--model"}, required = true, paramLabel = "MODEL", description = "A model: " + ModelSource.DESCRIPTION
            + "; a checkpoint is compiled first.")
    private String name;

    @Option(names = "--qa", paramLabel = "FILE", description = "The questions. Default for the built-in models: theirs.")
    private Optional<Path> questions;

    @Option(names = "--float", description = "Ask the float reference; needs a checkpoint.")
    private boolean asFloat;

    @Option(names = "--recipe", paramLabel = "NAME|FILE", description = "Compile a checkpoint with this recipe.")
    private Optional<String> recipe;

    @Option(names = "--split", paramLabel = "NAME", description = "Ask the lines of this split only. Default: test when there are"
            + " such lines, else all lines.")
    private Optional<String> split;

    @Option(names = "--min-accuracy", paramLabel = "X", description = "Exit with code 1 when the share of right answers, 0 to 1, is"
            + " below X.")
    private Optional<Double> minAccuracy;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Longest answer. Default: " + Evaluation.DEFAULT_MAX_TOKENS + ".")
    private int maxTokens = Evaluation.DEFAULT_MAX_TOKENS;

    @Mixin
    private ExecutionChoice execution;

    @Option(names = "--misses", description = "Also list every wrong answer.")
    private boolean misses;

    @Option(names = {"-q", "--quiet"}, description = "Show no progress.")
    private boolean quiet;

    @Option(names = "--json", description = "Print {\"accuracy\": share, \"count\": questions, \"byKind\": {kind: share, ...}, ...}.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    EvalCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        check();
        ModelSource source = ModelSource.of(name);
        if (asFloat && source.isCompiled()) {
            throw new UsageException("eval: --float needs a checkpoint folder, " + name + " is a compiled file");
        }
        if (recipe.isPresent() && (asFloat || source.isCompiled())) {
            throw new UsageException("eval: --recipe only matters when a checkpoint is compiled");
        }
        QaSet set = questions(source);
        ProgressBar progress = console.progress(quiet);
        Evaluation evaluation;
        try {
            evaluation = asFloat ? evaluateFloats(source, set, progress) : evaluateIntegers(source, set, progress);
        } finally {
            progress.clear();
        }
        console.out().println(json ? Json.line(object(evaluation)) : table(evaluation));
        return minAccuracy.isPresent() && evaluation.total().accuracy() < minAccuracy.get() ? ExitCode.FAILED : ExitCode.OK;
    }

    private void check() {
        if (minAccuracy.isPresent() && !(minAccuracy.get() >= 0 && minAccuracy.get() <= 1)) {
            throw new UsageException("--min-accuracy is " + minAccuracy.get() + "; allowed: 0 to 1");
        }
        if (maxTokens < 1) {
            throw new UsageException("--max-tokens is " + maxTokens + "; allowed: at least 1");
        }
    }

    private QaSet questions(ModelSource source) {
        Path file = questions.or(() -> source.builtIn().map(BuiltIn::questions)).orElseThrow(() ->
                new UsageException("eval: missing --qa FILE, the questions"));
        QaSet all = QaSet.read(file);
        return split.map(all::split).orElseGet(all::reported);
    }

    private Evaluation evaluateFloats(ModelSource source, QaSet set, ProgressBar progress) {
        try (FloatModel model = FloatModel.open(source.path())) {
            return Evaluation.run(set, model::answer, maxTokens, execution.threads(), progress);
        }
    }

    private Evaluation evaluateIntegers(ModelSource source, QaSet set, ProgressBar progress) {
        CompileOptions options = source.options(console);
        Path file = source.isCompiled() ? source.path()
                : new ModelCache(console.cache()).compiled(source, recipe.map(options::withRecipe).orElse(options), progress);
        try (CompiledModel model = CompiledModel.load(file, execution.single())) {
            return Evaluation.run(set, new CompiledAnswers(model), maxTokens, execution.threads(), progress);
        }
    }

    private Map<String, Object> object(Evaluation e) {
        Map<String, Object> byKind = new LinkedHashMap<>();
        e.byKind().forEach((kind, tally) -> byKind.put(kind, tally.accuracy()));
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("accuracy", e.total().accuracy());
        object.put("count", e.total().count());
        object.put("byKind", byKind);
        object.put("correct", e.total().correct());
        e.floatAgreement().ifPresent(tally -> object.put("floatAgreement", tally.accuracy()));
        if (misses) {
            object.put("misses", e.misses().stream().map(m -> Map.of("line", m.line().number(), "found", m.found())).toList());
        }
        return object;
    }

    private String table(Evaluation e) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-24s %7s %7s %9s%n", "kind", "right", "asked", "exact"));
        e.byKind().forEach((kind, tally) -> text.append(row(kind, tally)));
        text.append(row("total", e.total()));
        e.floatAgreement().ifPresent(tally -> text.append(row("equal to float_answer", tally)));
        if (misses) {
            e.misses().forEach(m -> text.append(String.format("%nline %d, %s: %s%n  right: %s%n  found: %s%n", m.line().number(),
                    m.line().image().getFileName(), m.line().question(), m.line().answer(), m.found())));
        }
        return text.toString().stripTrailing();
    }

    private static String row(String name, Tally tally) {
        return String.format(Locale.ROOT, "%-24s %7d %7d %8.2f%%%n", name, tally.correct(), tally.count(), 100 * tally.accuracy());
    }
}

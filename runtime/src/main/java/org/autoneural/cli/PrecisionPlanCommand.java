package org.autoneural.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.autoneural.backend.LatencyModel;
import org.autoneural.backend.LatencyModels;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.PrecisionStudy;
import org.autoneural.quantizer.plan.Budget;
import org.autoneural.quantizer.plan.Candidate;
import org.autoneural.quantizer.plan.PrecisionPlan;
import org.autoneural.quantizer.plan.PrecisionPlan.Point;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.recipe.RecipeJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural precision-plan}. */
@Command(name = "precision-plan", sortOptions = false, header = "Find the few tensors worth more bits, under a budget.",
        description = {"", "Quantizes by a preset, measures the error at the output when each tensor alone is quantized, and raises those"
            + " that take away most error for what they cost (4-bit weights to 8 bits, 8-bit activations to 16) until the budget is met."
            + " Shows the trade-off and writes a recipe file.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural precision-plan cockpit-tiny --budget-bytes 200000 -o plan.json",
            "  autoneural precision-plan cockpit-tiny --recipe w8a8 --budget-sqnr 35 -o plan.json",
            "  autoneural compile cockpit-tiny --recipe plan.json -o cockpit.npu"})
final class PrecisionPlanCommand implements Callable<Integer> {
    private static final int WORST = 12;
    private static final int CURVE_ROWS = 20;
    private final Console console;

    @Parameters(paramLabel = "CHECKPOINT", description = "A checkpoint folder or a built-in name.")
    private String checkpoint;

    @Option(names = "--budget-sqnr", paramLabel = "DB", description = "Signal to noise that visual tokens and logits must reach.")
    private Optional<Double> sqnr;

    @Option(names = "--budget-bytes", paramLabel = "N", description = "Most bytes that raised tensors may add.")
    private Optional<Long> bytes;

    @Option(names = "--budget-time", paramLabel = "MS", description = "Most milliseconds that they may add, estimated for one picture,"
            + " one chunk and one token.")
    private Optional<Double> time;

    @Option(names = "--device", paramLabel = "NAME", description = "The device to estimate for. Default: sa8295p.")
    private String device = "sa8295p";

    @Option(names = "--recipe", paramLabel = "PRESET", description = "The preset to start from. Default: w8a16-w4a16.")
    private String preset = Recipe.w8a16w4a16().name();

    @Option(names = "--calibration", paramLabel = "FILE", description = "Questions as for compile.")
    private Optional<Path> calibration;

    @Option(names = "--samples", paramLabel = "N", description = "Samples to measure on. Default: 2.")
    private int samples = 2;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "The recipe file to write.")
    private Optional<Path> output;

    @Option(names = {"-q", "--quiet"}, description = "Show no progress.")
    private boolean quiet;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    PrecisionPlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (samples < 1) {
            throw new UsageException("--samples is " + samples + "; allowed: at least 1");
        }
        Budget budget = budget();
        Recipe base = preset();
        output.ifPresent(WholeFile::requirePlace);
        Optional<LatencyModel> model = time.map(t -> LatencyModels.of(device));
        ModelSource source = ModelSource.checkpoint(checkpoint);
        CompileOptions options = calibration.map(CompileOptions.of(source.path())::withCalibration).orElseGet(() -> source.options(console));
        ProgressBar progress = console.progress(quiet);
        PrecisionStudy study;
        try {
            study = PrecisionStudy.run(options.withRecipe(base.name()), budget, samples, model, progress);
        } finally {
            progress.clear();
        }
        if (output.isPresent()) {
            String name = output.get().getFileName().toString().replaceFirst("\\.json$", "");
            WholeFile.write(output.get(), RecipeJson.print(study.plan().recipe(name, base), base).getBytes(StandardCharsets.UTF_8));
        }
        console.out().println(json ? Json.line(object(study)) : table(study));
        return study.plan().met() ? ExitCode.OK : ExitCode.FAILED;
    }

    private Budget budget() {
        try {
            return new Budget(sqnr.map(OptionalDouble::of).orElse(OptionalDouble.empty()), bytes.map(OptionalLong::of).orElse(OptionalLong.empty()),
                    time.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
        } catch (IllegalArgumentException e) {
            throw new UsageException("precision-plan: " + e.getMessage() + " (--budget-sqnr DB, --budget-bytes N, --budget-time MS)");
        }
    }

    /** The plan's file names its base, so that must be a preset. */
    private Recipe preset() {
        try {
            return Recipe.preset(preset);
        } catch (IllegalArgumentException e) {
            throw new UsageException("precision-plan: " + e.getMessage());
        }
    }

    private static List<Candidate> worst(PrecisionStudy study) {
        return study.sensitivities().stream().sorted(Comparator.comparingDouble(Candidate::sqnrDb)).toList();
    }

    private Map<String, Object> object(PrecisionStudy study) {
        List<Object> tensors = new ArrayList<>();
        for (Candidate c : worst(study)) {
            Map<String, Object> o = new LinkedHashMap<>();
            o.put("kind", c.kind().name().toLowerCase(Locale.ROOT));
            o.put("name", c.name());
            o.put("op", c.op());
            o.put("output", c.vision() ? "features" : "logits");
            o.put("bits", c.bits());
            o.put("raisedBits", c.raised());
            o.put("bytes", c.bytes());
            o.put("relativeNoise", c.noise());
            tensors.add(o);
        }
        List<Object> curve = study.plan().curve().stream().<Object>map(p -> point(p, p == study.plan().choice())).toList();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("base", study.base().name());
        object.put("met", study.plan().met());
        object.put("tensors", tensors);
        object.put("curve", curve);
        return object;
    }

    private static Map<String, Object> point(Point p, boolean chosen) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("raised", p.raised().isEmpty() ? "" : p.raised().get(p.raised().size() - 1).name());
        o.put("bytes", p.bytes());
        o.put("timeMs", p.timeMs());
        o.put("visionDb", p.visionDb());
        o.put("logitsDb", p.logitsDb());
        o.put("chosen", chosen);
        return o;
    }

    private String table(PrecisionStudy study) {
        PrecisionPlan plan = study.plan();
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "What each tensor costs alone, worst of %d (%s)%n%9s %5s  %-10s %s%n",
                study.sensitivities().size(), study.base().name(), "SQNR dB", "bits", "output", "tensor"));
        worst(study).stream().limit(WORST).forEach(c -> text.append(String.format(Locale.ROOT, "%9.2f %5d  %-10s %s%n", c.sqnrDb(), c.bits(),
                c.vision() ? "features" : "logits", c.name())));
        text.append(String.format(Locale.ROOT, "%nTrade-off: predicted SQNR after raising one tensor more%n%-3s %12s %10s %12s %10s  %s%n", "", "bytes",
                "ms", "features dB", "logits dB", "raised"));
        int last = plan.curve().size() - 1;
        for (int i = 0; i <= last; i++) {
            if (i % (1 + last / CURVE_ROWS) != 0 && i != plan.chosen() && i != last) {
                continue; // all of them are in the JSON
            }
            Point p = plan.curve().get(i);
            text.append(String.format(Locale.ROOT, "%-3s %+12d %+10.4f %12.2f %10.2f  %s%n", i == plan.chosen() ? "->" : "", p.bytes(), p.timeMs(),
                    p.visionDb(), p.logitsDb(), i == 0 ? study.base().name() : p.raised().get(i - 1).name()));
        }
        if (!plan.met()) {
            text.append(String.format(Locale.ROOT, "%nThe budget cannot be met: %.2f dB is the most that raising tensors gives within it.%n",
                    plan.curve().stream().mapToDouble(Point::sqnrDb).max().orElseThrow()));
        }
        output.ifPresent(file -> text.append(String.format("%n%s: recipe with %d tensors raised%n", file, plan.choice().raised().size())));
        return text.toString().stripTrailing();
    }
}

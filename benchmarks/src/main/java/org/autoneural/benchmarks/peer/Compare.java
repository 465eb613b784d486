package org.autoneural.benchmarks.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.autoneural.benchmarks.LayerBenchmark;
import org.autoneural.benchmarks.ModelBenchmark;
import org.autoneural.benchmarks.layer.Layer;
import org.autoneural.benchmarks.report.ComparisonReport;
import org.autoneural.benchmarks.report.Series;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Side by side with the programs a user would pick instead, interleaved: every round measures every contender once, and a ratio is
 * taken within its round, so that a machine whose speed drifts does not favour anyone.
 */
@Command(name = "compare", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Measures AutoNeural, llama.cpp and ONNX Runtime in turn and prints tables of medians and ratios.")
public final class Compare implements Callable<Integer> {
    @Option(names = "--model", paramLabel = "FILE", description = "Compiled model to run whole: vision, prefill and decode.")
    private Optional<Path> model = Optional.empty();

    @Option(names = "--layers", description = "Also single layers, beside ONNX Runtime.")
    private boolean layers;

    @Option(names = "--layer", paramLabel = "NAME", description = "Only these layers. Default: all that ONNX Runtime has a kernel for.")
    private List<Layer> chosen = new ArrayList<>();

    @Option(names = "--kernels", split = ",", paramLabel = "NAME", description = "Kernels of the simulator. Default: native,vector,scalar.")
    private List<String> kernels = List.of("native", "vector", "scalar");

    @Option(names = "--llama-bench", paramLabel = "FILE", description = "llama.cpp's llama-bench program.")
    private Optional<Path> llamaBench = Optional.empty();

    @Option(names = "--gguf", paramLabel = "FILE", description = "The GGUF file that llama-bench runs: the same network, Q4_0.")
    private Optional<Path> gguf = Optional.empty();

    @Option(names = "--skip-vision", description = "Leave the picture out: it takes the most time.")
    private boolean skipVision;

    @Option(names = "--vision-gmac", paramLabel = "N", description = "Multiply-adds of one picture, 1e9; default: MobileNetV5-300M at 768 x 768, 435.7.")
    private double visionGmac = 435.7;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of every contender. Default: 2.")
    private int threads = 2;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds. Default: 3.")
    private int rounds = 3;

    @Option(names = "--out", paramLabel = "DIR", description = "Where compare.json and compare.html go. Default: target/compare.")
    private Path out = Path.of("target", "compare");

    /** Key: work and contender; values in the order of the rounds. */
    private final Map<String, Series> series = new LinkedHashMap<>();

    public static void main(String[] args) {
        System.exit(new CommandLine(new Compare()).setExecutionExceptionHandler((e, line, parsed) -> {
            line.getErr().println("compare: " + e.getMessage() + (e.getSuppressed().length > 0 ? ": " + e.getSuppressed()[0] : e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
            return 1;
        }).execute(args));
    }

    @Override
    public Integer call() throws IOException, RunnerException {
        if (model.isEmpty() && !layers && chosen.isEmpty()) {
            throw new IOException("nothing to compare: give --model FILE, --layers, or both");
        }
        if (llamaBench.isPresent() != gguf.isPresent()) {
            throw new IOException("--llama-bench and --gguf go together");
        }
        Files.createDirectories(out);
        Path limits = MachineLimits.build(out);
        int vectorBits = 0;
        for (int round = 1; round <= rounds; round++) {
            System.out.println("round " + round + " of " + rounds);
            MachineLimits machine = MachineLimits.measure(limits, threads);
            vectorBits = machine.vectorBits();
            if (model.isPresent()) {
                runModel(model.get(), machine);
            }
            if (layers || !chosen.isEmpty()) {
                runLayers(machine);
            }
            // After every round: a long comparison that is cut off leaves what it has.
            write(vectorBits);
        }
        System.out.println(report(vectorBits).text());
        System.out.println("written to " + out);
        return 0;
    }

    private void runModel(Path file, MachineLimits machine) throws IOException, RunnerException {
        if (llamaBench.isPresent()) {
            LlamaBench peer = LlamaBench.measure(llamaBench.get(), gguf.get(), threads);
            add("decode", "llama.cpp", "tokens/s", peer.decodeTokensPerSecond(), "8-bit activations in blocks of 32");
            add("prefill " + ModelBenchmark.PREFILL_TOKENS, "llama.cpp", "tokens/s", peer.prefillTokensPerSecond(), "8-bit activations in blocks of 32");
        } else {
            absent("decode", "llama.cpp", "no --llama-bench and --gguf given");
            absent("prefill " + ModelBenchmark.PREFILL_TOKENS, "llama.cpp", "no --llama-bench and --gguf given");
        }
        if (!skipVision) {
            add("vision", "limit: s16 multiply-adds of " + threads + " threads", "pictures/s", machine.s16GmacPerSecond() / visionGmac,
                    "measured peak over " + visionGmac + " GMAC");
            add("vision", "s16 multiply-adds, the median of repetitions", "pictures/s", machine.s16MedianGmacPerSecond() / visionGmac,
                    "measured before the kernels, over " + visionGmac + " GMAC");
        }
        for (String k : kernels) {
            String us = "AutoNeural, " + k + " kernels";
            add("decode", us, "tokens/s", 1000 / model("decode", file, k, 3, 3), "");
            add("prefill " + ModelBenchmark.PREFILL_TOKENS, us, "tokens/s", 1000 * ModelBenchmark.PREFILL_TOKENS / model("prefill", file, k, 1, 2), "");
            if (!skipVision) {
                add("vision", us, "pictures/s", 1000 / model("vision", file, k, 1, 1), "");
            }
        }
    }

    private void runLayers(MachineLimits machine) throws IOException, RunnerException {
        List<Layer> all = chosen.isEmpty() ? List.of(Layer.values()).stream().filter(l -> OnnxLayers.model(l).isPresent()).toList() : chosen;
        for (Layer layer : all) {
            String work = layer.name();
            String unit = layer.unit().equals("MAC") ? "GMAC/s" : "G elements/s";
            double scale = layer.work() / 1e3;
            if (layer.unit().equals("MAC")) {
                add(work, "limit: s16 multiply-adds", unit, machine.s16GmacPerSecond(), "measured peak of " + threads + " threads");
            }
            if (OnnxLayers.model(layer).isPresent()) {
                double us = run(new OptionsBuilder().include(OnnxLayerBenchmark.class.getName() + ".run").param("layer", work)
                        .param("threads", String.valueOf(threads)).warmupIterations(1).measurementIterations(2));
                add(work, "ONNX Runtime", unit, scale / us, OnnxLayers.kernel(layer));
            }
            for (String k : kernels) {
                double us = run(new OptionsBuilder().include(LayerBenchmark.class.getName() + ".run").param("layer", work).param("kernels", k)
                        .param("threads", String.valueOf(threads)).warmupIterations(2).measurementIterations(2));
                add(work, "AutoNeural, " + k + " kernels", unit, scale / us, "");
            }
        }
    }

    private double model(String benchmark, Path file, String kernels, int warmUps, int iterations) throws IOException, RunnerException {
        return run(new OptionsBuilder().include(ModelBenchmark.class.getName() + "." + benchmark).param("model", file.toString())
                .param("kernels", kernels).param("threads", String.valueOf(threads)).warmupIterations(warmUps).measurementIterations(iterations)
                .warmupTime(TimeValue.seconds(2)).measurementTime(TimeValue.seconds(2)));
    }

    /** Score of the one benchmark, in its own unit of time. */
    private static double run(ChainedOptionsBuilder options) throws IOException, RunnerException {
        Options built = options.forks(1).shouldFailOnError(true).verbosity(VerboseMode.SILENT).build();
        List<RunResult> results = List.copyOf(new Runner(built).run());
        if (results.size() != 1) {
            throw new IOException(results.size() + " benchmarks ran for " + built.getIncludes() + " (expected: 1)");
        }
        return results.get(0).getPrimaryResult().getScore();
    }

    private void add(String work, String contender, String unit, double value, String note) {
        System.out.printf(Locale.ROOT, "  %s: %s: %.3f %s%n", work, contender, value, unit);
        series.merge(work + "\n" + contender, new Series(work, contender, unit, List.of(value), note), (before, now) -> {
            List<Double> values = new ArrayList<>(before.values());
            values.addAll(now.values());
            return new Series(work, contender, unit, values, note);
        });
    }

    private void absent(String work, String contender, String why) {
        series.putIfAbsent(work + "\n" + contender, new Series(work, contender, "", List.of(), why));
    }

    private ComparisonReport report(int vectorBits) {
        return new ComparisonReport(threads + " threads, " + vectorBits + "-bit vectors, " + System.getProperty("os.arch") + ", Java "
                + System.getProperty("java.runtime.version") + ", " + rounds + " rounds; ratios to the first line of a table, taken round by round",
                List.copyOf(series.values()));
    }

    private void write(int vectorBits) throws IOException {
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out.resolve("compare.json").toFile(), series.values());
        Files.writeString(out.resolve("compare.html"), report(vectorBits).html());
    }
}

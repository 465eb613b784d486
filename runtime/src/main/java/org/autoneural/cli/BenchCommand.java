package org.autoneural.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.autoneural.ir.Graph;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.OpTimes;
import org.autoneural.runtime.Session;
import org.autoneural.runtime.Snapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoneural bench}. */
@Command(name = "bench", sortOptions = false, header = "Measure how fast a compiled model runs on this machine.",
        description = {"", "Medians of repetitions after a warm-up. This is the speed of the simulator on this computer, not of a"
            + " device. Fed are token ids, so it works for models without a tokenizer too.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural bench cockpit-tiny --vision",
            "  autoneural bench model.npu --prefill 256 --decode 64 --threads 1 --kernels scalar --json",
            "  autoneural bench model.npu --prefill 0 --decode 32       decode alone",
            "  autoneural bench model.npu --prefill 0 --ops             decode, op by op"})
final class BenchCommand implements Callable<Integer> {
    private static final int SHOWN_OPS = 25;

    private final Console console;
    private final OpTimes times = new OpTimes();

    @Parameters(paramLabel = "MODEL", description = "A model: " + ModelSource.DESCRIPTION + "; a checkpoint is compiled first.")
    private String name;

    @Option(names = "--prefill", paramLabel = "N", description = "Tokens taken in at once; 0 for none. Default: 128.")
    private int prefill = 128;

    @Option(names = "--decode", paramLabel = "N", description = "Tokens taken in one by one after those; 0 for none. Default: 32.")
    private int decode = 32;

    @Option(names = "--vision", description = "Look at a picture too.")
    private boolean vision;

    @Option(names = "--repeat", paramLabel = "N", description = "Repetitions measured, as many again (at most 3) to warm up. Default: 5.")
    private int repeat = 5;

    @Option(names = "--ops", description = "Show which ops the time goes to.")
    private boolean ops;

    @Mixin
    private ExecutionChoice execution;

    @Option(names = {"-q", "--quiet"}, description = "Show no progress.")
    private boolean quiet;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private CommonOptions common;

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (prefill < 0 || decode < 0 || repeat < 1) {
            throw new UsageException("bench: --prefill is " + prefill + ", --decode is " + decode + ", --repeat is " + repeat
                    + "; allowed: at least 0, 0 and 1");
        }
        if (prefill == 0 && decode == 0 && !vision) {
            throw new UsageException("bench: nothing to measure; give --prefill, --decode or --vision");
        }
        ModelSource source = ModelSource.of(name);
        ProgressBar progress = console.progress(quiet);
        try {
            Path file = source.isCompiled() ? source.path()
                    : new ModelCache(console.cache()).compiled(source, source.options(console), progress);
            long start = System.nanoTime();
            try (CompiledModel model = CompiledModel.load(file, execution.shared()); 
                    Session session = ops ? model.newSession(times) : model.newSession()) {
                double loadMs = (System.nanoTime() - start) / 1e6;
                Map<String, Object> result = measure(model, session, progress);
                result.put("loadMs", loadMs);
                print(result);
                if (ops && !json) {
                    model.program().entryPoints().forEach(graph -> printOps(graph.name()));
                }
            }
        } finally {
            progress.clear();
        }
        return ExitCode.OK;
    }

    private Map<String, Object> measure(CompiledModel model, Session session, ProgressBar progress) {
        if ((long) prefill + decode > session.capacity()) {
            throw new UsageException("bench: --prefill " + prefill + " and --decode " + decode + " do not fit the model's context of "
                    + session.capacity() + " tokens; ask for fewer, or compile with a longer --context");
        }
        Map<String, Runnable> parts = parts(model, session);
        Map<String, double[]> ms = new LinkedHashMap<>();
        Snapshot empty = session.snapshot();
        int warmUp = Math.min(3, repeat);
        double firstMs = 0;
        for (int run = -warmUp; run < repeat; run++) {
            progress.at("measuring", run + warmUp, warmUp + repeat);
            if (run == 0) {
                times.clear();
            }
            for (Map.Entry<String, Runnable> part : parts.entrySet()) {
                double once = time(part.getValue());
                if (run >= 0) {
                    ms.computeIfAbsent(part.getKey(), p -> new double[repeat])[run] = once;
                } else if (run == -warmUp) {
                    firstMs += once;
                }
            }
            session.restore(empty);
        }
        progress.at("measuring", warmUp + repeat, warmUp + repeat);
        Map<String, Object> result = new LinkedHashMap<>();
        ms.forEach((part, times) -> result.put(part + "Ms", median(times)));
        rate(result, "prefill", prefill);
        rate(result, "decode", decode);
        if (ops) {
            result.put("ops", opTimes(model));
        }
        result.put("firstRoundMs", firstMs);
        PeakMemory peak = PeakMemory.now();
        result.put("peakMemoryBytes", peak.sizeBytes());
        result.put("peakMemoryOf", peak.of());
        result.put("sessionBytes", session.sizeBytes());
        result.put("prefill", prefill);
        result.put("decode", decode);
        result.put("repeat", repeat);
        result.put("threads", execution.threads());
        result.put("kernels", model.kernels());
        result.put("java", System.getProperty("java.runtime.version"));
        return result;
    }

    /** Times of one repetition, entry point by entry point, the longest first. */
    private List<Map<String, Object>> opTimes(CompiledModel model) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (Graph graph : model.program().entryPoints()) {
            for (OpTimes.OpTime time : times.of(graph.name())) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("entryPoint", graph.name());
                line.put("op", time.op());
                line.put("count", (double) time.count() / repeat);
                line.put("ms", time.nanos() / 1e6 / repeat);
                list.add(line);
            }
        }
        return list;
    }

    /** What is timed, by name, in the order in which it runs. */
    private Map<String, Runnable> parts(CompiledModel model, Session session) {
        Map<String, Runnable> parts = new LinkedHashMap<>();
        if (vision) {
            byte[] picture = new byte[model.pictureBytes()];
            for (int i = 0; i < picture.length; i++) {
                picture[i] = (byte) (31 * i >>> 3);
            }
            parts.put("vision", () -> session.look(picture));
        }
        int[] ids = new int[Math.max(prefill, decode)];
        // Spread over the whole vocabulary.
        Arrays.setAll(ids, i -> (int) (i * 7919L % model.vocabulary()));
        if (prefill > 0) {
            parts.put("prefill", () -> session.feed(Arrays.copyOf(ids, prefill)));
        }
        if (decode > 0) {
            parts.put("decode", () -> decode(session, ids));
        }
        return parts;
    }

    private static void rate(Map<String, Object> result, String part, int tokens) {
        if (tokens > 0) {
            result.put(part + "TokensPerSecond", 1000 * tokens / (double) result.get(part + "Ms"));
        }
    }

    private void decode(Session session, int[] ids) {
        for (int i = 0; i < decode; i++) {
            session.feed(ids[i]);
        }
    }

    /** Milliseconds that {@code work} takes. */
    private static double time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private void print(Map<String, Object> r) {
        if (json) {
            console.out().println(Json.line(r));
            return;
        }
        if (vision) {
            line("vision        %10.2f ms a picture", r.get("visionMs"));
        }
        if (prefill > 0) {
            line("prefill       %10.1f tokens/s (%d tokens in %.1f ms)", r.get("prefillTokensPerSecond"), prefill, r.get("prefillMs"));
        }
        if (decode > 0) {
            line("decode        %10.1f tokens/s (%d tokens, %.1f ms each)", r.get("decodeTokensPerSecond"), decode,
                    (double) r.get("decodeMs") / decode);
        }
        line("load          %10.1f ms", r.get("loadMs"));
        line("first round   %10.1f ms, before code is compiled and weights are in memory", r.get("firstRoundMs"));
        line("peak memory   %10.1f MB (%s)", (Long) r.get("peakMemoryBytes") / 1e6, r.get("peakMemoryOf"));
        line("one session   %10.1f MB", (Long) r.get("sessionBytes") / 1e6);
        line("%d threads, kernels %s, Java %s, medians of %d", execution.threads(), r.get("kernels"), r.get("java"), repeat);
    }

    private void printOps(String entryPoint) {
        List<OpTimes.OpTime> list = times.of(entryPoint);
        if (list.isEmpty()) {
            return;
        }
        double total = list.stream().mapToLong(OpTimes.OpTime::nanos).sum();
        line("%n%s: %.2f ms a repetition%n%8s %10s %8s  op", entryPoint, total / 1e6 / repeat, "share", "ms", "times");
        list.stream().limit(SHOWN_OPS).forEach(time -> line("%7.1f%% %10.3f %8.0f  %s", 100 * time.nanos() / total,
                time.nanos() / 1e6 / repeat, (double) time.count() / repeat, time.op()));
        if (list.size() > SHOWN_OPS) {
            double rest = list.stream().skip(SHOWN_OPS).mapToLong(OpTimes.OpTime::nanos).sum();
            line("%7.1f%% %10.3f %8s  %d other kinds; all with --json", 100 * rest / total, rest / 1e6 / repeat, "", list.size() - SHOWN_OPS);
        }
    }

    private void line(String format, Object... values) {
        console.out().println(String.format(Locale.ROOT, format, values));
    }
}

package org.autoneural.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.Session;
import org.autoneural.runtime.Snapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code autoneural bench}. */
@Command(name = "bench", sortOptions = false, header = "Measure how fast a compiled model runs on this machine.",
        description = {"", "Medians of repetitions after a warm-up. This is the speed of the simulator on this computer, not of a"
            + " device.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  autoneural bench --model cockpit-tiny",
            "  autoneural bench --model model.npu --prefill 256 --decode 64 --threads 1 --kernels scalar --json"})
final class BenchCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = {"-m", "--model"}, required = true, paramLabel = "MODEL", description = "A model: " + ModelSource.DESCRIPTION
            + "; a checkpoint is compiled first.")
    private String name;

    @Option(names = "--prefill", paramLabel = "N", description = "Tokens taken in at once. Default: 128.")
    private int prefill = 128;

    @Option(names = "--decode", paramLabel = "N", description = "Tokens taken in one by one after those. Default: 32.")
    private int decode = 32;

    @Option(names = "--repeat", paramLabel = "N", description = "Repetitions measured, as many again (at most 3) to warm up. Default: 5.")
    private int repeat = 5;

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
        if (prefill < 1 || decode < 1 || repeat < 1) {
            throw new UsageException("bench: --prefill is " + prefill + ", --decode is " + decode + ", --repeat is " + repeat
                    + "; allowed: at least 1 each");
        }
        ModelSource source = ModelSource.of(name);
        ProgressBar progress = console.progress(quiet);
        try {
            Path file = source.isCompiled() ? source.path()
                    : new ModelCache(console.cache()).compiled(source, source.options(console), progress);
            long start = System.nanoTime();
            try (CompiledModel model = CompiledModel.load(file, execution.shared()); Session session = model.newSession()) {
                double loadMs = (System.nanoTime() - start) / 1e6;
                print(measure(model, session, loadMs, progress));
            }
        } finally {
            progress.clear();
        }
        return ExitCode.OK;
    }

    private Map<String, Object> measure(CompiledModel model, Session session, double loadMs, ProgressBar progress) {
        if ((long) prefill + decode > session.capacity()) {
            throw new UsageException("bench: --prefill " + prefill + " and --decode " + decode + " do not fit the model's context of "
                    + session.capacity() + " tokens; ask for fewer, or compile with a longer --context");
        }
        byte[] picture = new byte[3 * model.preprocessing().width() * model.preprocessing().height()];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (byte) (31 * i >>> 3);
        }
        int[] ids = new int[prefill];
        Arrays.setAll(ids, i -> i % model.tokenizer().idLimit());
        Snapshot empty = session.snapshot();
        int warmUp = Math.min(3, repeat);
        double[][] ms = new double[3][repeat];
        for (int run = -warmUp; run < repeat; run++) {
            progress.at("measuring", run + warmUp, warmUp + repeat);
            double[] once = {time(() -> session.look(picture)), time(() -> session.feed(ids)), time(() -> decode(session, ids))};
            session.restore(empty);
            for (int part = 0; run >= 0 && part < once.length; part++) {
                ms[part][run] = once[part];
            }
        }
        progress.at("measuring", warmUp + repeat, warmUp + repeat);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("visionMs", median(ms[0]));
        result.put("prefillTokensPerSecond", 1000 * prefill / median(ms[1]));
        result.put("decodeTokensPerSecond", 1000 * decode / median(ms[2]));
        result.put("loadMs", loadMs);
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

    private void decode(Session session, int[] ids) {
        for (int i = 0; i < decode; i++) {
            session.feed(ids[i % ids.length]);
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
        console.out().println(String.format(Locale.ROOT, """
                vision        %10.2f ms a picture
                prefill       %10.1f tokens/s (%d tokens)
                decode        %10.1f tokens/s (%d tokens)
                load          %10.1f ms
                peak memory   %10.1f MB (%s)
                one session   %10.1f MB
                %d threads, kernels %s, Java %s, medians of %d""", r.get("visionMs"), r.get("prefillTokensPerSecond"), prefill,
                r.get("decodeTokensPerSecond"), decode, r.get("loadMs"), (Long) r.get("peakMemoryBytes") / 1e6, r.get("peakMemoryOf"),
                (Long) r.get("sessionBytes") / 1e6, execution.threads(), r.get("kernels"), r.get("java"), repeat));
    }
}

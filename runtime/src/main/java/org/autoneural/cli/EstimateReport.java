package org.autoneural.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.autoneural.backend.LatencyEstimate;
import org.autoneural.backend.LatencyEstimate.NodeEstimate;
import org.autoneural.ir.op.Engine;

/**
 * Estimates as people and programs read them.
 *
 * @param subject     what was estimated
 * @param description of the chip
 * @param estimates   by entry point
 */
record EstimateReport(String subject, String description, List<LatencyEstimate> estimates) {
    private static final int LONGEST = 12;

    EstimateReport {
        estimates = List.copyOf(estimates);
    }

    static String ms(double ms) {
        return ms >= 1000 ? String.format(Locale.ROOT, "%.2f s", ms / 1000) : String.format(Locale.ROOT, ms >= 100 ? "%.0f ms" : "%.3g ms", ms);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static boolean decodes(LatencyEstimate e) {
        return e.graph().equals("decode");
    }

    private static double duration(NodeEstimate n) {
        return Math.max(n.matrixMs() + n.vectorMs(), n.memoryMs());
    }

    /** Part of the array's possible work in the whole time that is real, 0 to 1. */
    private static double utilisation(LatencyEstimate e) {
        return e.macs() / (e.latencyMs() * e.limits().macsPerMs());
    }

    String text() {
        StringBuilder text = new StringBuilder(subject + " on " + description + System.lineSeparator());
        for (LatencyEstimate e : estimates) {
            text.append(String.format(Locale.ROOT, "%n%s: %s, %s %s to %s%n", e.graph(), ms(e.latencyMs()), decodes(e) ? "between" : "80 % interval",
                    ms(e.lowMs()), ms(e.highMs())));
            if (decodes(e)) {
                text.append(String.format(Locale.ROOT, "  %.1f tokens/s, between %.1f (what the vendor's software reaches today) and %.1f (the peak of the memory bus)%n",
                        1000 / e.latencyMs(), 1000 / e.highMs(), 1000 / e.lowMs()));
            }
            text.append(String.format(Locale.ROOT, "  %.3f GMAC, array %.0f %% busy with them; %s over the memory bus; %s of %s on chip; %s if nothing overlapped%n%n",
                    e.macs() / 1e9, 100 * utilisation(e), megabytes(e.ddrBytes()), megabytes(e.onChipBytes()), megabytes(e.limits().onChipBytes()),
                    ms(e.serialMs())));
            text.append(String.format("  %-38s %-14s %9s %9s %9s %9s  %-7s %5s%n", "longest of " + e.nodes().size() + " ops", "op", "array ms",
                    "vector ms", "bus ms", "bytes", "bound", "util"));
            e.nodes().stream().sorted(Comparator.comparingDouble(EstimateReport::duration).reversed()).limit(LONGEST).forEach(n -> text.append(
                    String.format(Locale.ROOT, "  %-38s %-14s %9.4f %9.4f %9.4f %9s  %-7s %4.0f%%%n", clipped(n.source().isEmpty() ? n.node() : n.source()),
                            n.op(), n.matrixMs(), n.vectorMs(), n.memoryMs(), megabytes(n.ddrBytes()), name(n.boundBy()), 100 * n.utilisation())));
        }
        return text.append(System.lineSeparator()).append("Estimates, not measured on a device.").toString();
    }

    private static String clipped(String name) {
        return name.length() <= 38 ? name : "..." + name.substring(name.length() - 35);
    }

    /**
     * For programs. {@code latencyMs}, {@code lowMs} and {@code highMs} are those of {@code decode} when there is no picture to look at,
     * else of the first entry point.
     */
    Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        LatencyEstimate main = estimates.stream().filter(e -> decodes(e) && estimates.stream().noneMatch(v -> v.graph().equals("vision")))
                .findFirst().orElse(estimates.get(0));
        object.put("subject", subject);
        object.put("target", main.target());
        object.put("measured", false);
        object.put("entry", main.graph());
        times(object, main);
        estimates.stream().filter(EstimateReport::decodes).findFirst().ifPresent(e -> tokens(object, e));
        List<Map<String, Object>> entries = new ArrayList<>();
        for (LatencyEstimate e : estimates) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("entry", e.graph());
            times(one, e);
            one.put("serialMs", e.serialMs());
            one.put("macs", e.macs());
            one.put("utilisation", utilisation(e));
            one.put("ddrBytes", e.ddrBytes());
            one.put("onChipBytes", e.onChipBytes());
            if (decodes(e)) {
                tokens(one, e);
            }
            entries.add(one);
        }
        object.put("entryPoints", entries);
        return object;
    }

    private static void times(Map<String, Object> object, LatencyEstimate e) {
        object.put("latencyMs", e.latencyMs());
        object.put("lowMs", e.lowMs());
        object.put("highMs", e.highMs());
    }

    private static void tokens(Map<String, Object> object, LatencyEstimate e) {
        object.put("tokensPerSecond", 1000 / e.latencyMs());
        object.put("tokensPerSecondLow", 1000 / e.highMs());
        object.put("tokensPerSecondHigh", 1000 / e.lowMs());
    }

    /** One line an op. */
    String csv() {
        StringBuilder text = new StringBuilder("entry,node,op,source,engine,start_ms,end_ms,matrix_ms,vector_ms,memory_ms,macs,ddr_bytes,"
                + "on_chip_bytes,bound_by,utilisation\n");
        for (LatencyEstimate e : estimates) {
            for (NodeEstimate n : e.nodes()) {
                text.append(String.format(Locale.ROOT, "%s,%s,%s,%s,%s,%.6f,%.6f,%.6f,%.6f,%.6f,%d,%d,%d,%s,%.4f%n", quoted(e.graph()), quoted(n.node()),
                        n.op(), quoted(n.source()), name(n.engine()), n.startMs(), n.endMs(), n.matrixMs(), n.vectorMs(), n.memoryMs(), n.macs(),
                        n.ddrBytes(), n.onChipBytes(), name(n.boundBy()), n.utilisation()));
            }
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return text.matches("[\\w./:-]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** The schedule in Chrome's trace event format: a process for each entry point, threads for array, vector unit and memory bus. */
    String trace() {
        List<Map<String, Object>> events = new ArrayList<>();
        for (int p = 0; p < estimates.size(); p++) {
            LatencyEstimate e = estimates.get(p);
            events.add(Map.of("ph", "M", "name", "process_name", "pid", p, "args", Map.of("name", e.graph() + " on " + e.target() + " (estimate)")));
            for (Lane lane : Lane.values()) {
                events.add(Map.of("ph", "M", "name", "thread_name", "pid", p, "tid", lane.ordinal(), "args", Map.of("name", lane.text)));
            }
            for (NodeEstimate n : e.nodes()) {
                if (n.endMs() > n.startMs()) {
                    events.add(event(n, p, n.engine() == Engine.MATRIX ? Lane.ARRAY : Lane.VECTOR, n.startMs(), n.endMs()));
                }
                if (n.fetchEndMs() > n.fetchStartMs()) {
                    events.add(event(n, p, Lane.BUS, n.fetchStartMs(), n.fetchEndMs()));
                }
            }
        }
        Map<String, Object> trace = new LinkedHashMap<>();
        trace.put("displayTimeUnit", "ms");
        trace.put("traceEvents", events);
        return Json.line(trace) + "\n";
    }

    private enum Lane {
        ARRAY("array"), VECTOR("vector unit"), BUS("memory bus");

        private final String text;

        Lane(String text) {
            this.text = text;
        }
    }

    private static Map<String, Object> event(NodeEstimate n, int process, Lane lane, double from, double to) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("ph", "X");
        event.put("name", n.op());
        event.put("cat", name(n.boundBy()));
        event.put("pid", process);
        event.put("tid", lane.ordinal());
        event.put("ts", from * 1000);
        event.put("dur", (to - from) * 1000);
        event.put("args", Map.of("node", n.node(), "source", n.source(), "macs", n.macs(), "ddrBytes", n.ddrBytes(), "boundBy", name(n.boundBy())));
        return event;
    }

    /** One page that needs no network. */
    String page() {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (LatencyEstimate e : estimates) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("entry", e.graph());
            times(one, e);
            one.put("serialMs", e.serialMs());
            one.put("macs", e.macs());
            one.put("ddrBytes", e.ddrBytes());
            one.put("onChipBytes", e.onChipBytes());
            one.put("peakMacsPerMs", e.limits().macsPerMs());
            one.put("peakBytesPerMs", e.limits().ddrBytesPerMs());
            one.put("roomBytes", e.limits().onChipBytes());
            one.put("nodes", e.nodes().stream().map(EstimateReport::row).toList());
            entries.add(one);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("subject", subject);
        data.put("description", description);
        data.put("entries", entries);
        try (InputStream in = EstimateReport.class.getResourceAsStream("estimate.html")) {
            // Inside a script element "<" could end it.
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("{{data}}", Json.line(data).replace("<", "\\u003c"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Object> row(NodeEstimate n) {
        return List.of(n.node(), n.op(), n.source(), n.engine() == Engine.MATRIX ? 0 : 1, n.startMs(), n.endMs(), n.fetchStartMs(), n.fetchEndMs(),
                n.matrixMs(), n.vectorMs(), n.memoryMs(), n.macs(), n.ddrBytes(), n.onChipBytes(), name(n.boundBy()), n.utilisation());
    }
}

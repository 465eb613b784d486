package org.autoneural.model.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.autoneural.backend.Measurement;
import org.autoneural.backend.Precision;
import org.autoneural.ir.Graph;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;

/**
 * Reads measured times from comma-separated text with a header line: columns {@code model}, {@code precision} ({@code float} or
 * the names of {@link Precision}) and {@code ms}; where they are there, {@code component}, {@code status}, {@code npu_layers} and
 * {@code total_layers} say which rows count. Rows of networks that {@link Zoo} lacks are left out, and their names told.
 *
 * <p>Rules: rows that did not pass or ran partly on the CPU are left out; rows of one network and precision (two runtimes) become one,
 * their geometric mean; quantized rows slower than the floats of the same network are left out, as a runtime's trouble rather than the
 * chip's speed; so are networks whose runtimes differ by more than half. They were fixed before anything was fitted, but for one: the rule
 * about slower rows held for w8a8 only and was widened to all quantized rows after a first look at the data.
 */
public final class Measurements {
    private static final double MOST_SPREAD = 1.5;

    private Measurements() {}

    /**
     * What a file gave.
     *
     * @param used     to calibrate on
     * @param leftOut  times that the rules leave out: ran on the chip as a whole, but too slow or too far apart
     * @param excluded one line each: what was left out by the rules, and why
     * @param unknown  names of networks that {@link Zoo} lacks
     */
    public record Result(List<Measurement> used, List<Measurement> leftOut, List<String> excluded, List<String> unknown) {}

    private record Key(String network, Precision precision) {}

    /** @throws IllegalArgumentException naming the line and what is wrong with it */
    public static Result read(List<String> lines) {
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("line 1: no header; columns model, precision and ms are needed");
        }
        List<String> header = List.of(lines.get(0).strip().split(","));
        if (!header.containsAll(List.of("model", "precision", "ms"))) {
            throw new IllegalArgumentException("line 1: columns are " + header + "; model, precision and ms are needed");
        }
        List<String> excluded = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>();
        Map<Key, List<Double>> times = new LinkedHashMap<>();
        for (int i = 1; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                row(i + 1, header, lines.get(i).strip().split(",", -1), times, excluded, unknown);
            }
        }
        return measurements(times, excluded, List.copyOf(unknown));
    }

    private static void row(int line, List<String> header, String[] cells, Map<Key, List<Double>> times, List<String> excluded,
            Set<String> unknown) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException("line " + line + ": " + cells.length + " cells where the header has " + header.size());
        }
        String model = cells[header.indexOf("model")];
        String component = header.contains("component") ? model + "/" + cells[header.indexOf("component")] : model;
        String network = Zoo.names().contains(component) ? component : model;
        if (!Zoo.names().contains(network)) {
            unknown.add(component);
            return;
        }
        String precision = cells[header.indexOf("precision")];
        double ms;
        Key key;
        try {
            ms = Double.parseDouble(cells[header.indexOf("ms")]);
            if (!(ms > 0) || Double.isInfinite(ms)) {
                throw new IllegalArgumentException("ms is " + ms + "; allowed: above 0");
            }
            key = new Key(network, precision.equals("float") ? Precision.FP16 : Precision.parse(precision));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("line " + line + ": " + e.getMessage(), e);
        }
        boolean whole = !header.contains("npu_layers") || cells[header.indexOf("npu_layers")].equals(cells[header.indexOf("total_layers")]);
        if (!whole || header.contains("status") && !cells[header.indexOf("status")].equals("Passed")) {
            excluded.add(network + " " + precision + ": did not pass, or ran partly on the CPU");
        } else {
            times.computeIfAbsent(key, k -> new ArrayList<>()).add(ms);
        }
    }

    private static Result measurements(Map<Key, List<Double>> times, List<String> excluded, List<String> unknown) {
        List<Measurement> used = new ArrayList<>(), leftOut = new ArrayList<>();
        Map<String, Network> networks = new LinkedHashMap<>();
        Map<String, Graph> graphs = new LinkedHashMap<>();
        PassManager passes = new PassManager(Passes.standard());
        times.forEach((key, list) -> {
            double ms = mean(list);
            Network network = networks.computeIfAbsent(key.network, n -> Zoo.build(n, OptionalInt.empty()));
            Graph graph = graphs.computeIfAbsent(key.network, n -> passes.run(network.program().entryPoints().get(0)));
            Measurement measurement = new Measurement(key.network, network.family(), graph, key.precision, ms);
            List<Double> floats = times.get(new Key(key.network, Precision.FP16));
            double low = list.stream().mapToDouble(x -> x).min().orElseThrow(), high = list.stream().mapToDouble(x -> x).max().orElseThrow();
            if (key.precision != Precision.FP16 && floats != null && ms > mean(floats)) {
                excluded.add(key.network + " " + key.precision.text() + ": slower than its floats");
                leftOut.add(measurement);
            } else if (high > MOST_SPREAD * low) {
                excluded.add(key.network + " " + key.precision.text() + ": runtimes differ, " + list + " ms");
                leftOut.add(measurement);
            } else {
                used.add(measurement);
            }
        });
        return new Result(used, leftOut, excluded, unknown);
    }

    private static double mean(List<Double> times) {
        return StrictMath.exp(times.stream().mapToDouble(StrictMath::log).average().orElseThrow());
    }
}

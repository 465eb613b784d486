package org.autoneural.sim.cost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.autoneural.backend.Measurement;
import org.autoneural.backend.Precision;

/**
 * Fits the model's speeds to measurements and says how far they may be trusted: every family is estimated with speeds fitted to
 * all others (leave one family out), beside the {@link Baseline}.
 */
public final class Calibration {
    private static final int RESAMPLES = 60;
    /** Part of the measurements that lie within the interval of an estimate. */
    private static final double COVERAGE = 0.8;
    private static final String[] NAMES = {"startMs", "issueMs", "macsPerMs.W8A8", "vectorsPerMs", "depthwisePerMs", "ddrBytesPerMs",
        "floatFactor"};

    private final Architecture architecture;
    private final List<Observation> observations;

    /** @param device {@code sa8295p} */
    public Calibration(String device, List<Measurement> measurements) {
        architecture = Architecture.read(device);
        observations = measurements.stream().map(m -> Observation.of(architecture, m)).toList();
    }

    /**
     * What a fit gave, as text files to be frozen.
     *
     * @param speeds  content of {@code NAME-speeds.properties}
     * @param heldOut content of {@code NAME-held-out.properties}: the logarithms of the speeds fitted without each family or set of networks
     * @param report  tables in Markdown
     */
    public record Result(String speeds, String heldOut, String report) {}

    /**
     * Fits all; takes a few minutes.
     *
     * @param apart sets of networks by name, for {@link #unseenReport}
     */
    public Result run(Map<String, Set<String>> apart) {
        double[] all = SpeedFit.fit(observations, SpeedFit.prior(), SpeedFit.prior().middle(), architecture.roomBytes());
        Map<String, double[]> heldOut = new TreeMap<>();
        for (String family : families()) {
            heldOut.put(family, without(o -> o.family().equals(family), all));
        }
        apart.forEach((name, networks) -> heldOut.put(name, without(o -> networks.contains(o.network()), all)));
        Map<MacClass, Frozen.Interval> intervals = intervals(ratios(heldOut));
        return new Result(speedsFile(all, intervals), heldOutFile(heldOut), report(all, heldOut, intervals, networks()));
    }

    private double[] without(Predicate<Observation> held, double[] start) {
        return SpeedFit.fit(observations.stream().filter(held.negate()).toList(), SpeedFit.prior(), start, architecture.roomBytes());
    }

    /**
     * The tables for speeds that were frozen before: no fitting but that of the baseline.
     *
     * @param networks those whose rows are shown; the errors are over all measurements
     */
    public String frozenReport(Set<String> networks) {
        Frozen frozen = Frozen.read(architecture.name());
        return report(SpeedFit.vector(frozen.speeds()), heldOut(), frozen.intervals(), networks);
    }

    private Map<String, double[]> heldOut() {
        Map<String, double[]> heldOut = new TreeMap<>();
        Properties p = Architecture.properties(architecture.name() + "-held-out.properties");
        p.stringPropertyNames().forEach(f -> heldOut.put(f, Arrays.stream(p.getProperty(f).split(",")).mapToDouble(Double::parseDouble).toArray()));
        return heldOut;
    }

    /**
     * How far the speeds are off that were fitted without {@code networks}, and what an interval drawn from all others holds of them.
     *
     * @param name of the set, as given to {@link #run}
     */
    public String unseenReport(String name, Set<String> networks) {
        Map<String, double[]> heldOut = heldOut();
        double[] speeds = heldOut.get(name);
        Map<Observation, Double> others = ratios(heldOut);
        others.keySet().removeIf(o -> networks.contains(o.network()));
        Map<MacClass, Frozen.Interval> intervals = intervals(others);
        List<Observation> unseen = observations.stream().filter(o -> networks.contains(o.network())).toList();
        StringBuilder text = new StringBuilder("| precision | model | n | median | p90 | worst | Kendall tau | bias | within the interval |\n"
                + "|---|---|---|---|---|---|---|---|---|\n");
        for (Precision p : Precision.values()) {
            List<Observation> rows = unseen.stream().filter(o -> o.precision() == p).toList();
            if (!rows.isEmpty()) {
                text.append(line(p, "layers, never seen", rows.stream().map(o -> new Errors.Pair(o.ms(), estimate(speeds, o))).toList()).strip())
                        .append(String.format(Locale.ROOT, " %d of %d |%n",
                                rows.stream().filter(o -> intervals.get(widths(p)).holds(o.ms() / estimate(speeds, o))).count(), rows.size()));
            }
        }
        text.append("\n| network | precision | measured ms | estimated | error | interval |\n|---|---|---|---|---|---|\n");
        for (Observation o : unseen) {
            Frozen.Interval interval = intervals.get(widths(o.precision()));
            double ms = estimate(speeds, o), low = ms * interval.low(), high = ms * interval.high();
            text.append(String.format(Locale.ROOT, "| %s | %s | %.3f | %.3f | %+.0f %% | %s %.3f to %.3f |%n", o.network(), o.precision().text(), o.ms(), ms,
                    100 * (ms / o.ms() - 1), o.ms() < low ? "below" : o.ms() > high ? "above" : "within", low, high));
        }
        return text.toString();
    }

    /** How many measurements lie within the interval of the estimate that did not see their family. */
    private String coverage(Map<String, double[]> heldOut, Map<MacClass, Frozen.Interval> intervals) {
        Map<Observation, Double> ratios = ratios(heldOut);
        StringBuilder text = new StringBuilder("| precision | n | interval, of the estimate | within it | within that of the other families |\n|---|---|---|---|---|\n");
        for (Precision p : Precision.values()) {
            Map<Observation, Double> rows = of(p, ratios);
            if (!rows.isEmpty()) {
                Frozen.Interval interval = intervals.get(widths(p));
                text.append(String.format(Locale.ROOT, "| %s | %d | %.2f to %.2f | %.0f %% | %.0f %% |%n", p.text(), rows.size(), interval.low(), interval.high(),
                        100.0 * rows.values().stream().filter(interval::holds).count() / rows.size(), 100.0 * heldWithin(rows, tail(rows)) / rows.size()));
            }
        }
        return text.toString();
    }

    /** Measured / estimated without the family. */
    private Map<Observation, Double> ratios(Map<String, double[]> heldOut) {
        Map<Observation, Double> ratios = new LinkedHashMap<>();
        observations.forEach(o -> ratios.put(o, o.ms() / estimate(heldOut.get(o.family()), o)));
        return ratios;
    }

    private static Map<Observation, Double> of(Precision precision, Map<Observation, Double> ratios) {
        Map<Observation, Double> some = new LinkedHashMap<>(ratios);
        some.keySet().removeIf(o -> o.precision() != precision);
        return some;
    }

    /** The widths of most multiply-adds of a network stored in {@code precision}. */
    private static MacClass widths(Precision precision) {
        return MacClass.valueOf(precision.name());
    }

    /** By precision; 4-bit weights, which no measurement has, get the interval of 8-bit ones. */
    private static Map<MacClass, Frozen.Interval> intervals(Map<Observation, Double> ratios) {
        Map<MacClass, Frozen.Interval> intervals = new EnumMap<>(MacClass.class);
        for (Precision p : List.of(Precision.FP16, Precision.W8A8, Precision.W8A16)) {
            Map<Observation, Double> rows = of(p, ratios);
            intervals.put(widths(p), interval(values(rows, ""), tail(rows)));
        }
        intervals.put(MacClass.W4A16, intervals.get(MacClass.W8A16));
        return intervals;
    }

    private static Frozen.Interval interval(double[] ratios, double tail) {
        return new Frozen.Interval(Errors.percentileOf(ratios, tail), Errors.percentileOf(ratios, 1 - tail));
    }

    /**
     * The part of the ratios to leave out at either end: at most a tenth, and so little that an interval drawn from all other families
     * holds {@link #COVERAGE} of the measurements.
     */
    private static double tail(Map<Observation, Double> ratios) {
        double tail = (1 - COVERAGE) / 2;
        while (tail > 0 && heldWithin(ratios, tail) < COVERAGE * ratios.size()) {
            tail = Math.max(0, tail - 0.005);
        }
        return tail;
    }

    private static long heldWithin(Map<Observation, Double> ratios, double tail) {
        return ratios.entrySet().stream().filter(e -> interval(values(ratios, e.getKey().family()), tail).holds(e.getValue())).count();
    }

    /** All ratios but those of {@code family}; with an empty name all. */
    private static double[] values(Map<Observation, Double> ratios, String family) {
        return ratios.entrySet().stream().filter(e -> !e.getKey().family().equals(family)).mapToDouble(Map.Entry::getValue).toArray();
    }

    /** Names of all networks measured. */
    public Set<String> networks() {
        return observations.stream().map(Observation::network).collect(Collectors.toCollection(TreeSet::new));
    }

    private TreeSet<String> families() {
        TreeSet<String> families = new TreeSet<>();
        observations.forEach(o -> families.add(o.family()));
        return families;
    }

    private double estimate(double[] v, Observation o) {
        return Schedule.of(o.table(), SpeedFit.speeds(v), architecture.roomBytes()).totalMs();
    }

    private static String speedsFile(double[] v, Map<MacClass, Frozen.Interval> intervals) {
        Speeds s = SpeedFit.speeds(v);
        StringBuilder text = new StringBuilder("# Speeds of the SA8295P, fitted to qualcomm/ai-hub-models at b61a009 (BSD-3-Clause) by the command in docs/latency.md.\n");
        Map<String, Double> lines = new LinkedHashMap<>();
        lines.put("startMs", s.startMs());
        lines.put("issueMs", s.issueMs());
        for (MacClass c : MacClass.values()) {
            lines.put("macsPerMs." + c, s.macsPerMs().get(c));
        }
        lines.put("vectorsPerMs", s.vectorsPerMs());
        lines.put("depthwisePerMs", s.depthwisePerMs());
        lines.put("ddrBytesPerMs", s.ddrBytesPerMs());
        lines.put("floatFactor", s.floatFactor());
        for (MacClass c : MacClass.values()) {
            lines.put("low." + c, intervals.get(c).low());
            lines.put("high." + c, intervals.get(c).high());
        }
        lines.forEach((k, x) -> text.append(String.format(Locale.ROOT, "%s = %.5g%n", k, x)));
        return text.toString();
    }

    private static String heldOutFile(Map<String, double[]> heldOut) {
        StringBuilder text = new StringBuilder("# Logarithms of the speeds fitted without each family, and without sets of networks, for the test that recomputes the errors.\n");
        heldOut.forEach((family, v) -> text.append(family).append(" = ").append(String.join(",",
                Arrays.stream(v).mapToObj(x -> String.format(Locale.ROOT, "%.4f", x)).toList())).append('\n'));
        return text.toString();
    }

    private String report(double[] all, Map<String, double[]> heldOut, Map<MacClass, Frozen.Interval> intervals, Set<String> networks) {
        StringBuilder text = new StringBuilder("| precision | model | n | median | p90 | worst | Kendall tau | bias |\n|---|---|---|---|---|---|---|---|\n");
        Map<Observation, Double> baseline = baseline();
        for (Precision p : Precision.values()) {
            List<Observation> rows = observations.stream().filter(o -> o.precision() == p).toList();
            if (rows.size() < 3) {
                continue;
            }
            text.append(line(p, "layers, family held out", rows.stream().map(o -> new Errors.Pair(o.ms(), estimate(heldOut.get(o.family()), o))).toList()));
            text.append(line(p, "whole network, family held out", rows.stream().map(o -> new Errors.Pair(o.ms(), baseline.get(o))).toList()));
            text.append(line(p, "layers, in sample", rows.stream().map(o -> new Errors.Pair(o.ms(), estimate(all, o))).toList()));
        }
        text.append('\n').append(coverage(heldOut, intervals)).append("\n| network | family | precision | measured ms | estimated, family held out | error | whole network |\n|---|---|---|---|---|---|---|\n");
        for (Observation o : observations.stream().filter(o -> networks.contains(o.network())).toList()) {
            double ms = estimate(heldOut.get(o.family()), o);
            text.append(String.format(Locale.ROOT, "| %s | %s | %s | %.3f | %.3f | %+.0f %% | %+.0f %% |%n", o.network(), o.family(), o.precision().text(),
                    o.ms(), ms, 100 * (ms / o.ms() - 1), 100 * (baseline.get(o) / o.ms() - 1)));
        }
        return text.toString();
    }

    /** Speeds with their spread when the measurements are drawn again, by family, with the seed fixed; takes many minutes. */
    public String bootstrap() {
        double[] start = SpeedFit.vector(Frozen.read(architecture.name()).speeds());
        List<String> families = List.copyOf(families());
        Random random = new Random(1);
        double[][] drawn = new double[NAMES.length][RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            List<Observation> sample = new ArrayList<>();
            for (int i = 0; i < families.size(); i++) {
                String family = families.get(random.nextInt(families.size()));
                observations.stream().filter(o -> o.family().equals(family)).forEach(sample::add);
            }
            double[] v = SpeedFit.fit(sample, SpeedFit.prior(), start, architecture.roomBytes());
            for (int k = 0; k < v.length; k++) {
                drawn[k][r] = v[k];
            }
        }
        StringBuilder text = new StringBuilder("| speed | fitted | 80 % of " + RESAMPLES + " resamples |\n|---|---|---|\n");
        for (int k = 0; k < NAMES.length; k++) {
            text.append(String.format(Locale.ROOT, "| `%s` | %.4g | %.4g to %.4g |%n", NAMES[k], StrictMath.exp(start[k]),
                    StrictMath.exp(Errors.percentileOf(drawn[k], 0.1)), StrictMath.exp(Errors.percentileOf(drawn[k], 0.9))));
        }
        return text.toString();
    }

    private static String line(Precision p, String model, List<Errors.Pair> pairs) {
        Errors e = Errors.of(pairs);
        return String.format(Locale.ROOT, "| %s | %s | %d | %.1f %% | %.1f %% | %.1f %% | %.3f | %+.1f %% |%n", p.text(), model, e.count(),
                100 * e.median(), 100 * e.p90(), 100 * e.worst(), e.tau(), 100 * e.bias());
    }

    private Map<Observation, Double> baseline() {
        Map<Observation, Double> estimates = new LinkedHashMap<>();
        for (Precision p : Precision.values()) {
            List<Observation> rows = observations.stream().filter(o -> o.precision() == p).toList();
            for (String family : families()) {
                List<Observation> held = rows.stream().filter(o -> o.family().equals(family)).toList();
                List<Observation> others = rows.stream().filter(o -> !o.family().equals(family)).toList();
                if (!held.isEmpty() && !others.isEmpty()) {
                    Baseline fitted = Baseline.fit(others);
                    held.forEach(o -> estimates.put(o, fitted.estimate(o)));
                }
            }
        }
        return estimates;
    }
}

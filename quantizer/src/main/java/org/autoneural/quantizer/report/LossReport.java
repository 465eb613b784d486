package org.autoneural.quantizer.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which layer of a quantized model costs what.
 *
 * @param model    name
 * @param recipe   name
 * @param pictures that were looked at
 * @param tokens   of questions and answers that were read, visual tokens included
 * @param layers   in the order of the graphs
 * @param weights  in the order of the graphs
 */
public record LossReport(String model, String recipe, int pictures, int tokens, List<LayerLoss> layers, List<WeightLoss> weights) {
    public LossReport {
        layers = List.copyOf(layers);
        weights = List.copyOf(weights);
    }

    /** What each node adds, the most first. */
    public List<LayerLoss> byIntroduced() {
        return layers.stream().sorted(Comparator.comparingDouble(LayerLoss::introduced).reversed()).toList();
    }

    /** The last layer of an entry point: what it gives away. */
    public Optional<LayerLoss> result(String graph) {
        return layers.stream().filter(l -> l.graph().equals(graph)).reduce((a, b) -> b);
    }

    /** Names of the entry points, in order. */
    public List<String> graphs() {
        return layers.stream().map(LayerLoss::graph).distinct().toList();
    }

    /** For the terminal: a summary, then the {@code rows} layers that add most. */
    public String table(int rows) {
        StringBuilder t = new StringBuilder();
        line(t, "%s, %s: %d pictures, %d tokens", model, recipe, pictures, tokens);
        for (String graph : graphs()) {
            LayerLoss r = result(graph).orElseThrow();
            line(t, "  %-8s result %-10s quantized %6.2f dB, integers %6.2f dB, relative RMS %.3f%%", graph, r.value(), r.quantized().sqnrDb(),
                    r.integer().orElse(r.quantized()).sqnrDb(), 100 * r.gathered());
        }
        line(t, "%nAdded by the layer alone, most first (a node's rounded weights and result against the same op with%n"
                + "real ones, on the operands of the quantized run)%n");
        line(t, "%9s %9s %9s %8s %9s %8s  %-9s %-16s %s", "added", "gathered", "SQNR dB", "cosine", "worst ch.", "cut off", "graph", "op", "tensor");
        for (LayerLoss l : byIntroduced().subList(0, Math.min(rows, layers.size()))) {
            Distance d = l.integer().orElse(l.quantized());
            line(t, "%8.3f%% %8.3f%% %9.2f %8.5f %8.2f%% %7.3f%%  %-9s %-16s %s", 100 * l.introduced(), 100 * d.relativeRms(), d.sqnrDb(), d.cosine(),
                    100 * d.worstRelativeRms(), 100 * l.histogram().saturation(), l.graph(), l.op(), l.value());
        }
        return t.toString().stripTrailing();
    }

    private static void line(StringBuilder text, String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }

    /** For programs; infinite decibels are null. */
    public Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", model);
        object.put("recipe", recipe);
        object.put("pictures", pictures);
        object.put("tokens", tokens);
        object.put("layers", byIntroduced().stream().map(LossReport::object).toList());
        List<WeightLoss> worst = new ArrayList<>(weights);
        worst.sort(Comparator.comparingDouble((WeightLoss w) -> w.distance().relativeRms()).reversed());
        object.put("weights", worst.stream().map(w -> {
            Map<String, Object> o = new LinkedHashMap<>();
            o.put("graph", w.graph());
            o.put("name", w.name());
            o.put("encoding", w.encoding());
            o.put("error", object(w.distance()));
            o.put("clipped", w.clipped());
            return o;
        }).toList());
        return object;
    }

    private static Map<String, Object> object(LayerLoss l) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("graph", l.graph());
        o.put("index", l.index());
        o.put("value", l.value());
        o.put("op", l.op());
        o.put("source", l.source());
        o.put("encoding", l.encoding());
        o.put("introduced", l.introduced());
        o.put("quantized", object(l.quantized()));
        l.integer().ifPresent(d -> o.put("integer", object(d)));
        o.put("saturation", l.histogram().saturation());
        o.put("histogram", l.histogram());
        return o;
    }

    private static Map<String, Object> object(Distance d) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("sqnrDb", Double.isFinite(d.sqnrDb()) ? d.sqnrDb() : null);
        o.put("relativeRms", Double.isFinite(d.relativeRms()) ? d.relativeRms() : null);
        o.put("cosine", d.cosine());
        o.put("maxAbsolute", d.maxAbsolute());
        o.put("worstChannel", d.worstChannel());
        o.put("worstChannelRms", d.worstRelativeRms());
        return o;
    }
}

package org.autoneural.quantizer.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A {@link LossReport} as one HTML page that asks nothing of a network: style, script and plots are in it. */
public final class LossPage {
    private static final String TEMPLATE = "loss-page.html";
    /** Losses above this share of the signal stand out. */
    private static final double FAR = 0.05;

    private LossPage() {}

    /** The whole page; equal reports give equal pages. */
    public static String of(LossReport report) {
        double largest = report.layers().stream().mapToDouble(LayerLoss::introduced).filter(Double::isFinite).max().orElse(0);
        StringBuilder layers = new StringBuilder();
        report.byIntroduced().forEach(l -> layer(layers, l, largest));
        StringBuilder weights = new StringBuilder();
        report.weights().stream().sorted(Comparator.comparingDouble((WeightLoss w) -> w.distance().relativeRms()).reversed())
                .forEach(w -> weight(weights, w));
        StringBuilder charts = new StringBuilder();
        report.graphs().forEach(g -> charts.append(LossChart.of(g, report.layers().stream().filter(l -> l.graph().equals(g)).toList())));
        String page = template();
        for (Map.Entry<String, String> part : Map.of(
                "title", escape("Quantization of " + report.model()),
                "about", escape(String.format(Locale.ROOT, "Recipe %s, %d pictures, %d tokens of questions and answers. Means are over all of them.",
                        report.recipe(), report.pictures(), report.tokens())),
                "cards", cards(report), "charts", charts.toString(), "layers", layers.toString(), "weights", weights.toString()).entrySet()) {
            page = page.replace("{{" + part.getKey() + "}}", part.getValue());
        }
        return page;
    }

    private static String template() {
        try (InputStream in = LossPage.class.getResourceAsStream(TEMPLATE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String cards(LossReport report) {
        StringBuilder cards = new StringBuilder();
        for (String graph : report.graphs()) {
            LayerLoss r = report.result(graph).orElseThrow();
            card(cards, graph + ": " + r.value(), db(r.integer().orElse(r.quantized())) + " dB",
                    String.format(Locale.ROOT, "relative RMS %.3f %%, rounded values alone %s dB", 100 * r.gathered(), db(r.quantized())));
        }
        report.byIntroduced().stream().findFirst().ifPresent(l -> card(cards, "layer that adds most",
                percent(l.introduced()), l.value() + " (" + l.op() + ", " + l.graph() + ")"));
        List<LayerLoss> cut = report.layers().stream().filter(l -> l.histogram().saturation() > 0)
                .sorted(Comparator.comparingDouble((LayerLoss l) -> l.histogram().saturation()).reversed()).toList();
        card(cards, "tensors with values cut off", cut.size() + " of " + report.layers().size(), cut.isEmpty() ? "none"
                : "most: " + cut.get(0).value() + ", " + percent(cut.get(0).histogram().saturation()));
        return cards.toString();
    }

    private static void card(StringBuilder to, String title, String figure, String remark) {
        to.append("<div class=\"card\"><h3>").append(escape(title)).append("</h3><strong>").append(escape(figure)).append("</strong><small>")
                .append(escape(remark)).append("</small></div>\n");
    }

    private static void layer(StringBuilder to, LayerLoss l, double largest) {
        Distance d = l.integer().orElse(l.quantized());
        to.append("<tr><td class=\"text name\">").append(escape(l.value())).append("<small>").append(escape(l.graph()
                + (l.source().isEmpty() ? "" : " · " + l.source()))).append("</small></td>");
        number(to, l.introduced(), percent(l.introduced()) + String.format(Locale.ROOT, "<span class=\"meter\" style=\"width:%.0fpx\"></span>",
                largest > 0 && Double.isFinite(l.introduced()) ? 60 * l.introduced() / largest : 0), l.introduced() > FAR);
        number(to, d.relativeRms(), percent(d.relativeRms()), d.relativeRms() > FAR);
        number(to, d.sqnrDb(), db(d), false);
        number(to, l.quantized().sqnrDb(), db(l.quantized()), false);
        distance(to, d);
        number(to, l.histogram().saturation(), percent(l.histogram().saturation()), l.histogram().saturation() > FAR);
        to.append("<td data-v=\"").append(l.histogram().max()).append("\">").append(bins(l.histogram())).append("</td>");
        text(to, l.encoding(), "");
        text(to, l.op(), "");
        to.append("</tr>\n");
    }

    private static void weight(StringBuilder to, WeightLoss w) {
        to.append("<tr>");
        text(to, w.name(), " name");
        number(to, w.distance().relativeRms(), percent(w.distance().relativeRms()), w.distance().relativeRms() > FAR);
        number(to, w.distance().sqnrDb(), db(w.distance()), false);
        distance(to, w.distance());
        number(to, w.clipped(), percent(w.clipped()), false);
        text(to, w.encoding(), "");
        text(to, w.graph(), "");
        to.append("</tr>\n");
    }

    private static void distance(StringBuilder to, Distance d) {
        number(to, d.cosine(), String.format(Locale.ROOT, "%.6f", d.cosine()), false);
        number(to, d.worstRelativeRms(), d.worstChannel() < 0 ? "" : percent(d.worstRelativeRms()) + " #" + d.worstChannel(), false);
    }

    private static void number(StringBuilder to, double value, String html, boolean far) {
        String sortable = Double.isNaN(value) ? "0" : Double.isInfinite(value) ? value > 0 ? "1e300" : "-1e300" : String.valueOf(value);
        to.append("<td").append(far ? " class=\"far\"" : "").append(" data-v=\"").append(sortable).append("\">").append(html).append("</td>");
    }

    private static void text(StringBuilder to, String text, String more) {
        to.append("<td class=\"text").append(more).append("\">").append(escape(text)).append("</td>");
    }

    /** A small histogram, heights logarithmic. */
    private static String bins(ValueHistogram h) {
        double most = Math.log1p(h.bins().stream().mapToLong(b -> b).max().orElse(0));
        StringBuilder path = new StringBuilder("M0 24");
        for (int i = 0; i < h.bins().size(); i++) {
            double height = most == 0 ? 0 : 22 * Math.log1p(h.bins().get(i)) / most;
            path.append(String.format(Locale.ROOT, "V%.1fH%d", 24 - height, 3 * (i + 1)));
        }
        return String.format(Locale.ROOT, "<svg width=\"120\" height=\"24\"><title>%.4g to %.4g</title><path class=\"bins\" d=\"%sV24Z\"/></svg>",
                h.min(), h.max(), path);
    }

    private static String db(Distance d) {
        return Double.isInfinite(d.sqnrDb()) ? d.sqnrDb() > 0 ? "exact" : "none" : String.format(Locale.ROOT, "%.1f", d.sqnrDb());
    }

    static String percent(double share) {
        return share == 0 ? "0 %" : share < 1e-5 ? "< 0.001 %" : String.format(Locale.ROOT, "%.3f %%", 100 * share);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}

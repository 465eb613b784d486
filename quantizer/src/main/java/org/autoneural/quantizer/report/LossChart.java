package org.autoneural.quantizer.report;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The losses along one graph as SVG: bars for what each layer adds, lines for what has gathered; relative RMS, logarithmic. */
final class LossChart {
    private static final int WIDTH = 1160;
    private static final int HEIGHT = 330;
    private static final int LEFT = 62;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 52;
    /** Space that a label of the axis takes, in pixels. */
    private static final int LABEL = 58;
    /** A module as far as its first number: {@code blocks.2} of {@code a.b.blocks.2.1.conv}. */
    private static final Pattern PART = Pattern.compile("([^.]+\\.\\d+)(\\.|$)");

    private final List<LayerLoss> layers;
    private final int lowest;
    private final int highest;
    private final StringBuilder svg = new StringBuilder();

    private LossChart(List<LayerLoss> layers) {
        this.layers = layers;
        double least = 1;
        double most = 1e-4;
        for (LayerLoss l : layers) {
            for (double v : new double[] {l.introduced(), l.gathered(), l.quantized().relativeRms()}) {
                if (v > 0 && Double.isFinite(v)) {
                    least = Math.min(least, v);
                    most = Math.max(most, v);
                }
            }
        }
        highest = (int) Math.ceil(Math.log10(most));
        lowest = Math.max(highest - 5, (int) Math.floor(Math.log10(least)));
    }

    static String of(String graph, List<LayerLoss> layers) {
        LossChart chart = new LossChart(layers);
        chart.axes();
        chart.bars();
        chart.line("gathered", LayerLoss::gathered);
        chart.line("rounded", l -> l.quantized().relativeRms());
        return "<div class=\"panel\"><h3>" + LossPage.escape(graph) + "</h3><div class=\"key\"><span><i class=\"bar\"></i>added by the layer</span>"
                + "<span><i style=\"border-color:var(--gathered)\"></i>gathered, integers</span><span><i style=\"border-color:var(--rounded);"
                + "border-top-style:dashed\"></i>gathered, rounded values in float</span></div>"
                + String.format(Locale.ROOT, "<svg viewBox=\"0 0 %d %d\" width=\"100%%\" role=\"img\" aria-label=\"relative RMS along %s\">", WIDTH, HEIGHT,
                        LossPage.escape(graph)) + chart.svg + "</svg></div>\n";
    }

    private double x(int i) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (i + 0.5) / layers.size();
    }

    private double y(double share) {
        double log = share > 0 ? Math.log10(share) : lowest;
        double part = (Math.max(lowest, Math.min(highest, log)) - lowest) / (highest - lowest);
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part;
    }

    private void axes() {
        for (int e = lowest; e <= highest; e++) {
            double y = y(Math.pow(10, e));
            add("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, WIDTH - RIGHT, y, y);
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s %%</text>", LEFT - 8, y + 4, BigDecimal.ONE.scaleByPowerOfTen(e + 2).toPlainString());
        }
        String part = "";
        double free = 0;
        for (int i = 0; i < layers.size(); i++) {
            String here = part(layers.get(i).source());
            if (here.equals(part) || here.isEmpty()) {
                continue;
            }
            part = here;
            double x = x(i) - 0.5 * (x(1) - x(0));
            add("<line class=\"part\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x, x, TOP, HEIGHT - BOTTOM + 6);
            if (x >= free && x + LABEL <= WIDTH) {
                add("<text x=\"%.1f\" y=\"%d\">%s</text>", x + 2, HEIGHT - BOTTOM + 18, LossPage.escape(here.length() > 16 ? here.substring(0, 15) + "…" : here));
                free = x + Math.max(LABEL, 6.2 * Math.min(16, here.length()) + 6);
            }
        }
        add("<text x=\"%d\" y=\"%d\">layers in the order of the graph; the axis is relative RMS, logarithmic</text>", LEFT, HEIGHT - 8);
    }

    private static String part(String source) {
        Matcher m = PART.matcher(source);
        return m.find() ? m.group(1) : source.substring(source.lastIndexOf('.') + 1);
    }

    private void bars() {
        double width = Math.max(1, 0.7 * (WIDTH - LEFT - RIGHT) / layers.size());
        for (int i = 0; i < layers.size(); i++) {
            LayerLoss l = layers.get(i);
            double y = y(l.introduced());
            add("<rect class=\"added\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s (%s): adds %s, gathered %s</title></rect>",
                    x(i) - width / 2, y, width, HEIGHT - BOTTOM - y, LossPage.escape(l.value()), l.op(), LossPage.percent(l.introduced()),
                    LossPage.percent(l.gathered()));
        }
    }

    private void line(String style, ToDoubleFunction<LayerLoss> value) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < layers.size(); i++) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(i), y(value.applyAsDouble(layers.get(i)))));
        }
        add("<polyline class=\"%s\" points=\"%s\"/>", style, points.toString().strip());
    }

    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}

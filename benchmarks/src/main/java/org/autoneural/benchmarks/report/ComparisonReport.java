package org.autoneural.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tables of a comparison: one for each piece of work, its first contender the reference. As text and as a page without scripts. */
public final class ComparisonReport {
    private final Map<String, List<Series>> byWork = new LinkedHashMap<>();
    private final String heading;

    /** @param heading one line about the machine and the run */
    public ComparisonReport(String heading, List<Series> series) {
        this.heading = heading;
        series.forEach(s -> byWork.computeIfAbsent(s.work(), w -> new ArrayList<>()).add(s));
    }

    /** Markdown. */
    public String text() {
        StringBuilder out = new StringBuilder(heading).append("\n");
        byWork.forEach((work, contenders) -> {
            out.append("\n### ").append(work).append("\n\n| contender | median | least | most | ratio | |\n|---|---|---|---|---|---|\n");
            for (Series s : contenders) {
                out.append("| ").append(String.join(" | ", row(s, contenders.get(0)))).append(" |\n");
            }
        });
        return out.toString();
    }

    /** A page that needs nothing but itself. */
    public String html() {
        StringBuilder out = new StringBuilder("""
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>AutoNeural comparison</title>
                <style>
                body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
                table { border-collapse: collapse; width: 100%; margin-bottom: 1.5rem }
                th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #ddd }
                td:nth-child(n+2):nth-child(-n+5), th:nth-child(n+2):nth-child(-n+5) { text-align: right; white-space: nowrap }
                .bar { background: #dbe8f5; height: .5rem; margin-top: .2rem }
                h2 { font-size: 1.1rem; margin-bottom: .3rem }
                </style></head><body><h1>AutoNeural beside its peers</h1>
                """);
        out.append("<p>").append(escaped(heading)).append("</p>\n");
        byWork.forEach((work, contenders) -> {
            double greatest = contenders.stream().mapToDouble(Series::median).filter(m -> !Double.isNaN(m)).max().orElse(1);
            out.append("<h2>").append(escaped(work)).append("</h2>\n<table><tr><th>contender</th><th>median</th><th>least</th><th>most</th>"
                    + "<th>ratio</th><th></th></tr>\n");
            for (Series s : contenders) {
                List<String> row = row(s, contenders.get(0));
                double width = s.values().isEmpty() ? 0 : 100 * s.median() / greatest;
                out.append("<tr><td>").append(escaped(row.get(0))).append(String.format(Locale.ROOT, "<div class=\"bar\" style=\"width:%.0f%%\"></div></td>", width));
                row.subList(1, row.size()).forEach(cell -> out.append("<td>").append(escaped(cell)).append("</td>"));
                out.append("</tr>\n");
            }
            out.append("</table>\n");
        });
        return out.append("</body></html>\n").toString();
    }

    private static List<String> row(Series s, Series reference) {
        if (s.values().isEmpty()) {
            return List.of(s.contender(), "not run", "", "", "", s.note());
        }
        double least = s.values().stream().mapToDouble(v -> v).min().orElseThrow();
        double most = s.values().stream().mapToDouble(v -> v).max().orElseThrow();
        return List.of(s.contender(), number(s.median()) + " " + s.unit(), number(least), number(most),
                reference.values().isEmpty() ? "" : String.format(Locale.ROOT, "%.2f", s.ratioTo(reference)), s.note());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 1 ? "%.3f" : value < 100 ? "%.2f" : "%.0f", value);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}

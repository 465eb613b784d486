package org.autoneural.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.autoneural.backend.Survey;
import org.autoneural.backend.Survey.NodeVerdict;
import org.autoneural.backend.Survey.Reason;
import org.autoneural.backend.Survey.Verdict;

/** A survey for people: counts first, then each reason once with the nodes it holds for, then the memory. */
final class SurveyText {
    private static final int NAMED_NODES = 3;
    private static final double MEGABYTE = 1e6;

    private SurveyText() {}

    static List<String> lines(Survey survey) {
        List<String> lines = new ArrayList<>();
        counts(survey, lines);
        reasons(survey, Verdict.REFUSED, "Refused", lines);
        reasons(survey, Verdict.REWRITTEN, "Rewritten", lines);
        if (!survey.contexts().isEmpty()) {
            contexts(survey, lines);
        }
        return lines;
    }

    private static void counts(Survey survey, List<String> lines) {
        lines.add("");
        lines.add(String.format(Locale.ROOT, "%-12s %7s %7s %10s %8s", "entry point", "nodes", "legal", "rewritten", "refused"));
        Map<String, List<NodeVerdict>> byEntry = survey.nodes().stream()
                .collect(Collectors.groupingBy(NodeVerdict::entryPoint, LinkedHashMap::new, Collectors.toList()));
        byEntry.forEach((entry, nodes) -> lines.add(String.format(Locale.ROOT, "%-12s %7d %7d %10d %8d", entry, nodes.size(), count(nodes, Verdict.LEGAL),
                count(nodes, Verdict.REWRITTEN), count(nodes, Verdict.REFUSED))));
    }

    private static long count(List<NodeVerdict> nodes, Verdict verdict) {
        return nodes.stream().filter(n -> n.verdict() == verdict).count();
    }

    private static void reasons(Survey survey, Verdict verdict, String title, List<String> lines) {
        Map<List<String>, Reason> first = new LinkedHashMap<>();
        Map<List<String>, List<NodeVerdict>> nodes = new LinkedHashMap<>();
        survey.nodes().stream().filter(n -> n.verdict() == verdict).forEach(n -> n.reasons().forEach(r -> {
            // what was found differs from node to node; one of them stands for all
            List<String> key = List.of(r.code(), r.source(), r.remedy());
            first.putIfAbsent(key, r);
            nodes.computeIfAbsent(key, k -> new ArrayList<>()).add(n);
        }));
        if (nodes.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add(title + ":");
        nodes.forEach((key, all) -> {
            Reason reason = first.get(key);
            lines.add("  " + reason.code() + ", " + all.size() + (all.size() == 1 ? " node: " : " nodes: ") + reason.text());
            add(lines, "effect on the numbers", reason.effect());
            add(lines, "do", reason.remedy());
            add(lines, "source", reason.source());
            add(lines, "nodes", all.stream().limit(NAMED_NODES).map(n -> n.entryPoint() + " %" + n.node() + " (" + n.op() + ")").collect(Collectors.joining(", "))
                    + (all.size() > NAMED_NODES ? " and " + (all.size() - NAMED_NODES) + " more (--json has all)" : ""));
        });
    }

    private static void add(List<String> lines, String what, String text) {
        if (!text.isEmpty()) {
            lines.add("    " + what + ": " + text);
        }
    }

    private static void contexts(Survey survey, List<String> lines) {
        lines.add("");
        lines.add("Contexts, in MB, of at most " + megabytes(survey.contextLimitBytes()) + " each (estimates; the code that the vendor makes is not counted):");
        lines.add(String.format(Locale.ROOT, "  %-12s %9s %15s %14s %9s %6s", "graph", "weights", "inputs, outputs", "values between", "total", ""));
        survey.contexts().forEach(c -> lines.add(String.format(Locale.ROOT, "  %-12s %9s %15s %14s %9s %6s", c.name(), megabytes(c.weightBytes()),
                megabytes(c.ioBytes()), megabytes(c.activationBytes()), megabytes(c.totalBytes()), c.fits() ? "fits" : "TOO LARGE")));
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MEGABYTE);
    }
}

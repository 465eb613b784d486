package org.autoneural.compare;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a comparison found.
 *
 * @param producer   who wrote the dump; may be empty
 * @param runs       compared runs, in the dump's order
 * @param departures run by run, in the order of each graph: the first one is the op to look at
 */
public record DepartureReport(String producer, List<ComparedRun> runs, List<Departure> departures) {
    /** Departures beyond the first that the text names. */
    private static final int LISTED = 20;

    public DepartureReport {
        runs = List.copyOf(runs);
        departures = List.copyOf(departures);
    }

    /**
     * A run and how much of it could be compared.
     *
     * @param computed tensors that the graph's nodes compute
     * @param compared those that are in the dump
     */
    public record ComparedRun(String entryPoint, int computed, int compared) {}

    /** The first departure of the first run that has one. */
    public Optional<Departure> first() {
        return departures.stream().findFirst();
    }

    /** The report for a reader. */
    public String text() {
        StringBuilder s = new StringBuilder("Compared " + (producer.isEmpty() ? "the dump" : "the dump of " + producer) + ": "
                + runs.stream().map(r -> r.entryPoint() + " (" + r.compared() + " of " + r.computed() + " tensors)")
                        .collect(Collectors.joining(", ")) + ".\n");
        if (departures.isEmpty()) {
            return s.append("No departure: every dumped tensor is what its op gives, bit for bit.\n").toString();
        }
        s.append("First departure: ");
        describe(s, departures.get(0));
        List<Departure> rest = departures.subList(1, departures.size());
        if (!rest.isEmpty()) {
            s.append('\n').append(rest.size()).append(rest.size() == 1 ? " more tensor departs" : " more tensors depart")
                    .append(", judged on the dumped operands:\n");
            rest.stream().limit(LISTED).forEach(d -> s.append("  ").append(place(d)).append(": ").append(count(d)).append("; ")
                    .append(verdict(d)).append('\n'));
            if (rest.size() > LISTED) {
                s.append("  and ").append(rest.size() - LISTED).append(" more (--json lists all)\n");
            }
        }
        return s.toString();
    }

    private static void describe(StringBuilder s, Departure d) {
        s.append(place(d)).append(d.source().isEmpty() ? "" : ", from " + d.source()).append('\n');
        s.append("  ").append(count(d)).append(": ").append(d.histogram().entrySet().stream()
                .map(e -> e.getValue() + " by " + e.getKey()).collect(Collectors.joining(", "))).append('\n');
        s.append("  element ").append(d.worst()).append(": ours ").append(d.ours()).append(", the dump ").append(d.dumped()).append('\n');
        s.append("  ").append(verdict(d)).append('\n');
        for (Explanation e : d.explanations()) {
            s.append("    ").append(e.variant()).append(": fits ").append(e.fits()).append(" of ").append(d.departing())
                    .append(e.breaks() == 0 ? "" : ", would break " + e.breaks() + " that agree").append(" (").append(e.meaning()).append(")\n");
        }
        if (!d.unseen().isEmpty()) {
            s.append("  not in the dump, so the cause may be there: ").append(d.unseen().stream().limit(LISTED).map(v -> "%" + v)
                    .collect(Collectors.joining(", "))).append(d.unseen().size() > LISTED ? ", ..." : "").append('\n');
        }
    }

    private static String place(Departure d) {
        return d.entryPoint() + " %" + d.value() + " (" + d.op() + ")";
    }

    private static String count(Departure d) {
        return d.departing() + " of " + d.elements() + " elements, by at most " + d.maxSteps() + (d.maxSteps() == 1 ? " step" : " steps");
    }

    private static String verdict(Departure d) {
        List<Explanation> full = d.explanations().stream().filter(d::explainedBy).toList();
        if (!full.isEmpty()) {
            return (d.departing() == 1 ? "the departure fits " : "all " + d.departing() + " departures fit ")
                    + full.stream().map(Explanation::variant).collect(Collectors.joining(", also "));
        }
        if (d.tried() == 0) {
            return "variants were not tried";
        }
        return d.explanations().isEmpty() ? "none of " + d.tried() + " known variants explains a part of it"
                : "no known variant explains all of it; the nearest of " + d.tried() + ": " + d.explanations().get(0).variant();
    }
}

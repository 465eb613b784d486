package org.autoneural.sim.conformance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts of passed, failed and out-of-scope cases by suite and op, as a table. */
public final class ConformanceSummary {
    private static final class Row {
        private int passed;
        private long values;
        private int failed;
        private int outOfScope;
    }

    private final Map<String, Row> rows = new TreeMap<>();
    private final Map<String, Integer> reasons = new TreeMap<>();

    private Row row(ConformanceCase c) {
        return rows.computeIfAbsent(c.suite() + " | " + c.op(), k -> new Row());
    }

    /** A case whose {@code values} output values all agree, in every executor. */
    public void passed(ConformanceCase c, long values) {
        row(c).passed++;
        row(c).values += values;
    }

    public void failed(ConformanceCase c) {
        row(c).failed++;
    }

    /** A case that is not run, with its reason. */
    public void outOfScope(ConformanceCase c) {
        row(c).outOfScope++;
        reasons.merge(c.suite() + " | " + c.op() + " | " + c.outOfScope().orElseThrow(), 1, Integer::sum);
    }

    /** The table, and the reasons for what is out of scope. */
    public String markdown() {
        StringBuilder s = new StringBuilder("| suite | op | passed | output values | failed | out of scope |\n|---|---|---:|---:|---:|---:|\n");
        Row total = new Row();
        rows.forEach((name, r) -> {
            line(s, name, r);
            total.passed += r.passed;
            total.values += r.values;
            total.failed += r.failed;
            total.outOfScope += r.outOfScope;
        });
        line(s, "**all** | ", total);
        s.append('\n');
        if (reasons.isEmpty()) {
            s.append("Out of scope: none of the cases present.\n");
        } else {
            s.append("Out of scope:\n\n| suite | op | reason | cases |\n|---|---|---|---:|\n");
            new LinkedHashMap<>(reasons).forEach((reason, n) -> s.append("| ").append(reason).append(" | ").append(n).append(" |\n"));
        }
        return s.toString();
    }

    private static void line(StringBuilder s, String name, Row r) {
        s.append("| ").append(name).append(" | ").append(r.passed).append(" | ").append(r.values).append(" | ").append(r.failed).append(" | ")
                .append(r.outOfScope).append(" |\n");
    }
}

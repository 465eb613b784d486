package org.autoneural.qnn.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one chip adds to the op table: its limits and the changes that the mapping makes for it, read from {@code htp.txt}.
 *
 * @param soc     the chip
 * @param rules   limits of its architecture
 * @param changes what the mapping may change, by code
 */
public record HtpTable(Soc soc, List<Rule> rules, Map<String, Change> changes) {
    public HtpTable {
        rules = List.copyOf(rules);
        changes = new LinkedHashMap<>(changes);
    }

    /** The table of the chip called {@code soc}; an {@link IllegalArgumentException} that lists those there are otherwise. */
    public static HtpTable of(String soc) {
        List<List<String>> rows = TableFile.rows("htp.txt");
        List<Soc> socs = rows.stream().filter(r -> r.get(0).equals("soc")).map(HtpTable::soc).toList();
        return of(socs.stream().filter(s -> s.name().equals(soc)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no chip '" + soc + "'; there are " + socs.stream().map(Soc::name).toList())));
    }

    /** The table of a chip, whose architecture may be any that the rules speak of. */
    public static HtpTable of(Soc soc) {
        List<Rule> rules = new ArrayList<>();
        Map<String, Change> changes = new LinkedHashMap<>();
        for (List<String> row : TableFile.rows("htp.txt")) {
            if (row.get(0).equals("rule") && covers(row.get(2), soc.architecture())) {
                rules.add(Rule.parse(row));
            } else if (row.get(0).equals("map") && covers(row.get(2), soc.architecture())) {
                changes.put(row.get(1), new Change(row.get(1), row.get(3), row.get(4), row.get(5)));
            }
        }
        return new HtpTable(soc, rules, changes);
    }

    private static Soc soc(List<String> row) {
        return new Soc(row.get(1), Integer.parseInt(row.get(2)), Integer.parseInt(row.get(3)), Integer.parseInt(row.get(4)),
                Long.parseLong(row.get(5)), row.get(6));
    }

    private static boolean covers(String range, int architecture) {
        if (range.equals("all")) {
            return true;
        }
        return range.startsWith("<") ? architecture < Integer.parseInt(range.substring(1))
                : architecture >= Integer.parseInt(range.substring(2));
    }

    /** Whether operand {@code in<index>} of {@code op} may have element type {@code type}, as far as the architecture goes. */
    public boolean allows(String op, int index, String type) {
        return rules.stream().noneMatch(r -> r.kind() == Rule.Kind.TYPE && r.holdsFor(op)
                && r.arguments().get(0).equals("in" + index) && r.arguments().contains(type));
    }

    /** The change {@code code}; an error when the table has none for this architecture. */
    public Change change(String code) {
        Change change = changes.get(code);
        if (change == null) {
            throw new IllegalArgumentException("htp.txt has no line 'map | " + code + "' for architecture " + soc.architecture());
        }
        return change;
    }
}

package org.autoneural.qnn.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.autoneural.qnn.table.OpDefinition.Parameter;
import org.autoneural.qnn.table.OpDefinition.Types;

/** The ops of the HTP back end, read from {@code ops.txt}, which says how it is written. */
public final class OpTable {
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)(\\??):([\\w/]+)(?:\\[([^\\]]*)\\])?");

    private final Map<String, OpDefinition> ops;

    private OpTable(Map<String, OpDefinition> ops) {
        this.ops = Collections.unmodifiableMap(ops);
    }

    /** Reads the table; parsing takes a few milliseconds, so keep it. */
    public static OpTable read() {
        Map<String, OpDefinition> ops = new LinkedHashMap<>();
        for (List<String> row : TableFile.rows("ops.txt")) {
            OpDefinition op = parse(row);
            if (ops.put(op.name(), op) != null) {
                throw new IllegalStateException("op " + op.name() + " stands twice in ops.txt");
            }
        }
        return new OpTable(ops);
    }

    /** The op of that name, when the table has it. */
    public Optional<OpDefinition> op(String name) {
        return Optional.ofNullable(ops.get(name));
    }

    /** Names of all ops, in the order of the table. */
    public Set<String> names() {
        return ops.keySet();
    }

    private static OpDefinition parse(List<String> row) {
        String[] arity = row.get(1).split("\\.\\.");
        List<Parameter> params = new ArrayList<>();
        Matcher m = PARAMETER.matcher(row.get(2));
        while (m.find()) {
            Optional<List<Optional<Integer>>> dims = Optional.ofNullable(m.group(4)).map(d -> Arrays.stream(d.split(","))
                    .map(x -> x.equals("*") ? Optional.<Integer>empty() : Optional.of(Integer.valueOf(x))).toList());
            params.add(new Parameter(m.group(1), !m.group(2).isEmpty(), choices(m.group(3)), dims));
        }
        List<Types> types = Arrays.stream(row.get(3).split(";")).map(t -> {
            String[] sides = t.strip().split("->");
            boolean many = sides[1].endsWith("*");
            return new Types(operands(sides[0]), operands(many ? sides[1].substring(0, sides[1].length() - 1) : sides[1]), many);
        }).toList();
        return new OpDefinition(row.get(0), Integer.parseInt(arity[0]),
                arity[1].equals("*") ? Integer.MAX_VALUE : Integer.parseInt(arity[1]), params, types);
    }

    private static List<Set<String>> operands(String text) {
        return Arrays.stream(text.split(",")).map(OpTable::choices).toList();
    }

    private static Set<String> choices(String text) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(Arrays.asList(text.strip().split("/"))));
    }
}

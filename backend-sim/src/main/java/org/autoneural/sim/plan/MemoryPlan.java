package org.autoneural.sim.plan;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Memory of the contexts of a program: each has the states; for each entry point that it uses its inputs and outputs; and, while
 * one runs, work memory that all contexts share in turn.
 *
 * @param states     states by name of their graph input, shared by all entry points
 * @param graphs     one plan an entry point, in the program's order
 * @param stateSizes elements of each array of region {@link Region#STATE}
 */
public record MemoryPlan(Map<String, Placement> states, List<GraphPlan> graphs, Map<Arena, Integer> stateSizes) {
    public MemoryPlan {
        states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
        graphs = List.copyOf(graphs);
        stateSizes = Collections.unmodifiableMap(new EnumMap<>(stateSizes));
    }

    /** The plan of an entry point; an error naming it when there is none. */
    public GraphPlan graph(String entryPoint) {
        return graphs.stream().filter(g -> g.entryPoint().equals(entryPoint)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no entry point '" + entryPoint + "'; there are "
                        + graphs.stream().map(GraphPlan::entryPoint).toList()));
    }

    /** The plan for readers: sizes, then one line a tensor with place, offset, size and the steps at which it lives. */
    public String text() {
        StringBuilder out = new StringBuilder();
        out.append("states ").append(Arena.sizeBytes(stateSizes)).append(" bytes\n");
        for (GraphPlan graph : graphs) {
            out.append("entry point ").append(graph.entryPoint()).append(": inputs and outputs ").append(Arena.sizeBytes(graph.exchange()))
                    .append(" bytes, work ").append(Arena.sizeBytes(graph.work())).append(" bytes\n");
            for (Placement p : graph.placements().values()) {
                out.append(String.format(Locale.ROOT, "  %-8s %-6s %10d +%-9d steps %4d..%-4d %%%s %s%s\n",
                        p.region().name().toLowerCase(Locale.ROOT), p.arena().name().toLowerCase(Locale.ROOT), p.offset(), p.length(), p.first(), p.last(), p.value(),
                        p.type(), p.isView() ? " view of %" + p.storage() : ""));
            }
            graph.stateCopies().forEach(s -> out.append("  copy %").append(s.output()).append(" to state %")
                    .append(s.input()).append('\n'));
        }
        return out.toString();
    }
}

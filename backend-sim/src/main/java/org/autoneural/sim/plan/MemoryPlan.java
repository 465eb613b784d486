package org.autoneural.sim.plan;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Memory of one context: in each arena first the inputs of all entry points and the states (kept between runs), then room that
 * the entry points use in turn for everything else.
 *
 * @param states     states by name of their graph input, shared by all entry points
 * @param graphs     one plan an entry point, in the program's order
 * @param kept       elements of each arena that are kept between runs
 * @param arenaSizes elements of each arena
 */
public record MemoryPlan(Map<String, Placement> states, List<GraphPlan> graphs, Map<Arena, Integer> kept,
        Map<Arena, Integer> arenaSizes) {
    public MemoryPlan {
        states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
        graphs = List.copyOf(graphs);
        kept = Collections.unmodifiableMap(new EnumMap<>(kept));
        arenaSizes = Collections.unmodifiableMap(new EnumMap<>(arenaSizes));
    }

    public GraphPlan graph(String entryPoint) {
        return graphs.stream().filter(g -> g.entryPoint().equals(entryPoint)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("no entry point '" + entryPoint + "'; there are "
                        + graphs.stream().map(GraphPlan::entryPoint).toList()));
    }

    /** Bytes of all arenas together. */
    public long sizeBytes() {
        return arenaSizes.entrySet().stream().mapToLong(e -> (long) e.getValue() * e.getKey().elementBytes()).sum();
    }

    /** The plan for readers: sizes, then one line a tensor with arena, offset, size and the steps at which it lives. */
    public String text() {
        StringBuilder out = new StringBuilder();
        out.append("memory ").append(sizeBytes()).append(" bytes");
        arenaSizes.forEach((arena, size) -> out.append(String.format(Locale.ROOT, ", %s %d elements (%d kept)",
                arena.name().toLowerCase(Locale.ROOT), size, kept.get(arena))));
        out.append('\n');
        for (GraphPlan graph : graphs) {
            out.append("entry point ").append(graph.entryPoint()).append('\n');
            for (Placement p : graph.placements().values()) {
                out.append(String.format(Locale.ROOT, "  %-6s %10d +%-9d steps %4d..%-4d %%%s %s%s\n",
                        p.arena().name().toLowerCase(Locale.ROOT), p.offset(), p.length(), p.first(), p.last(), p.value(),
                        p.type(), p.isView() ? " view of %" + p.storage() : ""));
            }
            graph.stateCopies().forEach(s -> out.append("  copy %").append(s.output()).append(" to state %")
                    .append(s.input()).append('\n'));
        }
        return out.toString();
    }
}

package org.autoneural.sim.plan;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.StateBinding;

/**
 * Memory of one entry point.
 *
 * @param entryPoint  name of the graph
 * @param placements  by value name, in order of definition; constants have none
 * @param stateCopies states whose new value is made elsewhere and copied into the state after the last step; all others are
 *                    updated in place
 * @param exchange    elements of each array of region {@link Region#EXCHANGE}
 * @param work        elements of each array of region {@link Region#WORK}
 */
public record GraphPlan(String entryPoint, Map<String, Placement> placements, List<StateBinding> stateCopies,
        Map<Arena, Integer> exchange, Map<Arena, Integer> work) {
    public GraphPlan {
        exchange = Collections.unmodifiableMap(new EnumMap<>(exchange));
        work = Collections.unmodifiableMap(new EnumMap<>(work));
        placements = Collections.unmodifiableMap(new LinkedHashMap<>(placements));
        stateCopies = List.copyOf(stateCopies);
    }

    /** Where {@code value} lies; an error naming it when it has no place. */
    public Placement placement(String value) {
        Placement placement = placements.get(value);
        if (placement == null) {
            throw new IllegalArgumentException("entry point " + entryPoint + " has no %" + value + " in memory");
        }
        return placement;
    }
}

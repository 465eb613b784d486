package org.autoneural.qnn.map;

import java.util.List;
import java.util.Optional;
import org.autoneural.qnn.graph.QnnGraph;

/**
 * An integer graph and what became of it.
 *
 * @param name  of both
 * @param graph empty when a node is refused
 * @param nodes one for each node of the integer graph, in order
 */
public record MappedGraph(String name, Optional<QnnGraph> graph, List<NodeMapping> nodes) {
    public MappedGraph {
        nodes = List.copyOf(nodes);
    }
}

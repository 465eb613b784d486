package org.autoneural.sim.cost;

import java.util.ArrayList;
import java.util.List;

/**
 * The work of a graph, node by node in its order: all that an estimate needs besides {@link Speeds}.
 *
 * @param graph       name of the graph
 * @param nodes       in order
 * @param consumers   positions of the nodes that wait for each
 * @param macs        multiply-adds of all nodes
 * @param weightBytes bytes of constants of all nodes
 */
record WorkTable(String graph, List<NodeWork> nodes, List<List<Integer>> consumers, long macs, long weightBytes) {
    WorkTable {
        nodes = List.copyOf(nodes);
        consumers = List.copyOf(consumers);
    }

    static WorkTable of(String graph, List<NodeWork> nodes) {
        List<List<Integer>> consumers = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            consumers.add(new ArrayList<>());
            for (int p : nodes.get(i).after()) {
                consumers.get(p).add(i);
            }
        }
        return new WorkTable(graph, nodes, consumers, nodes.stream().mapToLong(NodeWork::macs).sum(),
                nodes.stream().mapToLong(NodeWork::weightBytes).sum());
    }
}

package org.autoneural.sim.cost;

import java.util.List;

/** The work of a graph, node by node in its order: all that an estimate needs besides {@link Speeds}. */
record WorkTable(String graph, List<NodeWork> nodes) {
    WorkTable {
        nodes = List.copyOf(nodes);
    }

    long macs() {
        return nodes.stream().mapToLong(NodeWork::macs).sum();
    }

    long weightBytes() {
        return nodes.stream().mapToLong(NodeWork::weightBytes).sum();
    }
}

package org.autoneural.ir.pass;

import org.autoneural.ir.Graph;

/** Questions about uses that several passes ask. */
final class Uses {
    private Uses() {}

    /** Whether exactly one node reads {@code value} and it is no graph output: its producer may change it freely. */
    static boolean single(Graph graph, String value) {
        return graph.consumers(value).size() == 1 && !graph.outputs().contains(value);
    }

    /** Whether {@code node} is where constant {@code value} is read, and nowhere else. */
    static boolean ownConstant(Graph graph, String value) {
        return graph.isConstant(value) && graph.consumers(value).size() == 1;
    }
}

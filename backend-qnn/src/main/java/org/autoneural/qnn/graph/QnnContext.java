package org.autoneural.qnn.graph;

import java.util.List;

/**
 * One context, which becomes one binary.
 *
 * @param name   file name of the binary without its ending
 * @param graphs graphs in it; v68 shares no weights between graphs, so each has its own
 */
public record QnnContext(String name, List<QnnGraph> graphs) {
    public QnnContext {
        graphs = List.copyOf(graphs);
    }
}

package org.autoneural.qnn.graph;

import java.util.List;
import java.util.Optional;

/**
 * One op of a graph.
 *
 * @param name    unique in its graph
 * @param type    name in the op table, {@code Conv2d}
 * @param params  in the order in which they are given
 * @param inputs  names of tensors of the graph, in the order of the op's definition
 * @param outputs names of tensors of the graph
 * @param source  the node of the integer graph that this one stands for, by its first result
 */
public record QnnNode(String name, String type, List<Param> params, List<String> inputs, List<String> outputs, String source) {
    /** The op package that holds every op we use. */
    public static final String PACKAGE = "qti.aisw";

    public QnnNode {
        params = List.copyOf(params);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The parameter called {@code param}. */
    public Optional<Param> param(String param) {
        return params.stream().filter(p -> p.name().equals(param)).findFirst();
    }
}

package org.autoneural.qnn.graph;

import java.util.List;

/**
 * All that a model becomes.
 *
 * @param contexts    in the order of loading
 * @param entryPoints how each entry point of the integer program runs
 */
public record QnnProgram(List<QnnContext> contexts, List<EntryPoint> entryPoints) {
    public QnnProgram {
        contexts = List.copyOf(contexts);
        entryPoints = List.copyOf(entryPoints);
    }

    /**
     * An entry point is one graph, or several that run one after the other when one context cannot hold them. An input of a later
     * graph that is no input of the entry point is the output of the same name of an earlier one.
     *
     * <p>Inputs and outputs have the names that they have in the integer graph. Values of s16 and s8 are stored unsigned: the
     * stored number is the integer graph's number plus 32768 or 128; ids, positions and masks are stored as they are.
     *
     * @param name   {@code vision}, {@code prefill}, {@code decode}
     * @param graphs in the order of execution
     */
    public record EntryPoint(String name, List<Step> graphs) {
        public EntryPoint {
            graphs = List.copyOf(graphs);
        }
    }

    /** A graph by the names of its context and itself. */
    public record Step(String context, String graph) {}

    /** The graph that {@code step} names; an error when there is none. */
    public QnnGraph graph(Step step) {
        return contexts.stream().filter(c -> c.name().equals(step.context())).flatMap(c -> c.graphs().stream())
                .filter(g -> g.name().equals(step.graph())).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no graph " + step.graph() + " in context " + step.context()));
    }
}

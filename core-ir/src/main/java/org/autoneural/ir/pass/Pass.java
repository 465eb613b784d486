package org.autoneural.ir.pass;

import org.autoneural.ir.Graph;

/**
 * One step of the compiler: a stateless, pure function from graph to graph at the same stage. {@link PassManager} times,
 * dumps and verifies around it. Every pass has a golden before/after in {@code src/test/resources/passes/<name>.ir}.
 */
public interface Pass {
    /** kebab-case name, as in dumps and on the command line. */
    String name();

    /** One line for lists and docs. */
    String summary();

    /** The rewritten graph; {@code graph} itself when the pass finds nothing to do. */
    Graph run(Graph graph);
}

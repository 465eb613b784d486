package org.autoneural.ir.pass;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.verify.Verifier;

/**
 * Runs passes in order. Around every pass it takes the time, verifies the result and shows it to an observer (which may
 * print it); a pass that leaves an illegal graph is named in the error.
 */
public final class PassManager {
    private final List<Pass> passes;
    private final Observer observer;

    /** Sees the graph after every pass. */
    @FunctionalInterface
    public interface Observer {
        /** @param nanos time that the pass took */
        void ran(Pass pass, Graph before, Graph after, long nanos);
    }

    /** What one pass did to one graph. */
    public record Timing(String pass, String graph, int nodesBefore, int nodesAfter, long nanos) {}

    /** A manager that nobody watches. */
    public PassManager(List<Pass> passes) {
        this(passes, (pass, before, after, nanos) -> { });
    }

    /** A manager that shows the graph to {@code observer} after every pass. */
    public PassManager(List<Pass> passes, Observer observer) {
        this.passes = List.copyOf(passes);
        this.observer = observer;
    }

    /** A manager that adds a {@link Timing} for every pass to {@code timings}. */
    public static PassManager timed(List<Pass> passes, List<Timing> timings) {
        return new PassManager(passes, (pass, before, after, nanos) -> timings.add(
                new Timing(pass.name(), after.name(), before.nodes().size(), after.nodes().size(), nanos)));
    }

    /** The graph after all passes. An {@link IllegalStateException} names a pass whose result is not legal. */
    public Graph run(Graph graph) {
        Graph current = Verifier.check(graph);
        for (Pass pass : passes) {
            long start = System.nanoTime();
            Graph after = run(pass, current);
            long nanos = System.nanoTime() - start;
            observer.ran(pass, current, after, nanos);
            if (after != current) {
                try {
                    Verifier.check(after);
                } catch (RuntimeException e) {
                    throw new IllegalStateException("pass " + pass.name() + " broke the graph (this is a defect of the pass): "
                            + e.getMessage(), e);
                }
            }
            current = after;
        }
        return current;
    }

    private static Graph run(Pass pass, Graph graph) {
        try {
            return pass.run(graph);
        } catch (RuntimeException e) {
            throw new IllegalStateException("pass " + pass.name() + " failed on graph " + graph.name()
                    + " (this is a defect of the pass): " + e.getMessage(), e);
        }
    }

    /** {@link #run(Graph)} for every entry point. */
    public Program run(Program program) {
        List<Graph> graphs = new ArrayList<>();
        program.entryPoints().forEach(g -> graphs.add(run(g)));
        return new Program(graphs);
    }
}

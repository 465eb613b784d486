package org.autoneural.compare;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorListener;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;

/**
 * Writes the first run of each entry point to a dump: inputs and states before it, then every computed tensor. One run of each is
 * enough to compare, and a whole answer would fill a disk.
 */
public final class DumpedRuns {
    private final Program program;
    private final DumpWriter dump;
    private final Set<String> written = new HashSet<>();

    /** @param dump is not finished by this */
    public DumpedRuns(Program program, DumpWriter dump) {
        this.program = program;
        this.dump = dump;
    }

    /** What watches the run of {@code entryPoint} that {@code context} begins now; nothing, when one was written. */
    public Optional<TensorListener> begin(ExecutionContext context, String entryPoint) {
        if (!written.add(entryPoint)) {
            return Optional.empty();
        }
        Graph graph = program.entryPoint(entryPoint);
        dump.run(entryPoint);
        for (String input : graph.inputs()) {
            dump.tensor(input, "", context.states().contains(input) ? context.state(input) : context.input(entryPoint, input));
        }
        return Optional.of((value, tensor) -> dump.tensor(value, graph.producer(value).map(Node::source).orElse(""), tensor));
    }
}

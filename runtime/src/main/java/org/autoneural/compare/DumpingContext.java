package org.autoneural.compare;

import java.util.HashSet;
import java.util.Set;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.backend.TensorListener;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;

/**
 * An execution context that also writes the first run of each entry point to a dump: inputs and states before it, then every
 * computed tensor. One run of each is enough to compare, and a whole answer would fill a disk.
 */
public final class DumpingContext implements ExecutionContext {
    private final ExecutionContext context;
    private final Program program;
    private final DumpWriter dump;
    private final Set<String> written = new HashSet<>();

    /** @param dump is not finished by this context */
    public DumpingContext(ExecutionContext context, Program program, DumpWriter dump) {
        this.context = context;
        this.program = program;
        this.dump = dump;
    }

    @Override
    public void run(String entryPoint) {
        if (!written.add(entryPoint)) {
            context.run(entryPoint);
            return;
        }
        Graph graph = program.entryPoint(entryPoint);
        dump.run(entryPoint);
        for (String input : graph.inputs()) {
            dump.tensor(input, "", context.states().contains(input) ? context.state(input) : context.input(entryPoint, input));
        }
        context.run(entryPoint, (value, tensor) -> dump.tensor(value, graph.producer(value).map(Node::source).orElse(""), tensor));
    }

    @Override
    public void run(String entryPoint, TensorListener listener) {
        context.run(entryPoint, listener);
    }

    @Override
    public TensorBuffer input(String entryPoint, String input) {
        return context.input(entryPoint, input);
    }

    @Override
    public TensorBuffer output(String entryPoint, String output) {
        return context.output(entryPoint, output);
    }

    @Override
    public Set<String> states() {
        return context.states();
    }

    @Override
    public TensorBuffer state(String name) {
        return context.state(name);
    }

    @Override
    public long sizeBytes() {
        return context.sizeBytes();
    }

    @Override
    public void close() {
        context.close();
    }
}

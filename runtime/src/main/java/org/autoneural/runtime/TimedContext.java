package org.autoneural.runtime;

import java.util.Set;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.backend.TensorListener;
import org.autoneural.ir.Program;

/** An execution context that measures the time of each op. */
record TimedContext(ExecutionContext context, Program program, OpTimes times) implements ExecutionContext {
    @Override
    public void run(String entryPoint) {
        context.run(entryPoint, times.measure(program, entryPoint));
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

package org.autoneural.runtime;

import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.backend.TensorListener;

/**
 * An execution context whose runs are watched.
 *
 * @param whole whether a run for the states alone computes everything when it is watched
 * @param watch what is to see the results of a run that begins now; empty for a run that nobody watches
 */
record WatchedContext(ExecutionContext context, boolean whole, BiFunction<ExecutionContext, String, Optional<TensorListener>> watch)
        implements ExecutionContext {
    @Override
    public void run(String entryPoint) {
        watch.apply(context, entryPoint).ifPresentOrElse(listener -> context.run(entryPoint, listener), () -> context.run(entryPoint));
    }

    @Override
    public void run(String entryPoint, TensorListener listener) {
        context.run(entryPoint, listener);
    }

    @Override
    public void advance(String entryPoint) {
        Optional<TensorListener> listener = watch.apply(context, entryPoint);
        if (listener.isEmpty()) {
            context.advance(entryPoint);
        } else if (whole) {
            context.run(entryPoint, listener.get());
        } else {
            context.advance(entryPoint, listener.get());
        }
    }

    @Override
    public void advance(String entryPoint, TensorListener listener) {
        context.advance(entryPoint, listener);
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

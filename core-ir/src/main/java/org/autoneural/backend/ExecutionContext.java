package org.autoneural.backend;

import java.util.Set;

/**
 * The memory of one conversation: inputs, outputs and states of all entry points. States have the same name in every entry
 * point that uses them and are one buffer: what prefill leaves is what decode reads. Not thread-safe; contexts of one
 * {@link Executable} are independent and may run at the same time.
 */
public interface ExecutionContext extends AutoCloseable {
    /** The buffer to fill before {@link #run}; an error naming the inputs there are when {@code input} is none. */
    TensorBuffer input(String entryPoint, String input);

    /** The buffer that {@link #run} fills; valid until the next run of any entry point. */
    TensorBuffer output(String entryPoint, String output);

    /** Names of all states (those of the graph inputs they are bound to). */
    Set<String> states();

    /**
     * The buffer of a state; zero point (real zero) in a new context. What is written to it is what the next run reads. Valid
     * until the next run: ask again after it.
     */
    TensorBuffer state(String name);

    /** Executes an entry point: reads its inputs and states, fills its outputs, replaces its states. */
    void run(String entryPoint);

    /** As {@link #run}, and shows every computed tensor to {@code listener}; slower. */
    void run(String entryPoint, TensorListener listener);

    /**
     * As {@link #run}, for the sake of the states alone: outputs that are no states mean nothing afterwards, so that what serves only those
     * may be left out. A prefill of several chunks reads the logits of the last one.
     */
    default void advance(String entryPoint) {
        run(entryPoint);
    }

    /** As {@link #advance}, and shows every tensor that is computed to {@code listener}; slower. */
    default void advance(String entryPoint, TensorListener listener) {
        run(entryPoint, listener);
    }

    /** Bytes of memory that this context holds. */
    long sizeBytes();

    @Override
    void close();
}

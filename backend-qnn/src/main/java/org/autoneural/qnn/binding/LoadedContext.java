package org.autoneural.qnn.binding;

import java.util.Optional;

/** A context binary in the library's hands. Runs of its graphs take turns; it is closed after its executions. */
public final class LoadedContext implements AutoCloseable {
    private final Shim.Context context;
    private final Shim.Info info;
    private final BinaryInfo facts;
    private boolean open = true;

    LoadedContext(Shim.Context context, Shim.Info info) {
        this.context = context;
        this.info = info;
        this.facts = BinaryInfo.of(info);
    }

    /** What the binary says of itself. */
    public BinaryInfo info() {
        return facts;
    }

    /**
     * A graph with places for its inputs' and outputs' memory.
     *
     * @param graph index in {@link BinaryInfo#graphs}
     */
    public synchronized Execution newExecution(int graph) {
        requireOpen(open);
        Shim.Execution execution = Shim.aqnn_execution_create(context, info, graph);
        if (execution == null) {
            throw QnnException.last();
        }
        return new Execution(execution);
    }

    /** One graph bound to memory once and run any number of times. Not thread-safe. */
    public final class Execution implements AutoCloseable {
        private final Shim.Execution execution;
        private boolean open = true;

        private Execution(Shim.Execution execution) {
            this.execution = execution;
        }

        /** Lets input {@code input} (from 0) be read from {@code memory}. */
        public void bindInput(int input, NativeMemory memory) {
            bind(0, input, memory);
        }

        /** Lets output {@code output} (from 0) be written to {@code memory}. */
        public void bindOutput(int output, NativeMemory memory) {
            bind(1, output, memory);
        }

        private void bind(int side, int tensor, NativeMemory memory) {
            requireOpen(open);
            if (Shim.aqnn_execution_bind(execution, side, tensor, memory.pointer(), memory.sizeBytes()) != 0) {
                throw QnnException.last();
            }
        }

        /** Reads the inputs, fills the outputs. */
        public void run(Optional<QnnDriver.Profile> profile) {
            synchronized (LoadedContext.this) {
                requireOpen(open && LoadedContext.this.open);
                if (Shim.aqnn_execution_run(execution, QnnDriver.handle(profile)) != 0) {
                    throw QnnException.last();
                }
            }
        }

        @Override
        public void close() {
            synchronized (LoadedContext.this) {
                if (open) {
                    open = false;
                    Shim.aqnn_execution_free(execution);
                }
            }
        }
    }

    private static void requireOpen(boolean open) {
        if (!open) {
            throw new IllegalStateException("the context, or this execution of a graph of it, is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            Shim.aqnn_info_free(info);
            if (Shim.aqnn_context_free(context) != 0) {
                throw QnnException.last();
            }
        }
    }
}

package org.autoneural.cli;

import java.util.Optional;
import org.autoneural.backend.ExecutionOptions;
import picocli.CommandLine.Option;

/** Threads and kernels; results do not depend on them. */
final class ExecutionChoice {
    @Option(names = "--threads", paramLabel = "N", description = "Threads to work with. Default: all processors.")
    private Optional<Integer> threads;

    @Option(names = "--kernels", paramLabel = "NAME", description = "scalar, vector, native, or auto for the fastest here (default). The"
            + " results are the same bits.")
    private Optional<String> kernels;

    int threads() {
        int n = threads.orElse(Runtime.getRuntime().availableProcessors());
        if (n < 1 || n > 1024) {
            throw new UsageException("--threads is " + n + "; allowed: 1 to 1024");
        }
        return n;
    }

    /** One run uses all threads. */
    ExecutionOptions shared() {
        return new ExecutionOptions(threads(), kernels.orElse("auto"));
    }

    /** Each run uses one thread, several run at the same time. */
    ExecutionOptions single() {
        return new ExecutionOptions(1, kernels.orElse("auto"));
    }
}

package org.autoneural.backend;

/**
 * How to execute. Results do not depend on any of it.
 *
 * @param threads number of threads that share one run, at least 1
 * @param kernels kernel provider by name ({@code scalar}, {@code vector}, {@code native}), or {@code auto} for the fastest that this JVM has
 */
public record ExecutionOptions(int threads, String kernels) {
    public ExecutionOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, is " + threads);
        }
    }

    /** All processors, the fastest kernels. */
    public static ExecutionOptions defaults() {
        return new ExecutionOptions(Runtime.getRuntime().availableProcessors(), "auto");
    }
}

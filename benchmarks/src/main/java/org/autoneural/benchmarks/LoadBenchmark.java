package org.autoneural.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.Session;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * From a file to the first token, once in each new JVM: the classes are not loaded and nothing is compiled yet, which is what a user
 * waits for. More forks give more samples.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Measurement(iterations = 1)
public class LoadBenchmark {
    @Param("cockpit-tiny")
    public String model;

    @Param({"scalar", "vector", "native"})
    public String kernels;

    private BenchmarkModel file;

    @Setup(Level.Trial)
    public void compile() throws IOException {
        file = BenchmarkModel.of(model);
    }

    @TearDown(Level.Trial)
    public void delete() throws IOException {
        file.close();
    }

    @Benchmark
    public String load() {
        try (CompiledModel compiled = CompiledModel.load(file.path(), options())) {
            return compiled.kernels();
        }
    }

    @Benchmark
    public long firstToken() {
        try (CompiledModel compiled = CompiledModel.load(file.path(), options()); Session session = compiled.newSession()) {
            session.feed(10);
            return session.logits().getLong(0);
        }
    }

    private ExecutionOptions options() {
        return new ExecutionOptions(Runtime.getRuntime().availableProcessors(), kernels);
    }
}

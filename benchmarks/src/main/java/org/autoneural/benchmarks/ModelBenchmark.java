package org.autoneural.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.Features;
import org.autoneural.runtime.Session;
import org.autoneural.runtime.Snapshot;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * A compiled model as a whole: one picture, one prefill of {@value #PREFILL_TOKENS} tokens, one decoded token; by kernels and threads.
 * The model is the built-in one, or the file that {@code -p model=FILE} names.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseTransparentHugePages"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ModelBenchmark {
    /** Tokens of {@link #prefill}; fewer when the model's context is shorter. */
    public static final int PREFILL_TOKENS = 256;

    @Param("cockpit-tiny")
    public String model;

    @Param({"scalar", "vector", "native"})
    public String kernels;

    @Param({"1", "2"})
    public int threads;

    private BenchmarkModel file;
    private CompiledModel compiled;
    private Session session;
    private Snapshot empty;
    private byte[] picture;
    private int[] prompt;

    @Setup(Level.Trial)
    public void load() throws IOException {
        file = BenchmarkModel.of(model);
        compiled = CompiledModel.load(file.path(), new ExecutionOptions(threads, kernels));
        session = compiled.newSession();
        empty = session.snapshot();
        prompt = new int[Math.min(PREFILL_TOKENS, session.capacity())];
        Arrays.setAll(prompt, i -> 10 + i % 500);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        session.close();
        compiled.close();
        file.close();
    }

    @Benchmark
    public Features vision() {
        if (picture == null) {
            picture = BenchmarkModel.picture(compiled);
        }
        return session.look(picture);
    }

    @Benchmark
    public int prefill() {
        session.restore(empty);
        session.feed(prompt);
        return session.position();
    }

    @Benchmark
    public int decode() {
        if (session.position() == session.capacity()) {
            session.restore(empty);
        }
        session.feed(10);
        return session.position();
    }
}

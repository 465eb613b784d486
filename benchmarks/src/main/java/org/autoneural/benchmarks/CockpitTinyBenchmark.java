package org.autoneural.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.Compiler;
import org.autoneural.compiler.Progress;
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

/** The built-in model as a whole: one picture, one prefill of 31 tokens, one decoded token; by kernels and threads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CockpitTinyBenchmark {
    private static final int PREFILL_TOKENS = 31;

    @Param({"scalar", "vector"})
    public String kernels;

    @Param({"1", "2"})
    public int threads;

    private Path file;
    private CompiledModel model;
    private Session session;
    private Snapshot empty;
    private byte[] picture;
    private final int[] prompt = new int[PREFILL_TOKENS];

    @Setup(Level.Trial)
    public void compile() throws IOException {
        file = Files.createTempFile("cockpit-tiny", ".npu");
        try (Compiler compiler = new Compiler(CompileOptions.of(CockpitTiny.checkpoint()), Progress.silent())) {
            compiler.compile(file);
        }
        model = CompiledModel.load(file, new ExecutionOptions(threads, kernels));
        session = model.newSession();
        empty = session.snapshot();
        picture = model.preprocessing().read(CockpitTiny.samplePicture());
        Arrays.setAll(prompt, i -> 10 + i);
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        session.close();
        model.close();
        Files.delete(file);
    }

    @Benchmark
    public Features vision() {
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

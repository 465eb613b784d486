package org.autoneural.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.benchmarks.layer.Layer;
import org.autoneural.benchmarks.layer.LayerPrograms;
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

/** Every kernel of the simulator at the real shapes of the full model; by kernels and threads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseTransparentHugePages"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LayerBenchmark {
    // Every Layer by its name: JMH fills in all values of an enum when none is given.
    @Param
    public Layer layer;

    @Param({"scalar", "vector", "native"})
    public String kernels;

    @Param({"1", "2"})
    public int threads;

    private Executable executable;
    private ExecutionContext context;

    @Setup(Level.Trial)
    public void load() {
        Backends.Choice sim = Backends.target("sim");
        executable = sim.backend().load(sim.backend().compile(LayerPrograms.of(layer), sim.target()), sim.target(),
                new ExecutionOptions(threads, kernels));
        context = executable.newContext();
        Random random = new Random(1);
        for (String input : executable.program().entryPoint("main").inputs()) {
            TensorBuffer buffer = context.input("main", input);
            for (int i = 0; i < buffer.elements(); i++) {
                buffer.set(i, input.equals("pos") ? LayerPrograms.position(layer)
                        : buffer.type().dtype().min() + 1 + random.nextInt((int) (buffer.type().dtype().max() - buffer.type().dtype().min())));
            }
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        context.close();
        executable.close();
    }

    @Benchmark
    public void run() {
        context.run("main");
    }
}

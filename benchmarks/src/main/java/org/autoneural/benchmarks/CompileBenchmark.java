package org.autoneural.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.CompileReport;
import org.autoneural.compiler.Compiler;
import org.autoneural.compiler.Progress;
import org.autoneural.ir.Program;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The stages of compiling the built-in model; each benchmark includes the stages before it, from the checkpoint on. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class CompileBenchmark {
    private Path folder;

    @Setup(Level.Trial)
    public void makeFolder() throws IOException {
        folder = Files.createTempDirectory("compile-benchmark");
    }

    @TearDown(Level.Trial)
    public void deleteFolder() throws IOException {
        Files.deleteIfExists(output());
        Files.delete(folder);
    }

    private Path output() {
        return folder.resolve("model.npu");
    }

    /** Builders and weight check. */
    @Benchmark
    public Program stage1Float() {
        try (Compiler compiler = compiler()) {
            return compiler.floatProgram();
        }
    }

    /** The passes. */
    @Benchmark
    public Program stage2Passes() {
        try (Compiler compiler = compiler()) {
            return compiler.optimized();
        }
    }

    /** Calibration and encodings. */
    @Benchmark
    public Program stage3Quantized() {
        try (Compiler compiler = compiler()) {
            return compiler.quantized();
        }
    }

    /** Lowering to integers. */
    @Benchmark
    public Program stage4Integer() {
        try (Compiler compiler = compiler()) {
            return compiler.integer();
        }
    }

    /** Layouts and the file. */
    @Benchmark
    public CompileReport stage5File() {
        try (Compiler compiler = compiler()) {
            return compiler.compile(output());
        }
    }

    private static Compiler compiler() {
        return new Compiler(CompileOptions.of(CockpitTiny.checkpoint()), Progress.silent());
    }
}

package org.autoneural.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.Compiler;
import org.autoneural.compiler.Progress;
import org.autoneural.ir.Shape;
import org.autoneural.runtime.CompiledModel;

/** The compiled file that a benchmark runs: one that is there, or the built-in model compiled to a temporary file. */
record BenchmarkModel(Path path, boolean isTemporary) implements AutoCloseable {
    /**
     * The built-in model is compiled by another process: this one must not be warm before it is measured.
     *
     * @param model {@code cockpit-tiny}, or a {@code .npu} file
     */
    static BenchmarkModel of(String model) throws IOException {
        if (!model.equals("cockpit-tiny")) {
            return new BenchmarkModel(Path.of(model), false);
        }
        Path file = Files.createTempFile("cockpit-tiny", ".npu");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Processes.run(java.toString(), "-cp", System.getProperty("java.class.path"), BenchmarkModel.class.getName(), file.toString());
        return new BenchmarkModel(file, true);
    }

    /** Compiles the built-in model to the file that is named. */
    public static void main(String[] args) {
        try (Compiler compiler = new Compiler(CompileOptions.of(CockpitTiny.checkpoint()), Progress.silent())) {
            compiler.compile(Path.of(args[0]));
        }
    }

    /** Any picture of the size that the model takes: time does not depend on what is on it. */
    static byte[] picture(CompiledModel model) {
        Shape shape = model.program().entryPoint("vision").type("image").shape();
        byte[] picture = new byte[shape.dim(1) * shape.dim(2) * 3];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = (byte) (31 * i >>> 3);
        }
        return picture;
    }

    @Override
    public void close() throws IOException {
        if (isTemporary) {
            Files.delete(path);
        }
    }
}

package org.autoneural.benchmarks.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.autoneural.benchmarks.Processes;

/**
 * What this machine can do at most, measured by a small C program (resource {@code limits/limits.c}): it needs gcc.
 *
 * @param s16GmacPerSecond       multiply-adds of 16-bit integers into 32-bit sums, all threads, 1e9 a second
 * @param s16MedianGmacPerSecond the same, the median of the repetitions and not the best: what lasts while neighbours share the processor
 * @param s32GmacPerSecond       the same for 32-bit products, the widest integer product that the Vector API offers
 * @param f32GmacPerSecond       fused multiply-adds of f32
 * @param readGigabytesPerSecond bytes read from memory in order, 1e9 a second
 */
record MachineLimits(int threads, int vectorBits, double s16GmacPerSecond, double s16MedianGmacPerSecond,
        double s32GmacPerSecond, double f32GmacPerSecond, double readGigabytesPerSecond) {
    /** Compiles the program into {@code folder}; returns its path. */
    static Path build(Path folder) throws IOException {
        Path source = folder.resolve("limits.c");
        try (InputStream in = Objects.requireNonNull(MachineLimits.class.getResourceAsStream("/org/autoneural/benchmarks/limits/limits.c"))) {
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Path program = folder.resolve("limits");
        Processes.run("gcc", "-O2", "-march=native", "-pthread", "-o", program.toString(), source.toString());
        return program;
    }

    static MachineLimits measure(Path program, int threads) throws IOException {
        JsonNode json = new ObjectMapper().readTree(Processes.run(program.toString(), String.valueOf(threads)));
        return new MachineLimits(threads, json.get("vectorBits").asInt(), json.get("s16GmacPerSecond").asDouble(),
                json.get("s16MedianGmacPerSecond").asDouble(), json.get("s32GmacPerSecond").asDouble(),
                json.get("f32GmacPerSecond").asDouble(), json.get("readGigabytesPerSecond").asDouble());
    }
}

package org.autoneural.benchmarks.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.autoneural.benchmarks.Processes;

/**
 * llama.cpp's own benchmark program on a GGUF file. Neither is part of this project; both are named by the user.
 *
 * @param prefillTokensPerSecond tokens a second of a prompt of 256
 * @param decodeTokensPerSecond  tokens a second one by one
 */
record LlamaBench(double prefillTokensPerSecond, double decodeTokensPerSecond) {
    private static final int PREFILL = 256;
    private static final int DECODE = 32;

    /** @param program {@code llama-bench}; model: a GGUF file */
    static LlamaBench measure(Path program, Path model, int threads) throws IOException {
        JsonNode runs = new ObjectMapper().readTree(Processes.run(program.toString(), "-m", model.toString(), "-t", String.valueOf(threads),
                "-p", String.valueOf(PREFILL), "-n", String.valueOf(DECODE), "-r", "3", "-o", "json"));
        double prefill = 0;
        double decode = 0;
        for (JsonNode run : runs) {
            if (run.path("n_prompt").asInt() == PREFILL) {
                prefill = run.path("avg_ts").asDouble();
            } else if (run.path("n_gen").asInt() == DECODE) {
                decode = run.path("avg_ts").asDouble();
            }
        }
        if (prefill <= 0 || decode <= 0) {
            throw new IOException(program + " printed no rate for a prompt of " + PREFILL + " or for " + DECODE + " tokens; it printed " + runs);
        }
        return new LlamaBench(prefill, decode);
    }
}

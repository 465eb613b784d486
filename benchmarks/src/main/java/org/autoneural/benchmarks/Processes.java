package org.autoneural.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs other programs. */
public final class Processes {
    private Processes() {
    }

    /**
     * What {@code command} prints to its standard output, once it has ended well.
     *
     * @throws IOException with the command and its error output when it cannot be started or fails
     */
    public static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException(List.of(command) + " ended with exit code " + exit + "; its messages stand above");
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + List.of(command), e);
        }
        return out;
    }
}

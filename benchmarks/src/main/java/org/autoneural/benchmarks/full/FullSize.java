package org.autoneural.benchmarks.full;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Full-size commands; {@code benchmarks/README.md} shows how they are started. */
public final class FullSize {
    private FullSize() {
    }

    /** {@code generate MODEL FOLDER} writes a synthetic checkpoint to FOLDER. */
    public static void main(String[] args) throws IOException {
        if (args.length == 3 && args[0].equals("generate")) {
            SyntheticModel.named(args[1]).write(Path.of(args[2]));
        } else {
            System.err.println("unknown command " + Arrays.toString(args) + "; give: generate autoneural-1.5b|lfm2-350m FOLDER");
            System.exit(2);
        }
    }
}

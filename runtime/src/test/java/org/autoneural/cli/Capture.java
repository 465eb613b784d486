package org.autoneural.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A run of the command line in this process, and what it wrote. */
record Capture(int code, String out, String err) {
    /** Runs with {@code in} as what is piped in. */
    static Capture run(Path cache, String in, List<String> arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, false, StandardCharsets.UTF_8), new PrintStream(err, false, StandardCharsets.UTF_8), false, false,
                false, false, cache);
        int code = Main.run(arguments.toArray(new String[0]), console);
        console.out().flush();
        console.err().flush();
        return new Capture(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static Capture run(Path cache, String... arguments) {
        return run(cache, "", List.of(arguments));
    }
}

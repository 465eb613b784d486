package org.autoneural.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/**
 * Where a command reads and writes. Results go to {@code out}, everything about the work to {@code err}; both UTF-8.
 *
 * @param inTerminal  whether a person types at {@code in}
 * @param outTerminal whether a person looks at {@code out}
 * @param errTerminal whether a person looks at {@code err}
 * @param errColours  whether they see 24-bit colours there
 * @param cache       folder for models compiled by {@code run}
 */
record Console(InputStream in, PrintStream out, PrintStream err, boolean inTerminal, boolean outTerminal, boolean errTerminal,
        boolean errColours, Path cache) {
    /** Set by the launcher, which can ask the system: the standard streams that are terminals, of {@code in}, {@code out}, {@code err}. */
    private static final String TERMINALS = "autoneural.terminals";

    /** What terminals with 24-bit colour write in COLORTERM. */
    private static final Set<String> COLOURS = Set.of("truecolor", "24bit");

    static Console ofProcess() {
        String terminals = System.getProperty(TERMINALS, "");
        return new Console(System.in, stream(FileDescriptor.out), stream(FileDescriptor.err),
                terminals.contains("in"), terminals.contains("out"), terminals.contains("err"),
                terminals.contains("err") && COLOURS.contains(System.getenv().getOrDefault("COLORTERM", "")),
                UserCache.folder(System.getProperties(), System.getenv()));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** Progress bar or plain lines on {@code err}; nothing when {@code quiet}. */
    ProgressBar progress(boolean quiet) {
        return new ProgressBar(err, quiet ? ProgressBar.Style.SILENT : errTerminal ? ProgressBar.Style.BAR : ProgressBar.Style.LINES,
                System::nanoTime);
    }

    /** A line about the work, unless {@code quiet}. */
    void note(boolean quiet, String line) {
        if (!quiet) {
            err.println(line);
        }
    }
}

package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.autoneural.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelpTest {
    /** Where picocli would ask the system whether there is a terminal at all, this answers. */
    private static final String ANSI = "picocli.ansi";

    @TempDir
    Path cache;

    /** docs/command-line.md is the help, and the golden of this test. */
    @Test
    void helpIsThePageInTheDocs() {
        StringBuilder page = new StringBuilder("""
                # Command line

                <!-- Printed from the code by HelpTest; change the code, then run it with -Dautoneural.update.goldens=true. -->

                `runtime/bin/autoneural` runs from a checkout and builds it at first use. `-q` silences progress; `--json` is for
                programs. Results go to standard output, everything else to standard error.

                ```
                """);
        page.append(help("--help")).append("```\n");
        for (String verb : verbs()) {
            page.append("\n## ").append(verb).append("\n\n```\n").append(help((verb + " --help").split(" "))).append("```\n");
        }
        Goldens.check(Path.of("..", "docs", "command-line.md"), page.toString());
    }

    /** Every verb there is, and the verbs of verbs. */
    private static List<String> verbs() {
        List<String> verbs = new ArrayList<>();
        Main.commands(console(new ByteArrayOutputStream(), false)).getSubcommands().forEach((verb, command) -> {
            verbs.add(verb);
            command.getSubcommands().keySet().forEach(second -> verbs.add(verb + " " + second));
        });
        return verbs;
    }

    private static Console console(OutputStream out, boolean outTerminal) {
        return new Console(InputStream.nullInputStream(), new PrintStream(out, false, StandardCharsets.UTF_8), System.err, false,
                outTerminal, true, true, Path.of("none"));
    }

    /** A terminal shows colours; a pipe or file gets none, also while standard error is a terminal. */
    @Test
    void onlyTerminalsSeeColours() {
        String before = System.getProperty(ANSI, "");
        System.setProperty(ANSI, "true");
        try {
            for (boolean terminal : new boolean[] {true, false}) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                Console console = console(out, terminal);
                assertThat(Main.run(new String[] {"--help"}, console)).isZero();
                console.out().flush();
                assertThat(out.toString(StandardCharsets.UTF_8).contains("\033[")).as("colours on a terminal: %s", terminal).isEqualTo(terminal);
            }
        } finally {
            if (before.isEmpty()) {
                System.clearProperty(ANSI);
            } else {
                System.setProperty(ANSI, before);
            }
        }
    }

    private String help(String... arguments) {
        Capture run = Capture.run(cache, arguments);
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).as("one screen").hasSizeLessThanOrEqualTo(50).allMatch(line -> line.length() <= 100);
        return run.out().lines().map(String::stripTrailing).reduce("", (a, b) -> a + b + "\n");
    }

    /** The script knows every command; bash takes it, where there is a bash. */
    @Test
    void completionKnowsEveryCommand() throws Exception {
        Capture run = Capture.run(cache, "completion");
        assertThat(run.code()).isZero();
        verbs().stream().filter(verb -> !verb.contains(" ")).forEach(verb -> assertThat(run.out()).contains(verb));
        Path script = Files.writeString(cache.resolve("completion"), run.out());
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no /bin/bash: the script is not tried");
        assertThat(new ProcessBuilder("/bin/bash", "-n", script.toString()).start().waitFor()).isZero();
    }

    @Test
    void versionNamesTheProgramAndJava() {
        Capture run = Capture.run(cache, "--version");
        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith("autoneural ").contains("Java " + System.getProperty("java.runtime.version"));
    }
}

package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.autoneural.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelpTest {
    private static final List<String> VERBS = List.of("compile", "run", "eval", "inspect", "check", "bench", "estimate", "encodings",
            "encodings export", "quantize-report", "ablation", "compare", "compare-encoders", "precision-plan", "completion");

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
        for (String verb : VERBS) {
            page.append("\n## ").append(verb).append("\n\n```\n").append(help((verb + " --help").split(" "))).append("```\n");
        }
        Goldens.check(Path.of("..", "docs", "command-line.md"), page.toString());
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
        VERBS.stream().filter(verb -> !verb.contains(" ")).forEach(verb -> assertThat(run.out()).contains(verb));
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

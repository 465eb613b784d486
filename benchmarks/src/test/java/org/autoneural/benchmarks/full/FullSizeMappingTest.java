package org.autoneural.benchmarks.full;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.autoneural.Goldens;
import org.autoneural.backend.Survey;
import org.autoneural.backend.Survey.Context;
import org.autoneural.backend.Survey.NodeVerdict;
import org.autoneural.backend.Survey.Verdict;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.Compiler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The full model's graphs against the rules of the SA8295P: the table in docs/qnn-mapping.md. */
class FullSizeMappingTest {
    private static final Path PAGE = Path.of("..", "docs", "qnn-mapping.md");
    private static final String BEGIN = "<!-- full model: printed by FullSizeMappingTest; -Dautoneural.update.goldens=true rewrites it -->\n";
    private static final String END = "<!-- end of full model -->\n";

    @TempDir
    Path folder;

    @Test
    void everyNodeRunsAndThePageHasTheSizes() throws IOException {
        SyntheticModel.AUTONEURAL_1_5B.writeStructure(folder);
        Survey survey;
        try (Compiler compiler = new Compiler(CompileOptions.of(folder).withTarget("qnn-sa8295p"), (stage, done, total) -> { })) {
            survey = compiler.survey();
        }
        assertThat(survey.nodes()).filteredOn(n -> n.verdict() == Verdict.REFUSED).isEmpty();
        assertThat(survey.contexts()).extracting(Context::name).containsExactly("vision", "prefill", "decode");
        assertThat(survey.contexts()).allMatch(Context::fits);
        String page = Files.readString(PAGE);
        assertThat(page).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
        Goldens.check(PAGE, page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table(survey) + page.substring(page.indexOf(END)));
    }

    private static String table(Survey survey) {
        StringBuilder text = new StringBuilder("""

                | graph | nodes | as they stand | rewritten | weights, MB | inputs and outputs | values between | total | of the limit |
                |---|---|---|---|---|---|---|---|---|
                """);
        long total = 0;
        for (Context c : survey.contexts()) {
            List<NodeVerdict> nodes = survey.nodes().stream().filter(n -> n.entryPoint().equals(c.name())).toList();
            text.append(String.format(Locale.ROOT, "| %s | %d | %d | %d | %.1f | %.1f | %.1f | %.1f | %.1f %% |%n", c.name(), nodes.size(),
                    count(nodes, Verdict.LEGAL), count(nodes, Verdict.REWRITTEN), c.weightBytes() / 1e6, c.ioBytes() / 1e6, c.activationBytes() / 1e6,
                    c.totalBytes() / 1e6, 100.0 * c.totalBytes() / survey.contextLimitBytes()));
            total += c.totalBytes();
        }
        Context decode = survey.contexts().get(2);
        text.append(String.format(Locale.ROOT, "%nAll three together: %.1f MB. One graph for prefill and decode would take %.1f MB in all, %.1f MB less.%n%n",
                total / 1e6, (total - decode.totalBytes()) / 1e6, decode.totalBytes() / 1e6));
        return text.toString();
    }

    private static long count(List<NodeVerdict> nodes, Verdict verdict) {
        return nodes.stream().filter(n -> n.verdict() == verdict).count();
    }
}

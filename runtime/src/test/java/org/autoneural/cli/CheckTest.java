package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.autoneural.backend.Survey;
import org.autoneural.backend.Survey.NodeVerdict;
import org.autoneural.backend.Survey.Reason;
import org.autoneural.backend.Survey.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code autoneural check} on structures; PipelineTest checks a compiled file. */
class CheckTest {
    @TempDir
    Path cache;

    @ParameterizedTest
    @ValueSource(strings = {"cockpit-tiny", "cockpit-tiny-baseline"})
    void everyNodeOfTheBuiltInModelsRunsOnTheChip(String model) throws IOException {
        Capture run = Capture.run(cache, "check", model, "--target", "qnn-sa8295p", "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode object = new JsonMapper().readTree(run.out());
        assertThat(object.path("accepted").asBoolean()).isTrue();
        assertThat(object.path("nodes").size()).isGreaterThan(400);
        List<String> contexts = new ArrayList<>();
        object.path("contexts").forEach(c -> contexts.add(c.path("name").asText()));
        assertThat(contexts).containsExactly("vision", "prefill", "decode");
        for (JsonNode node : object.path("nodes")) {
            assertThat(node.path("verdict").asText()).as(node.toString()).isIn("LEGAL", "REWRITTEN");
            assertThat(node.path("becomes").size()).as(node.toString()).isPositive();
            assertThat(node.path("reasons").size() > 0).as(node.toString()).isEqualTo(node.path("verdict").asText().equals("REWRITTEN"));
        }
    }

    @Test
    void theTextCountsFirstThenGivesReasonsThenSizes() {
        Capture run = Capture.run(cache, "check", "cockpit-tiny", "--target", "qnn-sa8295p");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).containsSubsequence("cockpit-tiny for qnn-sa8295p", "entry point", "vision", "prefill", "decode", "Rewritten:",
                "MAP-LINEAR", "effect on the numbers: none", "source: ", "(--json has all)", "Contexts, in MB", "fits");
    }

    @Test
    void theSimulatorTakesEveryNode() {
        Capture run = Capture.run(cache, "check", "cockpit-tiny", "--target", "sim");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("legal").doesNotContain("Rewritten:", "Refused:", "Contexts");
    }

    @Test
    void mistakesAreSaid() {
        assertThat(Capture.run(cache, "check", "cockpit-tiny").err()).contains("--target");
        Capture unknown = Capture.run(cache, "check", "cockpit-tiny", "--target", "tpu");
        assertThat(unknown.code()).isNotZero();
        assertThat(unknown.err()).contains("tpu").contains("qnn-sa8295p").doesNotContain("Exception");
    }

    @Test
    void whatIsRefusedIsGroupedWithExampleAndRemedy() {
        Reason one = new Reason("HTP-RANK", "found x of 6 axes; allowed: 5", "", "the supplement", "reshape first");
        Reason two = new Reason("HTP-RANK", "found z of 7 axes; allowed: 5", "", "the supplement", "reshape first");
        Survey survey = new Survey(List.of(new NodeVerdict("main", "y", "reshape", Verdict.REFUSED, List.of(), List.of(one)),
                new NodeVerdict("main", "v", "add", Verdict.REFUSED, List.of(), List.of(two))), List.of(new Survey.Context("main", 3_000_000, 1, 2, false)), 1);
        assertThat(SurveyText.lines(survey)).containsSubsequence("Refused:", "  HTP-RANK, 2 nodes: found x of 6 axes; allowed: 5", "    do: reshape first",
                "    source: the supplement", "    nodes: main %y (reshape), main %v (add)").anyMatch(l -> l.contains("TOO LARGE"));
    }
}

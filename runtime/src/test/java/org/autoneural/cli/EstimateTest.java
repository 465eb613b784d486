package org.autoneural.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.autoneural.CompiledCockpit;
import org.autoneural.HeadlessBrowser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EstimateTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Capture run(String... arguments) {
        return Capture.run(folder, arguments);
    }

    @Test
    void aNetworkHasTimeIntervalAndOps() throws IOException {
        Capture run = run("estimate", "--network", "resnet50", "--precision", "w8a8");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("resnet50 on ", "80 % interval", "4.089 GMAC", "longest of ", "Estimates, not measured on a device.");
        JsonNode one = JSON.readTree(run("estimate", "--network", "resnet50", "--precision", "w8a8", "--json").out());
        assertThat(one.get("latencyMs").asDouble()).isBetween(one.get("lowMs").asDouble(), one.get("highMs").asDouble());
        // Measured: 1.284 and 1.427 ms.
        assertThat(one.get("latencyMs").asDouble()).isCloseTo(1.35, within(0.3));
        JsonNode large = JSON.readTree(run("estimate", "--network", "resnet50", "--precision", "w8a8", "--input-size", "448", "--json").out());
        assertThat(large.get("latencyMs").asDouble()).isGreaterThan(2 * one.get("latencyMs").asDouble());
    }

    @Test
    void decodersHaveTokensASecond() throws IOException {
        JsonNode four = JSON.readTree(run("estimate", "--network", "lfm2-1.2b", "--json").out());
        assertThat(four.get("entry").asText()).isEqualTo("decode");
        double tokens = four.get("tokensPerSecond").asDouble();
        assertThat(tokens).isCloseTo(1000 / four.get("latencyMs").asDouble(), within(1e-9));
        assertThat(tokens).isBetween(four.get("tokensPerSecondLow").asDouble(), four.get("tokensPerSecondHigh").asDouble());
        JsonNode eight = JSON.readTree(run("estimate", "--network", "lfm2-1.2b", "--precision", "w8a16", "--json").out());
        assertThat(eight.get("tokensPerSecond").asDouble()).isLessThan(tokens);
    }

    @Test
    void budgetsFailWithWhatIsExceeded() {
        assertThat(run("estimate", "--network", "resnet18", "--budget", "100").code()).isZero();
        Capture over = run("estimate", "--network", "resnet18", "--budget", "0.1");
        assertThat(over.code()).isEqualTo(ExitCode.FAILED);
        assertThat(over.err()).contains("more than the budget of 0.100 ms");
    }

    @Test
    void measurementsMoveTheEstimateTowardsThem() throws IOException {
        Path csv = Files.writeString(folder.resolve("slow.csv"), "model,precision,ms\nresnet18,w8a8,0.95\nresnet50,w8a8,1.8\n");
        double before = JSON.readTree(run("estimate", "--network", "resnet50", "--precision", "w8a8", "--json").out()).get("latencyMs").asDouble();
        double after = JSON.readTree(run("estimate", "--network", "resnet50", "--precision", "w8a8", "--calibrate", csv.toString(), "--json")
                .out()).get("latencyMs").asDouble();
        assertThat(after).isBetween(1.03 * before, 1.8);
    }

    @Test
    void measurementsOfUnknownNetworksAreSkippedAndTold() throws IOException {
        Path mixed = Files.writeString(folder.resolve("mixed.csv"), "model,precision,ms\nfoonet,w8a8,2\nresnet18,w8a8,0.9\n");
        Capture run = run("estimate", "--network", "resnet18", "--calibrate", mixed.toString(), "--json");
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("mixed.csv: skipped networks that are not known: foonet");
        assertThat(JSON.readTree(run.out()).get("latencyMs").asDouble()).isPositive();
        Path unknown = Files.writeString(folder.resolve("unknown.csv"), "model,precision,ms\nfoonet,w8a8,2\n");
        Capture none = run("estimate", "--network", "resnet18", "--calibrate", unknown.toString());
        assertThat(none.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(none.err()).contains("no row counts", "there are none named foonet");
    }

    /** A compiled model, with every file that can be written. */
    @Test
    void aCompiledModelHasTableTraceAndPage() throws IOException, InterruptedException {
        Path csv = folder.resolve("ops.csv"), trace = folder.resolve("trace.json"), page = folder.resolve("page.html");
        Capture run = run("estimate", "--model", CompiledCockpit.small().toString(), "--csv", csv.toString(), "--trace", trace.toString(),
                "--html", page.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("vision: ", "prefill: ", "decode: ", " tokens/s");
        assertThat(Files.readAllLines(csv)).hasSizeGreaterThan(100).allMatch(l -> l.split(",").length == 15);
        JsonNode events = JSON.readTree(trace.toFile()).get("traceEvents");
        assertThat(events).hasSizeGreaterThan(100).allMatch(e -> e.get("ph").asText().equals("M")
                || e.get("ph").asText().equals("X") && e.get("dur").asDouble() > 0);
        String text = Files.readString(page);
        assertThat(text).doesNotContain("http:", "https:", "src=", "@import", "url(", "{{");
        browse(text);
    }

    /** What a reader does, done by a script behind the page: choose an entry point, sort the ops, zoom. */
    private void browse(String page) throws IOException, InterruptedException {
        Optional<HeadlessBrowser> browser = HeadlessBrowser.find();
        assumeTrue(browser.isPresent(), HeadlessBrowser.ABSENT);
        String dom = browser.get().dom(page, """
                const buttons = [...byId("entries").children].map(b => b.textContent);
                byId("entries").children[2].click();
                const cards = byId("cards").children.length, rows = byId("ops").tBodies[0].rows.length;
                byId("ops").tHead.rows[0].cells[0].click();
                const first = byId("ops").tBodies[0].rows[0].cells[0].firstChild.textContent, names = [...byId("ops").tBodies[0].rows].map(r => r.cells[0].firstChild.textContent);
                line.dispatchEvent(new WheelEvent("wheel", { deltaY: -400, clientX: 400, cancelable: true }));
                const drawn = ["timeline", "memory", "roofline"].every(id => marks[id].length > 0);
                document.title = JSON.stringify([buttons, cards, rows > 10, first === names.sort()[0], drawn, view[1] - view[0] < entry.latencyMs]);
                """, folder);
        assertThat(dom).contains("<title>[[\"vision\",\"prefill\",\"decode\"],6,true,true,true,true]</title>");
    }
}

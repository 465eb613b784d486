package org.autoneural.quantizer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossPageTest {
    @TempDir
    Path folder;

    @Test
    void thePageAsksNothingOfANetworkAndEscapesNames() {
        String page = LossPage.of(LayerComparisonTest.report());
        assertThat(page).doesNotContain("http:", "https:", "src=", "@import", "url(", "{{").contains("tiny &lt;b&gt;").doesNotContain("tiny <b>");
        assertThat(LossPage.of(LayerComparisonTest.report())).isEqualTo(page);
    }

    private static Optional<Path> browser() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).flatMap(place ->
                Stream.of("chromium", "chromium-browser", "google-chrome").map(name -> Path.of(place, name))).filter(Files::isExecutable).findFirst();
    }

    /** What a reader does, done by a script behind the page: sort by a column, filter by a name. */
    @Test
    void aBrowserDrawsSortsAndFilters() throws IOException, InterruptedException {
        Optional<Path> browser = browser();
        assumeTrue(browser.isPresent(), "no chromium or google-chrome on the PATH: the page is not tried in a browser");
        String act = """
                <script>
                const rows = () => [...document.getElementById("layers").tBodies[0].rows].filter(r => !r.hidden).map(r => r.cells[0].firstChild.textContent);
                const first = rows();
                const gathered = document.getElementById("layers").tHead.rows[0].cells[2];
                gathered.click(); gathered.click();
                const sorted = rows();
                const filter = document.getElementById("filter");
                filter.value = "SUM"; filter.dispatchEvent(new Event("input"));
                const bar = document.querySelector("svg .added").getBoundingClientRect();
                document.title = JSON.stringify([first, sorted, rows(), bar.width > 0 && bar.height > 0]);
                </script></body>""";
        Path page = Files.writeString(folder.resolve("page.html"), LossPage.of(LayerComparisonTest.report()).replace("</body>", act));
        Path out = folder.resolve("dom.html");
        Process process = new ProcessBuilder(browser.get().toString(), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + folder.resolve("profile"), page.toUri().toString())
                .redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("the browser ends").isTrue();
        String dom = Files.readString(out, StandardCharsets.UTF_8);
        assertThat(dom).contains("<title>[[\"bad\",\"sum\",\"view\",\"back\"],[\"sum\",\"bad\",\"view\",\"back\"],[\"sum\"],true]</title>");
    }
}

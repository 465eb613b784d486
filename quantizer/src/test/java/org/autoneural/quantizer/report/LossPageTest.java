package org.autoneural.quantizer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.autoneural.HeadlessBrowser;
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

    /** What a reader does, done by a script behind the page: sort by a column, filter by a name. */
    @Test
    void aBrowserDrawsSortsAndFilters() throws IOException, InterruptedException {
        Optional<HeadlessBrowser> browser = HeadlessBrowser.find();
        assumeTrue(browser.isPresent(), HeadlessBrowser.ABSENT);
        String dom = browser.get().dom(LossPage.of(LayerComparisonTest.report()), """
                const rows = () => [...document.getElementById("layers").tBodies[0].rows].filter(r => !r.hidden).map(r => r.cells[0].firstChild.textContent);
                const first = rows();
                const gathered = document.getElementById("layers").tHead.rows[0].cells[2];
                gathered.click(); gathered.click();
                const sorted = rows();
                const filter = document.getElementById("filter");
                filter.value = "SUM"; filter.dispatchEvent(new Event("input"));
                const bar = document.querySelector("svg .added").getBoundingClientRect();
                document.title = JSON.stringify([first, sorted, rows(), bar.width > 0 && bar.height > 0]);
                """, folder);
        assertThat(dom).contains("<title>[[\"bad\",\"sum\",\"view\",\"back\"],[\"sum\",\"bad\",\"view\",\"back\"],[\"sum\"],true]</title>");
    }
}

package org.autoneural.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.autoneural.CompiledCockpit;
import org.autoneural.HeadlessBrowser;
import org.autoneural.artifact.Artifact;
import org.autoneural.ir.Graph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPageTest {
    @TempDir
    Path folder;

    @Test
    void everyNodeHasAPlaceOfItsOwnBelowItsOperands() {
        try (Artifact artifact = Artifact.open(CompiledCockpit.small())) {
            for (Graph graph : artifact.program().entryPoints()) {
                GraphLayout layout = GraphLayout.of(graph);
                assertThat(layout.cells().values()).doesNotHaveDuplicates().hasSize(graph.nodes().size());
                graph.nodes().forEach(node -> node.inputs().forEach(v -> graph.producer(v).ifPresent(p ->
                        assertThat(layout.cells().get(p.name()).row()).isLessThan(layout.cells().get(node.name()).row()))));
            }
        }
    }

    @Test
    void thePageNeedsNothingButItself() {
        try (Artifact artifact = Artifact.open(CompiledCockpit.small())) {
            String page = ModelPage.html(artifact, Map.of());
            assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:", "src=", "@import", "/*MODEL*/");
            assertThat(ModelPage.html(artifact, Map.of())).isEqualTo(page);
        }
    }

    /** What a reader does: opens it, looks at another entry point, searches, clicks on a node. */
    @Test
    void aBrowserDrawsTheGraphs() throws Exception {
        Optional<HeadlessBrowser> browser = HeadlessBrowser.find();
        assumeTrue(browser.isPresent(), HeadlessBrowser.ABSENT);
        try (Artifact artifact = Artifact.open(CompiledCockpit.small())) {
            Graph vision = artifact.program().entryPoint("vision");
            Graph decode = artifact.program().entryPoint("decode");
            String result = vision.nodes().get(0).name();
            String dom = browser.get().dom(ModelPage.html(artifact, Map.of(result, 43.21)), """
                    const count = () => document.querySelectorAll('.node').length;
                    const first = count();
                    document.querySelector('.node').dispatchEvent(new MouseEvent('click'));
                    const details = document.getElementById('side').textContent;
                    [...document.querySelectorAll('#tabs button')].find(b => b.textContent === 'decode').click();
                    const second = count();
                    const search = document.getElementById('search');
                    search.value = 'softmax'; search.dispatchEvent(new Event('input'));
                    document.title = JSON.stringify([first, second, count() - document.querySelectorAll('.node.miss').length,
                        details.includes('43.21 dB'), details.includes('scale ')]);
                    """, folder);
            long softmaxes = decode.nodes().stream().filter(n -> n.op().name().equals("softmax")).count();
            assertThat(dom).contains("<title>[" + vision.nodes().size() + "," + decode.nodes().size() + "," + softmaxes + ",true,true]</title>");
        }
    }
}

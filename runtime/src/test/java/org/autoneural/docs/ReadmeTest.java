package org.autoneural.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.autoneural.CompiledCockpit;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Path PROGRAM = Path.of("src", "test", "java", "org", "autoneural", "docs", "AskACluster.java");
    private static final Path README = Markdown.ROOT.resolve("README.md");

    /** The README shows the program behind its package line. */
    @Test
    void printsTheProgram() throws IOException {
        String program = Files.readString(PROGRAM);
        assertThat(Files.readString(README)).contains("```java\n" + program.substring(program.indexOf("import ")) + "```\n");
    }

    @Test
    void theProgramAnswers() {
        assertThat(CompiledCockpit.readmeAnswers().lines()).containsExactly("The speed is 70 km/h.", "The hazard lights are on.");
    }

    @Test
    void leadsToEveryGuide() throws IOException {
        List<String> links = Markdown.read(README).links();
        try (Stream<Path> guides = Files.list(Markdown.ROOT.resolve("docs"))) {
            assertThat(guides.filter(guide -> guide.toString().endsWith(".md")).map(guide -> "docs/" + guide.getFileName())).isNotEmpty()
                    .allSatisfy(guide -> assertThat(links).contains(guide));
        }
    }

    /** Every link within the project leads to a file. */
    @Test
    void linksLeadSomewhere() {
        for (Markdown page : Markdown.pages()) {
            for (String link : page.links()) {
                if (!link.contains("://") && !link.startsWith("#")) {
                    assertThat(page.file().resolveSibling(link.replaceFirst("#.*", ""))).as("link %s of %s", link, page.file()).exists();
                }
            }
        }
    }
}

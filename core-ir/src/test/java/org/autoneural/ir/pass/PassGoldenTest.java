package org.autoneural.ir.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.autoneural.Goldens;
import org.autoneural.ir.Graph;
import org.autoneural.ir.text.IrParser;
import org.autoneural.ir.text.IrPrinter;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every pass has a file {@code passes/<name>.ir}: the graph before, a line of {@code // after}, the graph after. */
class PassGoldenTest {
    private static final String AFTER = "// after\n";

    @TestFactory
    Stream<DynamicTest> beforeAndAfter() {
        return Passes.all().stream().map(pass -> DynamicTest.dynamicTest(pass.name(), () -> {
            Path file = Goldens.folder("passes").resolve(pass.name() + ".ir");
            assertThat(file).as("every pass has a golden").exists();
            String before = Files.readString(file).split(AFTER, 2)[0];
            Graph graph = Verifier.check(IrParser.parse(before));
            Graph after = Verifier.check(pass.run(graph));
            assertThat(IrPrinter.print(after)).as("the golden must show the pass at work").isNotEqualTo(IrPrinter.print(graph));
            Goldens.check(file, before + AFTER + IrPrinter.print(after));
            assertThat(pass.run(after)).as("a second run finds nothing to do").isSameAs(after);
        }));
    }

    @Test
    void noGoldenWithoutItsPass() throws IOException {
        List<String> names = Passes.all().stream().map(p -> p.name() + ".ir").sorted().toList();
        try (Stream<Path> files = Files.list(Goldens.folder("passes"))) {
            assertThat(files.map(f -> f.getFileName().toString()).sorted().toList()).isEqualTo(names);
        }
    }

    @Test
    void namesAreKebabCaseAndSummariesOneLine() {
        for (Pass pass : Passes.all()) {
            assertThat(pass.name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
            assertThat(pass.summary()).isNotBlank().doesNotContain("\n");
        }
    }
}

package org.autoneural.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The errors in docs/latency.md are those of the frozen speeds, recomputed from the measurements and the model as it is now. */
class CalibrateTest {
    private static final Path PAGE = Path.of("..", "docs", "latency.md");

    @Test
    void everyLineOfTheReportStandsInThePage() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(Calibrate.report().lines().filter(line -> line.startsWith("| ") || line.startsWith("* "))).hasSizeGreaterThan(60)
                .allSatisfy(line -> assertThat(page.lines()).contains(line));
    }
}

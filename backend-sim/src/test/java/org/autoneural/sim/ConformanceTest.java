package org.autoneural.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.sim.conformance.ConformanceCase;
import org.autoneural.sim.conformance.ConformanceSuites;
import org.autoneural.sim.conformance.ConformanceSummary;
import org.autoneural.sim.kernel.KernelProviders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Public vectors of other implementations against the interpreter, the scalar and the vector kernels: every output value of every
 * case, each case a test of its own. The folder is {@code ${autoneural.conformance}}, or {@code conformance} in
 * {@code ${autoneural.shared}}; any folder of the same layout works. Writes {@code target/conformance.md}.
 */
class ConformanceTest {
    private static final List<ExecutionOptions> OPTIONS = List.of(new ExecutionOptions(1, "scalar"), new ExecutionOptions(1, "vector"),
            new ExecutionOptions(2, "vector"), new ExecutionOptions(2, "native"));
    private static final Path TABLE = Path.of("target", "conformance.md");
    private static final Path PAGE = Path.of("..", "docs", "conformance.md");
    private static final String BEGIN = "<!-- table: printed by ConformanceTest -->\n";
    private static final String END = "<!-- end of table -->\n";

    private static final ConformanceSummary SUMMARY = new ConformanceSummary();

    private static String override() {
        return System.getProperty("autoneural.conformance", "");
    }

    private static Path folder() {
        return override().isEmpty() ? Path.of(System.getProperty("autoneural.shared", "../shared"), "conformance") : Path.of(override());
    }

    @TestFactory
    Stream<DynamicTest> cases() {
        Path folder = folder();
        if (override().isEmpty() && !Files.isDirectory(folder)) {
            return Stream.of(DynamicTest.dynamicTest("no vectors", () -> Assumptions.abort("no conformance vectors at " + folder
                    + "; set -Dautoneural.conformance or -Dautoneural.shared")));
        }
        List<ConformanceCase> cases = ConformanceSuites.in(folder);
        assertThat(cases).as("cases in %s, which holds the folders tflm-seanet and cmsis-nn", folder.toAbsolutePath()).isNotEmpty();
        Stream<DynamicTest> tests = cases.stream().map(c -> DynamicTest.dynamicTest(c.title(), () -> run(c)));
        return Stream.concat(tests, Stream.of(DynamicTest.dynamicTest("docs/conformance.md shows these results", ConformanceTest::page)));
    }

    private static void run(ConformanceCase c) {
        if (c.outOfScope().isPresent()) {
            SUMMARY.outOfScope(c);
            Assumptions.abort("out of scope: " + c.outOfScope().get());
        }
        try {
            ConformanceCase.Vector v = c.vector().get();
            Cases.Case one = new Cases.Case(v.graph(), v.inputs());
            equal(c.title() + ", interpreter", new IntegerInterpreter().run(v.graph(), v.inputs()), v.expected());
            for (ExecutionOptions options : OPTIONS) {
                equal(c.title() + ", " + options, KernelEqualityTest.run(one, KernelProviders.named(options.kernels()), options.threads()), v.expected());
            }
            SUMMARY.passed(c, v.expected().length);
        } catch (AssertionError e) {
            SUMMARY.failed(c);
            throw e;
        } catch (RuntimeException e) {
            SUMMARY.failed(c);
            throw new AssertionError(c.title() + ": " + e.getMessage(), e);
        }
    }

    private static void equal(String what, Map<String, Tensor> outputs, long[] expected) {
        long[] got = java.util.stream.IntStream.of(outputs.values().iterator().next().toInts()).asLongStream().toArray();
        assertThat(got).as(what).hasSize(expected.length);
        int wrong = 0;
        int first = -1;
        long worst = 0;
        for (int i = 0; i < expected.length; i++) {
            if (got[i] != expected[i]) {
                wrong++;
                first = first < 0 ? i : first;
                worst = Math.max(worst, Math.abs(got[i] - expected[i]));
            }
        }
        int at = first;
        assertThat(wrong).as(() -> what + ": values that differ, of " + expected.length + "; the first is no. " + at + ": " + got[at]
                + ", should be " + expected[at]).isZero();
        assertThat(worst).isZero();
    }

    /** The page's table is that of the folder that belongs to it; another folder has its own results. */
    private static void page() throws IOException {
        Assumptions.assumeTrue(override().isEmpty(), "another folder than the page's");
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        assertThat(begin).as("%s holds the line %s", PAGE, BEGIN).isNotNegative();
        if (Boolean.getBoolean("autoneural.update.goldens")) {
            Files.writeString(PAGE, page.substring(0, begin) + BEGIN + "\n" + SUMMARY.markdown() + "\n" + page.substring(end));
            return;
        }
        assertThat(page.substring(begin + BEGIN.length(), end).strip()).as("%s; -Dautoneural.update.goldens=true rewrites it", PAGE)
                .isEqualTo(SUMMARY.markdown().strip());
    }

    @AfterAll
    static void write() throws IOException {
        Files.createDirectories(TABLE.getParent());
        String text = "# Conformance\n\n" + folder() + "\n\n" + SUMMARY.markdown();
        Files.writeString(TABLE, text);
        System.out.println(text);
    }
}

package org.autoneural.ir.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.autoneural.Goldens;
import org.autoneural.ir.math.encode.RopeTablesTest;
import org.autoneural.ir.math.encode.TableEncoderTest;
import org.autoneural.ir.op.AttentionOracleTest;
import org.autoneural.ir.op.GatedConvolutionOracleTest;
import org.junit.jupiter.api.Test;

/** Prints docs/oracles.md, to target/oracles.md as well; every measurement is that of the test class it comes from. */
class OracleReportTest {
    private static final String HEAD = """
            # Oracles

            <!-- Printed by OracleReportTest (-Dautoneural.update.goldens=true rewrites it). -->

            Integer functions that no public vector covers, held against exact or high-precision references. Bounds are those of
            [integer-semantics.md](integer-semantics.md); a case beyond its bound fails the test. Every seed is fixed, so the figures are
            the same on every JVM. To measure again, into `core-ir/target/oracles.md`:

                mvn -q -pl core-ir test -Dtest=OracleReportTest

            References: `BigInteger` and `BigDecimal` (rescale, 2^-y entries, reciprocal root, norms with 40 digits, RoPE tables with 34, gated
            convolution exactly); double precision where its error is below a millionth of the bound (2^-y, softmax, tables, RoPE, attention).

            | function and cases | compared | unit | bound | worst measured |
            |---|---:|---|---:|---:|
            """;

    @Test
    void everyFunctionIsWithinItsBound() throws IOException {
        List<OracleRow> rows = new ArrayList<>(List.of(RescaleTest.measureCorners(), RescaleTest.measureRandom(), Exp2Test.measure(),
                RsqrtTest.measureExtremes(), RsqrtTest.measureRandom()));
        rows.addAll(TableEncoderTest.measure());
        rows.addAll(new IntSoftmaxTest().measure());
        rows.add(new IntRmsNormTest().measure());
        rows.add(IntLayerNormTest.measure());
        rows.add(RopeTablesTest.measureTables());
        rows.add(RopeTablesTest.measureRotation());
        rows.add(GatedConvolutionOracleTest.measure());
        rows.addAll(AttentionOracleTest.measure());
        StringBuilder page = new StringBuilder(HEAD);
        for (OracleRow row : rows) {
            assertThat(row.worst()).as(row.function()).isLessThanOrEqualTo(row.bound());
            assertThat(row.cases()).as(row.function()).isPositive();
            page.append(row.line());
        }
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "oracles.md"), page);
        Goldens.check(Path.of("..", "docs", "oracles.md"), page.toString());
    }
}

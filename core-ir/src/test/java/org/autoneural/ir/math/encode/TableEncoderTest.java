package org.autoneural.ir.math.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.autoneural.ir.math.OracleRow;
import org.autoneural.ir.math.Table;
import org.junit.jupiter.api.Test;

public class TableEncoderTest {
    private static final double BOUND = 1.15;
    private static final double BOUND_WIDE = 2.1;
    private static final Map<String, DoubleUnaryOperator> FUNCTIONS = new LinkedHashMap<>();

    static {
        FUNCTIONS.put("gelu_tanh", Activations::geluTanh);
        FUNCTIONS.put("gelu_erf", Activations::geluErf);
        FUNCTIONS.put("silu", Activations::silu);
        FUNCTIONS.put("sigmoid", Activations::sigmoid);
        FUNCTIONS.put("tanh", Activations::tanh);
        FUNCTIONS.put("relu", Activations::relu);
    }

    @Test
    void sixteenBitTablesAreWithinAStepOfTheFunctionForEveryInput() {
        measure();
    }

    /** Every input of each function: ranges up to 8, and 30. */
    public static List<OracleRow> measure() {
        List<OracleRow> rows = new ArrayList<>();
        FUNCTIONS.forEach((name, f) -> {
            double[] widest = new double[2];
            for (double range : new double[] {0.5, 4, 8, 30}) {
                double inScale = range / 32767;
                double greatest = 0;
                for (int q = -32768; q <= 32767; q++) {
                    greatest = Math.max(greatest, Math.abs(f.applyAsDouble(q * inScale)));
                }
                double outScale = greatest / 32700; // a little room: see aClampInsideAnInterval
                Table16 t = TableEncoder.encode16(f, inScale, outScale, -32767, 32767);
                double worst = 0;
                int bits = Table.fractionBits(t.entries());
                for (int q = -32768; q <= 32767; q++) {
                    double exact = Math.max(-32767, Math.min(32767, f.applyAsDouble(q * inScale) / outScale));
                    worst = Math.max(worst, Math.abs(Table.lookup16(t.entries(), q, bits) - exact));
                }
                System.out.printf(java.util.Locale.ROOT, "[measured] table %-9s over +-%-4s %4d entries, %.3f steps%n", name, range,
                        t.entries().length, worst);
                assertThat(t.maxErrorSteps()).isEqualTo(worst);
                // rounding of the entries and of the result: up to 1; interpolation: up to 0.15 (tanh over +-30: 1)
                assertThat(worst).as(name + " over " + range).isLessThan(range > 8 ? BOUND_WIDE : BOUND);
                widest[range > 8 ? 1 : 0] = Math.max(widest[range > 8 ? 1 : 0], worst);
            }
            rows.add(new OracleRow("16-bit table of " + name + " over ±0.5, ±4, ±8, every input", 3 * 65536, "steps", BOUND, widest[0]));
            rows.add(new OracleRow("16-bit table of " + name + " over ±30, every input", 65536, "steps", BOUND_WIDE, widest[1]));
        });
        return rows;
    }

    // Where the output's range ends between two knots, the table cuts the corner: by a quarter of an interval times the slope.
    @Test
    void aClampInsideAnIntervalCutsTheCorner() {
        Table16 t = TableEncoder.encode16(x -> x, 0.001, 0.001, -32767, 16008);
        assertThat(t.entries()).hasSize(4097);
        assertThat(t.maxErrorSteps()).isBetween(3.5, 4.5);
    }

    @Test
    void eightBitTablesAreTheNearestValues() {
        FUNCTIONS.forEach((name, f) -> {
            Table8 t = TableEncoder.encode8(f, 0.06, -10, 0.05, -100, -128, 127);
            assertThat(t.maxErrorSteps()).as(name).isLessThanOrEqualTo(0.5);
            for (int q = -128; q <= 127; q++) {
                double exact = -100 + f.applyAsDouble(0.06 * (q + 10)) / 0.05;
                assertThat((double) t.entries()[q + 128]).as(name)
                        .isBetween(Math.min(127, exact) - 0.5, Math.max(-128, exact) + 0.5);
            }
        });
    }

    @Test
    void theSmallestTableThatIsGoodEnoughIsTaken() {
        // a straight line at equal scales: exact with any table, so the smallest
        Table16 line = TableEncoder.encode16(x -> x, 0.001, 0.001, -32767, 32767);
        assertThat(line.entries()).hasSize(513);
        // bent sharply: needs the largest
        assertThat(TableEncoder.encode16(Activations::tanh, 30.0 / 32767, 1.0 / 32767, -32767, 32767).entries()).hasSize(4097);
    }

    @Test
    void zeroPointsShiftTheTable() {
        Table16 t = TableEncoder.encode16(Activations::relu, 0.001, 1024, 0.001, -32768, -32768, 32767);
        int bits = Table.fractionBits(t.entries());
        assertThat(Table.lookup16(t.entries(), 1024, bits)).isEqualTo((short) -32768);
        assertThat(Table.lookup16(t.entries(), 2024, bits)).isEqualTo((short) -31768);
    }

    @Test
    void refusesWhatIsNoTable() {
        assertThatThrownBy(() -> TableEncoder.encode16(x -> x, 0, 1, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TableEncoder.encode16(x -> x, 1, Double.NaN, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TableEncoder.encode16(x -> Double.NaN, 1, 1, -1, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a number");
        assertThatThrownBy(() -> TableEncoder.encode8(x -> x, 1, 0, 1, 0, -129, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-129");
    }
}

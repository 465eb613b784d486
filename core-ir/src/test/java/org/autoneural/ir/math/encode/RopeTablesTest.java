package org.autoneural.ir.math.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.autoneural.ir.math.IntRope;
import org.autoneural.ir.math.OracleRow;
import org.junit.jupiter.api.Test;

public class RopeTablesTest {
    private static final MathContext MC = new MathContext(34);
    private static final int POSITIONS = 32768;

    // An independent way: (cos, sin) of one step by its power series, then exact rotations, all with 34 digits.
    @Test
    void everyEntryIsTheNearestForThirtyTwoThousandPositions() {
        System.out.println("[measured] rope tables: " + measureTables().worst() + " steps of 2^-15");
    }

    public static OracleRow measureTables() {
        RopeTables tables = RopeTables.build(POSITIONS, 64, 1e6);
        // 10^(-3/16), the ratio of neighbouring frequencies: (10^6)^(-2/64)
        BigDecimal ratio = BigDecimal.ONE.divide(
                new BigDecimal(1000).sqrt(MC).sqrt(MC).sqrt(MC).sqrt(MC), MC);
        double worst = 0;
        for (int pair : new int[] {0, 1, 9, 31}) {
            BigDecimal angle = ratio.pow(pair, MC);
            BigDecimal stepCos = series(angle, 0);
            BigDecimal stepSin = series(angle, 1);
            BigDecimal c = BigDecimal.ONE;
            BigDecimal s = BigDecimal.ZERO;
            for (int p = 0; p < POSITIONS; p++) {
                worst = Math.max(worst, Math.max(error(tables.cos()[p * 32 + pair], c), error(tables.sin()[p * 32 + pair], s)));
                if (worst > 0.5 + 1e-6) {
                    throw new AssertionError("position " + p + ", pair " + pair + ": off by " + worst + " steps");
                }
                BigDecimal next = c.multiply(stepCos, MC).subtract(s.multiply(stepSin, MC), MC);
                s = c.multiply(stepSin, MC).add(s.multiply(stepCos, MC), MC);
                c = next;
            }
        }
        return new OracleRow("RoPE tables, four pairs, 32768 positions", 8L * POSITIONS, "steps of 2^-15", 0.5, worst);
    }

    private static double error(short entry, BigDecimal exact) {
        return Math.abs(entry - Math.max(-32767, Math.min(32767, exact.doubleValue() * 32768)));
    }

    private static BigDecimal series(BigDecimal x, int first) {
        BigDecimal term = first == 0 ? BigDecimal.ONE : x;
        BigDecimal sum = term;
        for (int k = first + 2; k < 60; k += 2) {
            term = term.multiply(x, MC).multiply(x, MC).divide(new BigDecimal(-k * (k - 1)), MC);
            sum = sum.add(term, MC);
        }
        return sum;
    }

    @Test
    void rotationIsWithinItsBoundOfTheRealOne() {
        OracleRow row = measureRotation();
        System.out.println("[measured] rope: " + row.worst() + " output steps, output scale sqrt(2) times the input's");
        assertThat(row.worst()).isLessThan(row.bound());
    }

    public static OracleRow measureRotation() {
        long seed = 71;
        SplittableRandom random = new SplittableRandom(seed);
        int d = 64;
        RopeTables tables = RopeTables.build(POSITIONS, d, 1e6);
        double outPerIn = StrictMath.sqrt(2);
        Multiplier m = MultiplierEncoder.encode(0x1p-15 / outPerIn);
        double worst = 0;
        short[] x = new short[d];
        short[] y = new short[d];
        for (int p = 0; p < POSITIONS; p++) {
            for (int i = 0; i < d; i++) {
                x[i] = (short) (p % 3 == 0 ? (random.nextBoolean() ? 32767 : -32767) : random.nextInt(-32767, 32768));
            }
            IntRope.row(x, 0, 0, d, tables.cos(), tables.sin(), p * 32, m.multiplier(), m.shift(), y, 0, 0, -32767, 32767);
            for (int j = 0; j < 32; j++) {
                double angle = p * StrictMath.pow(1e6, -2.0 * j / d);
                double c = StrictMath.cos(angle);
                double s = StrictMath.sin(angle);
                double y0 = (x[j] * c - x[j + 32] * s) / outPerIn;
                double y1 = (x[j] * s + x[j + 32] * c) / outPerIn;
                worst = Math.max(worst, Math.max(Math.abs(y[j] - y0), Math.abs(y[j + 32] - y1)));
            }
        }
        // Half a step of rounding; each table value is off by half a step (1 at the clamp, whose partner is then near 0).
        return new OracleRow("RoPE, heads of 64, 32768 positions, output scale sqrt(2) times the input's, seed " + seed, 64L * POSITIONS,
                "steps", 0.5 + 1.5 / outPerIn, worst);
    }

    @Test
    void refusesWhatHasNoPairs() {
        assertThatThrownBy(() -> RopeTables.build(4, 7, 1e6)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("7");
        assertThatThrownBy(() -> RopeTables.build(0, 8, 1e6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RopeTables.build(4, 8, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RopeTables.build(Integer.MAX_VALUE, 64, 1e6)).isInstanceOf(IllegalArgumentException.class);
    }
}

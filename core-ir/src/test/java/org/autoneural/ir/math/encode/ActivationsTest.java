package org.autoneural.ir.math.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class ActivationsTest {
    @Test
    void hardSigmoidIsBoundedAndStraightBetween() {
        assertThat(Activations.hardSigmoid(-4)).isZero();
        assertThat(Activations.hardSigmoid(-3)).isZero();
        assertThat(Activations.hardSigmoid(0)).isEqualTo(0.5);
        assertThat(Activations.hardSigmoid(1.5)).isEqualTo(0.75);
        assertThat(Activations.hardSigmoid(1e300)).isEqualTo(1);
    }

    private static final MathContext MC = new MathContext(80);
    private static final BigDecimal PI = new BigDecimal(
            "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899");

    @Test
    void erfIsWithin1e15OfItsSeries() {
        double worst = 0;
        for (int i = -700; i <= 700; i++) {
            double x = i / 100.0 + (i % 7) * 1e-5;
            double error = new BigDecimal(Activations.erf(x)).subtract(erf(x)).abs().doubleValue();
            worst = Math.max(worst, error);
            if (error > 1e-15) {
                throw new AssertionError("erf(" + x + ") is off by " + error);
            }
        }
        System.out.println("[measured] erf: absolute error " + worst);
        assertThat(Activations.erf(0)).isZero();
        assertThat(Activations.erf(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(Activations.erf(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(Activations.erf(Double.NaN)).isNaN();
    }

    // 2/sqrt(pi) * sum (-1)^k x^(2k+1) / (k! (2k+1)), with digits enough for its cancellation
    private static BigDecimal erf(double x) {
        BigDecimal v = new BigDecimal(x);
        BigDecimal square = v.multiply(v, MC);
        BigDecimal power = v;
        BigDecimal sum = v;
        for (int k = 1; k < 400; k++) {
            power = power.multiply(square, MC).divide(new BigDecimal(-k), MC);
            sum = sum.add(power.divide(new BigDecimal(2 * k + 1), MC), MC);
        }
        return sum.multiply(new BigDecimal(2), MC).divide(PI.sqrt(MC), MC);
    }

    @Test
    void functionsHaveTheirKnownValues() {
        // values to 15 digits from their definitions, evaluated with 50 digits
        assertThat(Activations.geluErf(1)).isCloseTo(0.841344746068543, within());
        assertThat(Activations.geluErf(-1)).isCloseTo(-0.158655253931457, within());
        assertThat(Activations.geluTanh(1)).isCloseTo(0.841191990608276, within());
        assertThat(Activations.sigmoid(1)).isCloseTo(0.731058578630005, within());
        assertThat(Activations.sigmoid(-1)).isCloseTo(0.268941421369995, within());
        assertThat(Activations.silu(1)).isCloseTo(0.731058578630005, within());
        assertThat(Activations.tanh(0.5)).isCloseTo(0.462117157260010, within());
        assertThat(Activations.relu(-3)).isZero();
        assertThat(Activations.relu(3)).isEqualTo(3);
        for (double x : new double[] {-1e4, -800, 800, 1e4}) {
            assertThat(Activations.sigmoid(x)).isBetween(0.0, 1.0);
            assertThat(Activations.silu(x)).isEqualTo(Math.max(0, x), within());
            assertThat(Activations.geluTanh(x)).isEqualTo(Math.max(0, x), within());
            assertThat(Activations.geluErf(x)).isEqualTo(Math.max(0, x), within());
        }
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-15);
    }
}

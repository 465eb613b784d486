package org.autoneural.quantizer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TensorErrorTest {
    @Test
    void decibelsAndRelativeRmsAreOneMetric() {
        ErrorMeter meter = new ErrorMeter();
        meter.add(new float[] {3, 0}, new float[] {3, 0.0398f * 5});
        meter.add(new float[] {0, -4}, new float[] {0, -4});
        TensorError error = meter.result("y", "linear", "layer");
        assertThat(error.relativeRms()).isCloseTo(0.0398, within(1e-6));
        assertThat(error.sqnrDb()).isCloseTo(28.0, within(0.01));
        assertThat(error.maxAbsolute()).isCloseTo(0.199, within(1e-6));
        assertThat(error.elements()).isEqualTo(4);
    }

    @Test
    void equalTensorsHaveNoNoise() {
        ErrorMeter zeros = new ErrorMeter();
        zeros.add(new float[2], new float[2]);
        assertThat(zeros.result("y", "", "").sqnrDb()).isInfinite().isPositive();
        ErrorMeter noise = new ErrorMeter();
        noise.add(new float[1], new float[] {1});
        assertThat(noise.result("y", "", "").sqnrDb()).isInfinite().isNegative();
    }

    @Test
    void worstComesFirst() {
        TensorError good = new TensorError("good", "add", "", 1, 0.001, 1, 0.001);
        TensorError bad = new TensorError("bad", "mul", "layer.1", 1, 0.1, 1, 0.1);
        assertThat(ErrorReport.render(List.of(good, bad)).lines()).containsExactly(
                "  SQNR dB    rel. RMS   max error  op               tensor",
                "    20.00    10.0000%       0.100  mul              bad  (layer.1)",
                "    60.00     0.1000%     0.00100  add              good");
    }
}

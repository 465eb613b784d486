package org.autoneural.quantizer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ActivationMeterTest {
    @Test
    void normalValuesHaveKurtosisThreeAndNoOutlierChannel() {
        Random random = new Random(7);
        ActivationMeter meter = new ActivationMeter(8);
        for (int n = 0; n < 50; n++) {
            float[] values = new float[8000];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (5 + 2 * random.nextGaussian());
            }
            meter.add(values);
        }
        ActivationStatistics s = meter.result("x", "layer");
        assertThat(s.kurtosis()).isCloseTo(3, within(0.05));
        assertThat(s.rms()).isCloseTo(Math.sqrt(29), within(0.01));
        assertThat(s.outlierChannels()).isZero();
        assertThat(s.peak()).isEqualTo(s.max() / s.rms());
    }

    @Test
    void aLoudChannelIsAnOutlier() {
        ActivationMeter meter = new ActivationMeter(4);
        meter.add(new float[] {1, -1, 1, 7, -1, 1, 1, -7});
        ActivationStatistics s = meter.result("x", "");
        assertThat(s.outlierChannels()).isEqualTo(1);
        assertThat(s.min()).isEqualTo(-7);
        // mean 0.25; values about it: four of 0.75, two of -1.25, 6.75 and -7.25
        double second = (4 * Math.pow(0.75, 2) + 2 * Math.pow(1.25, 2) + Math.pow(6.75, 2) + Math.pow(7.25, 2)) / 8;
        double fourth = (4 * Math.pow(0.75, 4) + 2 * Math.pow(1.25, 4) + Math.pow(6.75, 4) + Math.pow(7.25, 4)) / 8;
        assertThat(s.kurtosis()).isCloseTo(fourth / (second * second), within(1e-9));
    }
}

package org.autoneural.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.ir.DType;
import org.autoneural.ir.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private static final double SCALE = 1.0 / 1024;
    private static final int DRAWS = 20_000;

    @Test
    void greedyTakesTheLargestAndTheLowerIdOfEquals() {
        assertThat(new Sampler(Sampling.greedy(), SCALE).next(logits(3, 9, -4, 9, 2))).isEqualTo(1);
        assertThat(new Sampler(Sampling.greedy(), SCALE).next(logits(-32767))).isZero();
    }

    @Test
    void theSameSeedGivesTheSameTokens() {
        TensorBuffer logits = logits(IntStream.range(0, 100).map(i -> i * 37 % 1000).toArray());
        Sampler a = new Sampler(Sampling.random(1, 7), SCALE);
        Sampler b = new Sampler(Sampling.random(1, 7), SCALE);
        Sampler c = new Sampler(Sampling.random(1, 8), SCALE);
        int[] first = IntStream.range(0, 50).map(i -> a.next(logits)).toArray();
        assertThat(IntStream.range(0, 50).map(i -> b.next(logits)).toArray()).isEqualTo(first);
        assertThat(IntStream.range(0, 50).map(i -> c.next(logits)).toArray()).isNotEqualTo(first);
    }

    /** Draws follow softmax(logits / temperature): four standard deviations of 20,000 draws are at most 0.0142. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 3})
    void drawsFollowTheSoftmax(double temperature) {
        int[] q = {1500, 1000, 0, 1400, -3000};
        double[] expected = IntStream.of(q).mapToDouble(v -> Math.exp(v * SCALE / temperature)).toArray();
        double sum = java.util.Arrays.stream(expected).sum();
        double[] found = frequencies(Sampling.random(temperature, 11), logits(q));
        for (int i = 0; i < q.length; i++) {
            assertThat(found[i]).as("token %d, seed 11", i).isCloseTo(expected[i] / sum, within(0.0142));
        }
    }

    @Test
    void topKKeepsTheKLargest() {
        double[] found = frequencies(new Sampling(5, 2, 1, 0, 1, 3), logits(10, 30, 20, 30, 0));
        assertThat(found[0] + found[2] + found[4]).isZero();
        assertThat(found[1]).isBetween(0.45, 0.55);
    }

    @Test
    void topPKeepsTheFewestThatReachIt() {
        // Probabilities 1/4, 1/2, 1/4: 0.49 takes one token, 0.7 takes two, the lower id of the equal ones.
        int half = (int) Math.round(Math.log(2) / SCALE);
        TensorBuffer logits = logits(0, half, 0);
        assertThat(frequencies(new Sampling(1, 0, 0.49, 0, 1, 3), logits)[1]).isCloseTo(1, within(1e-9));
        double[] two = frequencies(new Sampling(1, 0, 0.7, 0, 1, 3), logits);
        assertThat(two[1]).isBetween(0.63, 0.71);
        assertThat(two[2]).isZero();
    }

    @Test
    void minPDropsUnlikelyTokens() {
        int quarter = (int) Math.round(Math.log(4) / SCALE);
        assertThat(frequencies(new Sampling(1, 0, 1, 0.5, 1, 3), logits(quarter, 0, quarter))[1]).isZero();
        assertThat(frequencies(new Sampling(1, 0, 1, 0.2, 1, 3), logits(quarter, 0, quarter))[1]).isBetween(0.09, 0.13);
    }

    @Test
    void repetitionPenaltyLowersWhatOccurred() {
        Sampler sampler = new Sampler(new Sampling(0, 0, 1, 0, 2, 0), SCALE);
        TensorBuffer positive = logits(100, 60);
        assertThat(sampler.next(positive)).isZero();
        sampler.occurred(0);
        assertThat(sampler.next(positive)).as("50 < 60").isEqualTo(1);
        assertThat(sampler.next(logits(-60, -100))).as("-120 < -100").isEqualTo(1);
    }

    @Test
    void extremesStayInRange() {
        int[] all = IntStream.range(0, 65_536).map(i -> 32_767).toArray();
        Sampler sampler = new Sampler(new Sampling(100, 0, 1, 0, 1.1, 5), 1000);
        sampler.occurred(3);
        assertThat(sampler.next(logits(all))).isBetween(0, 65_535);
        assertThat(new Sampler(Sampling.random(1e-6, 5), 1000).next(logits(-32767, 32767, 32766))).isEqualTo(1);
    }

    /** 151,936 equal weights of 2^30 (Qwen2's vocabulary) times 2^16 are more than 64 bits hold. */
    @Test
    void aLargeVocabularyOfEqualsIsDrawnFromAsAWhole() {
        TensorBuffer logits = logits(new int[151_936]);
        Sampler sampler = new Sampler(Sampling.random(1, 5), SCALE);
        assertThat(IntStream.range(0, 8).map(i -> sampler.next(logits)).max().orElseThrow()).as("seed 5").isGreaterThan(75_968);
    }

    @Test
    void settingsOutOfRangeAreRefusedByName() {
        assertThatThrownBy(() -> Sampling.random(-1, 0)).hasMessageContaining("temperature is -1.0");
        assertThatThrownBy(() -> new Sampling(1, 0, 0, 0, 1, 0)).hasMessageContaining("topP is 0.0");
        assertThatThrownBy(() -> new Sampling(Double.NaN, 0, 1, 0, 1, 0)).hasMessageContaining("temperature is NaN");
    }

    private static double[] frequencies(Sampling sampling, TensorBuffer logits) {
        Sampler sampler = new Sampler(sampling, SCALE);
        double[] counts = new double[(int) logits.elements()];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.next(logits)] += 1.0 / DRAWS;
        }
        return counts;
    }

    private static TensorBuffer logits(int... values) {
        TensorBuffer buffer = new TensorBuffer(TensorType.of(DType.S16, 1, values.length), new short[values.length], 0);
        for (int i = 0; i < values.length; i++) {
            buffer.set(i, values[i]);
        }
        return buffer;
    }
}

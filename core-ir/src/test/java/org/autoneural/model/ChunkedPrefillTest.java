package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a prompt is cut into chunks, and whatever stands in rows that do not count: the same logits and states. */
class ChunkedPrefillTest {
    private static final double LIMIT = 1e-5;

    @ParameterizedTest
    @ValueSource(strings = {"cockpit-tiny", "cockpit-tiny-baseline"})
    void randomChunksEqualTokenByToken(String name) {
        VisionLanguageModel model = ModelFixtures.open(name);
        Program chunked = model.floatProgram(ModelFixtures.options(7, 40));
        Program single = model.floatProgram(ModelFixtures.options(1, 40));
        FloatInterpreter interpreter = new FloatInterpreter();
        for (long seed = 1; seed <= 4; seed++) {
            Random random = new Random(seed);
            int[] ids = ids(random, 20 + random.nextInt(20));
            Tensor features = features(random, ids.length, model.facts(single).hiddenSize());
            FloatConversation slow = new FloatConversation(single, interpreter, model.facts(single)).seen(features);
            float[] expected = slow.prompt(ids);
            FloatConversation fast = new FloatConversation(chunked, interpreter, model.facts(chunked)).seen(features);
            float[] actual = {};
            for (int from = 0; from < ids.length; ) {
                int count = Math.min(ids.length - from, 1 + random.nextInt(7));
                int[] part = Arrays.copyOfRange(ids, from, from + count);
                // One id that is no image may as well go through decode.
                actual = count == 1 && part[0] != 3 ? fast.decode(part[0]) : fast.prefill(part);
                from += count;
            }
            String what = name + ", seed " + seed;
            ModelFixtures.close("logits of " + what, actual, expected, LIMIT);
            Map<String, Tensor> states = slow.states().states();
            assertThat(fast.states().states().keySet()).isEqualTo(states.keySet());
            states.forEach((state, tensor) -> ModelFixtures.close(state + " of " + what,
                    fast.states().states().get(state).toFloats(), tensor, LIMIT));
        }
    }

    private static int[] ids(Random random, int count) {
        return random.ints(count, 0, 512).map(i -> random.nextInt(3) == 0 ? 3 : i).toArray();
    }

    private static Tensor features(Random random, int rows, int width) {
        Tensor features = Tensor.zeros(DType.F32, Shape.of(rows, width));
        for (int i = 0; i < rows * width; i++) {
            features.setFloat(i, (float) random.nextGaussian());
        }
        return features;
    }
}

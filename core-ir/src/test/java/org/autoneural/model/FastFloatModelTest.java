package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.FastFloatInterpreter;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole models: the fast executor gives what the plain interpreter gives. */
@Tag("vectors")
class FastFloatModelTest {
    @ParameterizedTest
    @CsvSource({"cockpit-tiny, false", "cockpit-tiny, true", "cockpit-tiny-baseline, false", "cockpit-tiny-baseline, true"})
    void equalsTheInterpreter(String name, boolean passes) {
        VisionLanguageModel model = ModelFixtures.open(name);
        Program built = model.floatProgram(ModelFixtures.options(8, 40));
        Program program = passes ? new PassManager(Passes.standard()).run(built) : built;
        Random random = new Random(2);
        Tensor image = Tensor.zeros(DType.U8, Shape.of(1, 128, 128, 3));
        for (int i = 0; i < image.elements(); i++) {
            image.setLong(i, random.nextInt(256));
        }
        int[] prompt = {1, 6, 509, 18, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 307, 301, 381, 383, 71, 7, 18, 6, 503, 18};
        FloatConversation plain = new FloatConversation(program, new FloatInterpreter(), model.facts(built)).see(image);
        FloatConversation fast = new FloatConversation(program, new FastFloatInterpreter(), model.facts(built)).see(image);
        float[] logits = plain.prompt(prompt);
        float[] actual = fast.prompt(prompt);
        double prefill = ModelFixtures.distance(actual, logits);
        int next = FloatConversation.argmax(logits);
        double decode = ModelFixtures.distance(fast.decode(next), plain.decode(next));
        System.out.printf("fast float executor, %s: relative L2 of logits %.2e after prefill, %.2e after decode%n", name, prefill, decode);
        assertThat(Math.max(prefill, decode)).isLessThanOrEqualTo(1e-6);
    }
}

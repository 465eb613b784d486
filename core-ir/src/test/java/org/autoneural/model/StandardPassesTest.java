package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.ir.op.Bias;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Scale;
import org.autoneural.ir.op.Transpose;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The graphs are built so that the standard passes can fold them: nothing is lost, and nothing FLOAT-only is left. */
class StandardPassesTest {
    @ParameterizedTest
    @CsvSource({"cockpit-tiny, 8", "cockpit-tiny-baseline, 33"})
    void foldWithoutChangingTheAnswer(String name, int transposes) {
        VisionLanguageModel model = ModelFixtures.open(name);
        Program before = model.floatProgram(ModelFixtures.options(8, 40));
        Program after = new PassManager(Passes.standard()).run(before);
        for (Graph graph : after.entryPoints()) {
            assertThat(graph.nodes()).as("FLOAT-only nodes of %s", graph.name())
                    .noneMatch(n -> n.op() instanceof Scale || n.op() instanceof Bias);
            assertThat(graph.nodes()).noneMatch(n -> n.op() instanceof Conv2d c && c.layout() == Layout.NCHW);
        }
        FloatInterpreter interpreter = new FloatInterpreter();
        Random random = new Random(1);
        Tensor image = Tensor.zeros(DType.U8, Shape.of(1, 128, 128, 3));
        for (int i = 0; i < image.elements(); i++) {
            image.setLong(i, random.nextInt(256));
        }
        int[] prompt = {1, 6, 509, 18, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 307, 301, 381, 383, 71, 7, 18, 6, 503, 18};
        FloatConversation folded = new FloatConversation(after, interpreter, model.facts(before)).see(image);
        FloatConversation plain = new FloatConversation(before, interpreter, model.facts(before)).see(image);
        float[] logits = plain.prompt(prompt);
        ModelFixtures.close("logits after prefill", folded.prompt(prompt), logits, 1e-5);
        int next = FloatConversation.argmax(logits);
        ModelFixtures.close("logits after decode", folded.decode(next), plain.decode(next), 1e-5);
        // What moves data in the encoder: the heads of each attention's operands and of its result (and the ViT's cells).
        assertThat(after.entryPoint("vision").nodes()).filteredOn(n -> n.op() instanceof Transpose).hasSize(transposes);
    }
}

package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** cockpit-tiny, checkpoint to words, against the reference (goldens/tiny). */
class TinyGoldensTest {
    private static final double LIMIT = 1e-5;
    private static final VisionLanguageModel MODEL = ModelFixtures.open("cockpit-tiny");
    private static final Program CHUNKS = MODEL.floatProgram(ModelFixtures.options(16, 96));
    private static final Program TOKENS = MODEL.floatProgram(ModelFixtures.options(1, 96));
    private static final Map<String, Double> WORST = new HashMap<>();

    private final FloatInterpreter interpreter = new FloatInterpreter();

    private FloatConversation conversation(Program program) {
        return new FloatConversation(program, interpreter, MODEL.facts(program));
    }

    private static void close(String what, float[] actual, float[] expected) {
        double distance = ModelFixtures.distance(actual, expected);
        WORST.merge(what.replaceAll("[0-9]+", "N"), distance, Math::max);
        assertThat(distance).as("relative L2 of %s", what).isLessThanOrEqualTo(LIMIT);
    }

    private static void close(String what, float[] actual, TensorData expected) {
        close(what, actual, expected.toFloats());
    }

    /** What a reader asks first: how far float is from the reference. */
    @AfterAll
    static void print() {
        WORST.entrySet().stream().sorted(Map.Entry.comparingByValue())
                .forEach(e -> System.out.printf("worst relative L2 %-24s %.2e%n", e.getKey(), e.getValue()));
    }

    private static int[] ids(Safetensors golden, String name) {
        TensorData ids = golden.tensor(name);
        int[] result = new int[(int) ids.elements()];
        for (int i = 0; i < result.length; i++) {
            result[i] = (int) ids.getLong(i);
        }
        return result;
    }

    @ParameterizedTest
    @ValueSource(strings = {"image0", "image1", "image2", "image3"})
    void pictureToWords(String name) {
        Safetensors golden = ModelFixtures.tiny(name);
        Map<String, Tensor> vision = new HashMap<>();
        FloatConversation conversation = conversation(CHUNKS).listen(vision::put).see(golden.tensor("image_u8"));
        close("pixel_values", vision.get("vision.pixels").toFloats(), golden.tensor("pixel_values"));
        close("stem", vision.get("vision.stem").toFloats(), golden.tensor("stem"));
        int[] lastBlock = {1, 2, 6, 4};
        for (int s = 0; s < 4; s++) {
            close("stage" + s, vision.get("vision.blocks." + s + "." + lastBlock[s]).toFloats(), golden.tensor("stage" + s));
        }
        close("msfa", vision.get("vision.msfa").toFloats(), golden.tensor("msfa"));
        close("visual_tokens", vision.get("vision.tokens").toFloats(), golden.tensor("visual_tokens"));
        close("connector_hidden", vision.get("connector.linear_1").toFloats(), golden.tensor("connector_hidden"));
        close("connector", vision.get("features").toFloats(), golden.tensor("connector"));
        float[] logits = conversation.listen((v, t) -> { }).prompt(ids(golden, "input_ids"));
        close("logits_last", logits, golden.tensor("logits_last"));
        List<Integer> expected = new ArrayList<>();
        for (int id : ids(golden, "generated_ids")) {
            expected.add(id);
        }
        assertThat(conversation.greedy(logits, 48)).isEqualTo(expected);
    }

    @Test
    void everyBlockOfTheEncoder() {
        Safetensors golden = ModelFixtures.tiny("image0");
        Map<String, Tensor> vision = new HashMap<>();
        conversation(CHUNKS).listen(vision::put).see(golden.tensor("image_u8"));
        List<String> blocks = golden.tensors().stream().filter(n -> n.startsWith("block.")).toList();
        assertThat(blocks).hasSize(17);
        for (String block : blocks) {
            close(block, vision.get("vision.blocks." + block.substring("block.".length())).toFloats(), golden.tensor(block));
        }
    }

    @Test
    void everyLayerOfTheDecoderTokenByToken() {
        Safetensors golden = ModelFixtures.tiny("image0");
        int[] ids = ids(golden, "input_ids");
        Map<String, List<float[]>> rows = new HashMap<>();
        FloatConversation conversation = conversation(TOKENS).see(golden.tensor("image_u8"))
                .listen((value, tensor) -> {
                    if (value.matches("layers\\.[0-9]+|inputs_embeds|final_norm|logits")) {
                        rows.computeIfAbsent(value, k -> new ArrayList<>()).add(tensor.toFloats().clone());
                    }
                });
        for (int id : ids) {
            conversation.prefill(id);
        }
        close("inputs_embeds", joined(rows.get("inputs_embeds")), golden.tensor("inputs_embeds"));
        for (int i = 0; i < 6; i++) {
            close("hidden.layer" + i, joined(rows.get("layers." + i)), golden.tensor("hidden.layer" + i));
        }
        close("hidden.final_norm", joined(rows.get("final_norm")), golden.tensor("hidden.final_norm"));
        close("logits_all", joined(rows.get("logits")), golden.tensor("logits_all"));
    }

    @Test
    void statesAfterPromptAndSteps() {
        Safetensors golden = ModelFixtures.tiny("image0");
        Safetensors cache = ModelFixtures.tiny("decode_cache");
        int[] prompt = ids(golden, "input_ids");
        FloatConversation conversation = conversation(CHUNKS).see(golden.tensor("image_u8"));
        float[] logits = conversation.prompt(prompt);
        checkStates(cache, "prefill.", conversation, logits, prompt.length);
        for (int step = 0; step < 4; step++) {
            int id = (int) cache.tensor("step" + step + ".input_id").getLong(0);
            assertThat(FloatConversation.argmax(logits)).isEqualTo(id);
            logits = conversation.decode(id);
            checkStates(cache, "step" + step + ".", conversation, logits, prompt.length + step + 1);
        }
    }

    private static void checkStates(Safetensors cache, String at, FloatConversation conversation, float[] logits, int tokens) {
        close(at + "logits", logits, cache.tensor(at + "logits"));
        Map<String, Tensor> states = conversation.states().states();
        int checked = 0;
        for (int i = 0; i < 6; i++) {
            if (cache.contains(at + "layer" + i + ".conv_state")) {
                TensorData expected = cache.tensor(at + "layer" + i + ".conv_state"); // [1, D, 3], oldest first
                int width = expected.shape().dim(1);
                float[] rows = new float[2 * width];
                for (int r = 0; r < 2; r++) {
                    for (int c = 0; c < width; c++) {
                        rows[r * width + c] = expected.getFloat(c * 3L + r + 1);
                    }
                }
                close(at + "conv_state", states.get("layers." + i + ".conv.state").toFloats(), rows);
                checked++;
            } else {
                checkCache(at + "keys", states.get("layers." + i + ".k_cache"), cache.tensor(at + "layer" + i + ".keys"), tokens);
                checkCache(at + "values", states.get("layers." + i + ".v_cache"), cache.tensor(at + "layer" + i + ".values"), tokens);
                checked += 2;
            }
        }
        assertThat(checked).isEqualTo(states.size()).isEqualTo(8);
    }

    /** actual: [G, context, d], of which {@code tokens} rows count and the rest is still zero; expected: [1, G, tokens, d]. */
    private static void checkCache(String what, Tensor actual, TensorData expected, int tokens) {
        Shape shape = expected.shape();
        assertThat(shape.dim(2)).isEqualTo(tokens);
        int block = tokens * shape.dim(3);
        float[] rows = new float[shape.dim(1) * block];
        for (int g = 0; g < shape.dim(1); g++) {
            int from = g * actual.shape().inner(0);
            actual.readFloats(from, rows, g * block, block);
            for (int i = from + block; i < from + actual.shape().inner(0); i++) {
                assertThat(actual.getFloat(i)).isZero();
            }
        }
        close(what, rows, expected);
    }

    private static float[] joined(List<float[]> rows) {
        int width = rows.get(0).length;
        float[] all = new float[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * width, width);
        }
        return all;
    }

    @Test
    void entryPointsKeepTheContract() {
        for (Graph graph : CHUNKS.entryPoints()) {
            Verifier.check(graph);
        }
        Graph prefill = CHUNKS.entryPoint("prefill");
        Graph decode = CHUNKS.entryPoint("decode");
        assertThat(CHUNKS.entryPoint("vision").inputs()).containsExactly("image");
        assertThat(CHUNKS.entryPoint("vision").outputs()).containsExactly("features");
        assertThat(prefill.inputs()).startsWith("ids", "features", "image_mask", "pos", "n_valid", "layers.0.conv.state");
        assertThat(decode.inputs()).startsWith("ids", "pos", "layers.0.conv.state");
        assertThat(prefill.outputs()).startsWith("logits", "layers.0.conv.new_state");
        assertThat(decode.outputs()).isEqualTo(prefill.outputs());
        assertThat(decode.states()).isEqualTo(prefill.states()).hasSize(8);
        assertThat(prefill.states().get(2).input()).isEqualTo("layers.2.k_cache");
        assertThat(prefill.states().get(3).output()).isEqualTo("layers.2.v_cache.next");
        assertThat(prefill.type("layers.2.k_cache").shape()).isEqualTo(Shape.of(2, 96, 32));
        assertThat(decode.constant("one").orElseThrow().scalar()).isEqualTo(1);
        for (String constant : decode.constants().keySet()) {
            if (!constant.equals("one")) {
                assertThat(decode.constants().get(constant)).as(constant).isSameAs(prefill.constants().get(constant));
            }
        }
        for (String value : decode.types().keySet()) {
            if (!decode.inputs().contains(value) && !decode.isConstant(value)) {
                assertThat(prefill.types()).as("value of decode").containsKey(value);
                assertThat(prefill.producer(value).map(n -> n.op().name()))
                        .isEqualTo(decode.producer(value).map(n -> n.op().name()));
            }
        }
    }

    @Test
    void facts() {
        assertThat(MODEL.facts(CHUNKS)).isEqualTo(new ModelFacts(128, 128, 3, 16, OptionalInt.of(3), OptionalInt.of(1),
                List.of(7), OptionalInt.of(0), 512, 192, 16, 96));
    }

    @Test
    void anotherPictureSizeGivesAsManyTokens() {
        // 200 pixels: maps of 100, 50, 25, 13, 7; fusion at 13 x 13 is resized bilinearly to 4 x 4.
        VisionLanguageModel.Options options = new VisionLanguageModel.Options(4, 8, OptionalInt.of(200));
        Program program = MODEL.floatProgram(options);
        Graph vision = Verifier.check(program.entryPoint("vision"));
        assertThat(vision.type("image").shape()).isEqualTo(Shape.of(1, 200, 200, 3));
        assertThat(vision.type("vision.blocks.2.6").shape()).isEqualTo(Shape.of(1, 128, 13, 13));
        assertThat(vision.type("vision.blocks.3.4").shape()).isEqualTo(Shape.of(1, 256, 7, 7));
        assertThat(vision.type("features").shape()).isEqualTo(Shape.of(16, 192));
        assertThat(vision.producer("vision.msfa.resize")).isPresent();
    }
}

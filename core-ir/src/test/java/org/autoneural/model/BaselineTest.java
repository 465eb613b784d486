package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.api.Test;

/** The conventional baseline: vision transformer and Qwen2. */
class BaselineTest {
    private static final VisionLanguageModel MODEL = ModelFixtures.open("cockpit-tiny-baseline");
    private static final Program PROGRAM = MODEL.floatProgram(ModelFixtures.options(32, 96));

    @Test
    void shapes() {
        PROGRAM.entryPoints().forEach(Verifier::check);
        Graph vision = PROGRAM.entryPoint("vision");
        assertThat(vision.type("vision.embeddings").shape()).isEqualTo(Shape.of(64, 160));
        assertThat(vision.type("vision.encoder.layers.7").shape()).isEqualTo(Shape.of(64, 160));
        assertThat(vision.type("vision.encoder.layers.0.attn.scores").shape()).isEqualTo(Shape.of(5, 64, 64));
        assertThat(vision.type("vision.tokens").shape()).isEqualTo(Shape.of(16, 640));
        assertThat(vision.type("features").shape()).isEqualTo(Shape.of(16, 192));
        assertThat(vision.nodes()).filteredOn(n -> n.op() instanceof LayerNorm).hasSize(16);
        assertThat(vision.nodes()).filteredOn(n -> n.op().equals(new Activation(Activation.Function.GELU_ERF))).hasSize(8);
        Graph prefill = PROGRAM.entryPoint("prefill");
        assertThat(prefill.states()).hasSize(12);
        assertThat(prefill.producer("layers.0.self_attn.q_proj").orElseThrow().inputs()).hasSize(3);
        assertThat(prefill.producer("layers.0.self_attn.q_scale").orElseThrow().input(0)).isEqualTo("layers.0.self_attn.q_proj");
        assertThat(MODEL.facts(PROGRAM)).isEqualTo(new ModelFacts(128, 128, 3, 16, OptionalInt.of(3), OptionalInt.of(1),
                List.of(7), OptionalInt.of(0), 512, 192, 32, 96));
    }

    /** Against a float64 computation of its own (goldens/baseline/make_baseline.py). */
    @Test
    void numbers() {
        Safetensors picture = ModelFixtures.tiny("image0");
        Safetensors golden = Safetensors.open(Path.of("src/test/resources/goldens/baseline/image0.safetensors"));
        Map<String, Tensor> vision = new HashMap<>();
        FloatConversation conversation = new FloatConversation(PROGRAM, new FloatInterpreter(), MODEL.facts(PROGRAM))
                .listen(vision::put).see(picture.tensor("image_u8")).listen((v, t) -> { });
        ModelFixtures.close("tokens", vision.get("vision.tokens").toFloats(), golden.tensor("visual_tokens"), 1e-5);
        ModelFixtures.close("features", vision.get("features").toFloats(), golden.tensor("connector"), 1e-5);
        int[] ids = IntStream.range(0, (int) picture.tensor("input_ids").elements())
                .map(i -> (int) picture.tensor("input_ids").getLong(i)).toArray();
        ModelFixtures.close("logits", conversation.prompt(ids), golden.tensor("logits_last"), 1e-5);
    }

    /** Its answers about turn indicators and fuel are right in 99 of 100 pictures (README of the model). */
    @Test
    void readsTurnIndicatorsAndFuel() throws Exception {
        Map<String, List<Integer>> ids = new HashMap<>();
        for (JsonNode c : new ObjectMapper().readTree(Files.readString(Path.of("src/test/resources/goldens/tiny/tokenizer_cases.json")))) {
            List<Integer> list = new ArrayList<>();
            c.get("ids").forEach(i -> list.add(i.intValue()));
            ids.put(c.get("text").textValue(), list);
        }
        Path eval = ModelFixtures.builtIn("cockpit-tiny").resolve("eval");
        FloatInterpreter interpreter = new FloatInterpreter();
        int asked = 0;
        for (String line : Files.readAllLines(eval.resolve("qa.jsonl"))) {
            JsonNode qa = new ObjectMapper().readTree(line);
            List<Integer> question = ids.get(qa.get("question").textValue());
            List<Integer> answer = ids.get(qa.get("answer").textValue());
            boolean kind = List.of("turn", "fuel").contains(qa.get("kind").textValue());
            if (!kind || question == null || answer == null || asked == 8) {
                continue;
            }
            asked++;
            FloatConversation conversation = new FloatConversation(PROGRAM, interpreter, MODEL.facts(PROGRAM))
                    .see(pixels(eval.resolve(qa.get("image").textValue())));
            List<Integer> expected = new ArrayList<>(answer);
            expected.add(7);
            assertThat(conversation.greedy(conversation.prompt(prompt(question)), 48)).as(line).isEqualTo(expected);
        }
        assertThat(asked).isEqualTo(8);
    }

    /** BOS, user header, 16 image ids, the question, end of turn, assistant header. */
    private static int[] prompt(List<Integer> question) {
        List<Integer> all = new ArrayList<>(List.of(1, 6, 509, 18));
        for (int i = 0; i < 16; i++) {
            all.add(3);
        }
        all.addAll(question);
        all.addAll(List.of(7, 18, 6, 503, 18));
        return all.stream().mapToInt(i -> i).toArray();
    }

    private static Tensor pixels(Path png) throws Exception {
        BufferedImage image = ImageIO.read(png.toFile());
        Tensor pixels = Tensor.zeros(DType.U8, Shape.of(image.getHeight(), image.getWidth(), 3));
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                for (int c = 0; c < 3; c++) {
                    pixels.setLong((y * image.getWidth() + x) * 3 + c, image.getRGB(x, y) >> 16 - 8 * c & 255);
                }
            }
        }
        return pixels;
    }
}

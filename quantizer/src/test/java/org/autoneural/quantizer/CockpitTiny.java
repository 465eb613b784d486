package org.autoneural.quantizer;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import org.autoneural.backend.Capabilities;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.ir.DType;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.interpret.FastFloatInterpreter;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;
import org.autoneural.model.ModelFacts;
import org.autoneural.model.VisionLanguageModel;
import org.autoneural.quantizer.encoding.EncodingLedger;
import org.autoneural.quantizer.lower.Lowering;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.quantizer.recipe.Recipe;

/** The built-in models for tests: float programs after all passes, pictures, prompts, and what the quantizer makes of them. */
public final class CockpitTiny {
    static final Capabilities TARGET = Targets.V68_WITH_16_BIT_GAINS;
    private static final Path MODELS = Path.of("../runtime/cockpit-tiny/src/main/resources/org/autoneural/cockpit");
    private static final Path GOLDENS = Path.of("../core-ir/src/test/resources/goldens/tiny");

    public final Program floats;
    final ModelFacts facts;

    /** @param name {@code cockpit-tiny} or {@code cockpit-tiny-baseline} */
    public CockpitTiny(String name) {
        this(name, 16);
    }

    CockpitTiny(String name, int chunk) {
        VisionLanguageModel model = VisionLanguageModel.open(Checkpoint.open(MODELS.resolve(name)));
        Program built = model.floatProgram(new VisionLanguageModel.Options(chunk, 96, OptionalInt.empty()));
        facts = model.facts(built);
        floats = new PassManager(Passes.standard()).run(built);
    }

    /** A quantized model with its stages. */
    record Quantized(EncodingLedger ledger, Program program, Program integers) {}

    Quantized quantize(Recipe recipe, List<CalibrationSample> samples) {
        Quantization.Result result = new Quantization(recipe, TARGET, () -> samples, FastFloatInterpreter::new,
                Quantization.Progress.silent()).run(floats);
        return new Quantized(result.ledger(), result.program(), Lowering.lower(result.program()));
    }

    /** Calibration pictures, each with the prompt and the answer of a golden. */
    public List<CalibrationSample> samples(int count, int... goldens) {
        List<CalibrationSample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Safetensors golden = golden(goldens[i % goldens.length]);
            List<Integer> ids = new ArrayList<>(ids(golden, "input_ids"));
            ids.addAll(ids(golden, "generated_ids"));
            samples.add(new CalibrationSample(List.of(picture("calib_instr_%04d".formatted(i))), ids,
                    ids.stream().map(id -> id == facts.imageTokenId().orElseThrow()).toList()));
        }
        return samples;
    }

    static Safetensors golden(int i) {
        return Safetensors.open(GOLDENS.resolve("image" + i + ".safetensors"));
    }

    static List<Integer> ids(Safetensors golden, String name) {
        List<Integer> ids = new ArrayList<>();
        for (long v : golden.tensor(name).toLongs()) {
            ids.add((int) v);
        }
        return ids;
    }

    /** The picture of a golden, u8 [1, H, W, 3]. */
    static Tensor picture(Safetensors golden) {
        TensorData image = golden.tensor("image_u8");
        return Tensor.ofInts(DType.U8, Shape.of(1, 128, 128, 3), image.toInts());
    }

    /** A picture of the model's eval folder. */
    public static Tensor picture(String name) {
        BufferedImage image;
        try {
            image = ImageIO.read(MODELS.resolve("cockpit-tiny/eval/images/" + name + ".png").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int[] values = new int[128 * 128 * 3];
        for (int i = 0; i < 128 * 128; i++) {
            int rgb = image.getRGB(i % 128, i / 128);
            for (int c = 0; c < 3; c++) {
                values[3 * i + c] = rgb >> (16 - 8 * c) & 255;
            }
        }
        return Tensor.ofInts(DType.U8, Shape.of(1, 128, 128, 3), values);
    }
}

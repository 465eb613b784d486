package org.autoneural.compiler;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.quantizer.observe.CalibrationSample;

/**
 * A sample for models without a tokenizer: a picture of soft stripes with noise, random ids, the picture's visual tokens, random
 * ids. It reaches every value of the graphs; ranges of real use it does not know. The same for everyone.
 */
final class GeneratedSample {
    private static final long SEED = 768;
    private static final int IDS_BEFORE = 16;
    private static final int IDS_AFTER = 8;

    private GeneratedSample() {}

    /** @param context most tokens of a sample */
    static CalibrationSample of(Program program, int context) {
        Shape image = program.entryPoint("vision").type("image").shape();
        int visual = program.entryPoint("vision").type("features").shape().dim(0);
        int vocabulary = program.entryPoint("prefill").type("logits").shape().dim(-1);
        if (visual + IDS_BEFORE + IDS_AFTER > context) {
            throw new IllegalArgumentException("the context of " + context + " tokens is too short to calibrate in: a picture and some text take "
                    + (visual + IDS_BEFORE + IDS_AFTER) + ". Choose a longer --context");
        }
        Random random = new Random(SEED);
        Tensor picture = picture(image, random);
        List<Integer> ids = new ArrayList<>();
        List<Boolean> rows = new ArrayList<>();
        for (int i = 0; i < IDS_BEFORE + visual + IDS_AFTER; i++) {
            boolean row = i >= IDS_BEFORE && i < IDS_BEFORE + visual;
            ids.add(row ? 0 : random.nextInt(vocabulary));
            rows.add(row);
        }
        return new CalibrationSample(List.of(picture), ids, rows);
    }

    /** u8 [1, H, W, 3]. */
    private static Tensor picture(Shape shape, Random random) {
        int[] pixels = new int[(int) shape.elements()];
        int channels = shape.dim(3);
        int rowLength = shape.dim(2) * channels;
        for (int i = 0; i < pixels.length; i++) {
            int row = i / rowLength;
            int column = i % rowLength / channels;
            int wave = Math.abs((3 * row + 5 * column + 85 * (i % channels)) % 512 - 256);
            pixels[i] = Math.max(0, Math.min(255, wave + random.nextInt(65) - 32));
        }
        return Tensor.ofInts(DType.U8, shape, pixels);
    }
}

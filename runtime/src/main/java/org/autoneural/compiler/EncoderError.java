package org.autoneural.compiler;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.quantizer.Quantization;
import org.autoneural.quantizer.report.ErrorReport;
import org.autoneural.quantizer.report.TensorError;

/**
 * How far the visual tokens of an integer vision graph depart from those of the float graph that it was made from, both run by
 * the interpreters on the same pictures.
 *
 * @param pictures    how many
 * @param sqnrDb      mean over the pictures of {@code -20 log10(relativeRms)}, in dB
 * @param worstSqnrDb the smallest of a picture
 * @param relativeRms mean over the pictures of {@code ||x - x^|| / ||x||}
 */
public record EncoderError(int pictures, double sqnrDb, double worstSqnrDb, double relativeRms) {
    private static final String FEATURES = "features";

    /**
     * Compiles as far as the integer graphs and measures.
     *
     * @param options  calibration pictures should not be among {@code pictures}
     * @param pictures PNG or JPEG files, at least one
     */
    public static EncoderError measure(CompileOptions options, List<Path> pictures, Progress progress) {
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("no pictures to measure the encoder on; at least one is needed");
        }
        try (Compiler compiler = new Compiler(options, progress)) {
            Quantization.Result quantization = compiler.quantization();
            Graph floats = quantization.floats().entryPoint("vision");
            Graph integers = compiler.integer(quantization.program()).entryPoint("vision");
            Shape image = floats.type("image").shape();
            List<TensorError> errors;
            AtomicInteger done = new AtomicInteger();
            try (ModelText text = ModelText.read(options.checkpoint(), image.dim(1), image.dim(2))) {
                progress.at("comparing", 0, pictures.size());
                errors = pictures.parallelStream().map(picture -> {
                    ErrorReport report = new ErrorReport(floats, integers, FEATURES::equals);
                    report.add(Map.of("image", pixels(text, image, picture)));
                    synchronized (done) {
                        progress.at("comparing", done.incrementAndGet(), pictures.size());
                    }
                    return report.error(FEATURES);
                }).toList();
            }
            return new EncoderError(pictures.size(), errors.stream().mapToDouble(TensorError::sqnrDb).average().orElseThrow(),
                    errors.stream().mapToDouble(TensorError::sqnrDb).min().orElseThrow(),
                    errors.stream().mapToDouble(TensorError::relativeRms).average().orElseThrow());
        }
    }

    /** u8[1, H, W, 3]. */
    private static Tensor pixels(ModelText text, Shape image, Path picture) {
        byte[] rgb = text.preprocessing().read(picture);
        int[] pixels = new int[rgb.length];
        Arrays.setAll(pixels, i -> rgb[i] & 0xFF);
        return Tensor.ofInts(DType.U8, image, pixels);
    }
}

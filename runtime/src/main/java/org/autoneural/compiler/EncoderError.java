package org.autoneural.compiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.ir.QuantParams;
import org.autoneural.quantizer.report.ErrorMeter;
import org.autoneural.quantizer.report.TensorError;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.Session;

/**
 * How far the visual tokens of a compiled model depart from those of the float reference, on the same pictures.
 *
 * @param pictures    how many
 * @param sqnrDb      mean over the pictures of {@code -20 log10(relativeRms)}, in dB
 * @param worstSqnrDb the smallest of a picture
 * @param relativeRms mean over the pictures of {@code ||x - x^|| / ||x||}
 */
public record EncoderError(int pictures, double sqnrDb, double worstSqnrDb, double relativeRms) {
    /**
     * Compiles and measures.
     *
     * @param options  calibration pictures should not be among {@code pictures}
     * @param pictures PNG or JPEG files, at least one
     */
    public static EncoderError measure(CompileOptions options, List<Path> pictures, Progress progress) {
        try {
            Path file = Files.createTempFile("autoneural", ".npu");
            try (Compiler compiler = new Compiler(options, progress)) {
                compiler.compile(file);
                try (CompiledModel model = CompiledModel.load(file, new ExecutionOptions(1, "auto"));
                        FloatModel floats = FloatModel.open(options.checkpoint())) {
                    return of(model, floats, pictures, progress);
                }
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use a temporary file: " + e.getMessage(), e);
        }
    }

    /**
     * Measures a compiled model.
     *
     * @param model    of the same checkpoint as {@code floats}
     * @param pictures PNG or JPEG files, at least one
     */
    public static EncoderError of(CompiledModel model, FloatModel floats, List<Path> pictures, Progress progress) {
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("no pictures to measure the encoder on; at least one is needed");
        }
        AtomicInteger done = new AtomicInteger();
        progress.at("comparing", 0, pictures.size());
        List<TensorError> errors = pictures.parallelStream().map(picture -> {
            ErrorMeter meter = new ErrorMeter();
            try (Session session = model.newSession()) {
                meter.add(floats.features(picture), real(session.look(model.preprocessing().read(picture)).rows()));
            }
            synchronized (done) {
                progress.at("comparing", done.incrementAndGet(), pictures.size());
            }
            return meter.result("features", "", "");
        }).toList();
        return new EncoderError(pictures.size(), errors.stream().mapToDouble(TensorError::sqnrDb).average().orElseThrow(),
                errors.stream().mapToDouble(TensorError::sqnrDb).min().orElseThrow(),
                errors.stream().mapToDouble(TensorError::relativeRms).average().orElseThrow());
    }

    /** What the integers stand for, row by row. */
    private static float[] real(TensorBuffer rows) {
        QuantParams q = rows.type().quant().orElseThrow();
        float[] values = new float[Math.toIntExact(rows.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (q.scale() * (rows.getLong(i) - q.zeroPoint()));
        }
        return values;
    }
}

package org.autoneural.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.autoneural.checkpoint.Config;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.Layout;

/**
 * From bytes to the encoder's input, {@code (byte * rescale - mean[c]) / std[c]}, as preprocessor_config.json states it
 * (model.md B.5).
 */
record PictureNormalization(double rescale, List<Double> mean, List<Double> std) {
    static final String FILE = "preprocessor_config.json";

    /** From the file; without one, bytes become [0, 1], MobileNetV5's convention. */
    static PictureNormalization of(Optional<Config> file, int channels) {
        List<Double> zeros = Collections.nCopies(channels, 0.0);
        List<Double> ones = Collections.nCopies(channels, 1.0);
        if (file.isEmpty()) {
            return new PictureNormalization(1 / 255.0, zeros, ones);
        }
        Config config = file.get();
        double rescale = config.getBoolean("do_rescale", true) ? config.getDouble("rescale_factor", 1 / 255.0) : 1;
        if (!config.getBoolean("do_normalize", true)) {
            return new PictureNormalization(rescale, zeros, ones);
        }
        List<Double> mean = config.getDoubles("image_mean");
        List<Double> std = config.getDoubles("image_std");
        if (mean.size() != channels) {
            throw config.unsupported("image_mean", "one number for each of the encoder's " + channels + " channels");
        }
        if (std.size() != channels || std.stream().anyMatch(s -> s <= 0)) {
            throw config.unsupported("image_std", "one positive number for each of the encoder's " + channels + " channels");
        }
        return new PictureNormalization(rescale, mean, std);
    }

    /** image: u8 [1, H, W, C]; the result {@code vision.pixels}: [1, C, H, W]. */
    String build(GraphBuilder graph, String image) {
        int channels = mean.size();
        float[] scale = new float[channels];
        float[] offset = new float[channels];
        for (int c = 0; c < channels; c++) {
            scale[c] = (float) (rescale / std.get(c));
            offset[c] = (float) (-mean.get(c) / std.get(c));
        }
        Shape vector = Shape.of(channels);
        return graph.add(ImageNormalize.of(Layout.NCHW), "vision.pixels", "", image,
                graph.constant("vision.pixels.scale", Tensor.ofFloats(vector, scale)),
                graph.constant("vision.pixels.offset", Tensor.ofFloats(vector, offset)));
    }
}

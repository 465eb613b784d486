package org.autoneural.quantizer.optimize;

import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;

/**
 * Bias correction: rounding the weights shifts the mean of a layer's result by {@code (w^ - w) E[x]}; the bias takes that back
 * (Nagel, van Baalen, Blankevoort and Welling, "Data-free quantization through weight equalization and bias correction", ICCV
 * 2019, here with means measured in calibration). A layer without a bias gets one, which costs nothing: the integer form of
 * every layer has one.
 */
final class BiasCorrection {
    private BiasCorrection() {}

    /** The bias of {@code layer}, whose weights become {@code rounded}. */
    static Tensor corrected(Program program, Layer layer, TensorData rounded, InputMoments moments) {
        float[] bias = layer.bias().map(b -> constant(program, b).toFloats().clone()).orElseGet(() -> new float[layer.outputs()]);
        int width = layer.inputs();
        float[] to = new float[width];
        for (int o = 0; o < bias.length; o++) {
            double[] mean = moments.mean(layer.group(o));
            float[] from = layer.row(o);
            rounded.readFloats((long) o * width, to, 0, width);
            double shift = 0;
            for (int k = 0; k < width; k++) {
                shift += ((double) to[k] - from[k]) * mean[k];
            }
            bias[o] -= (float) shift;
        }
        return Tensor.ofFloats(Shape.of(bias.length), bias);
    }

    private static TensorData constant(Program program, String name) {
        return program.entryPoints().stream().flatMap(g -> g.constant(name).stream()).findFirst().orElseThrow();
    }
}

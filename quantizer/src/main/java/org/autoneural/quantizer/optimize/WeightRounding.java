package org.autoneural.quantizer.optimize;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.autoneural.ir.QuantParams;

/** Decides to which integers the weights of a layer are rounded. */
@FunctionalInterface
public interface WeightRounding {
    /**
     * The integers of the weights of one output channel.
     *
     * @param weights  the channel's weights; not changed
     * @param scale    of the channel
     * @param max      largest magnitude of an integer
     * @param integers filled with as many integers as there are weights
     */
    void round(float[] weights, double scale, int max, byte[] integers);

    /** To the nearest integer, half to even: what happens without an algorithm. */
    static WeightRounding nearest() {
        return (weights, scale, max, integers) -> {
            for (int k = 0; k < weights.length; k++) {
                integers[k] = nearest(weights[k] / scale, max);
            }
        };
    }

    /** The nearest integer of magnitude {@code max} at most. */
    static byte nearest(double value, int max) {
        return (byte) Math.max(-max, Math.min(max, Math.rint(value)));
    }

    /** Rounds every channel of {@code layer}; {@code of} gives the rounding of each channel group. */
    static RoundedWeight round(Layer layer, QuantParams quant, IntFunction<WeightRounding> of) {
        int width = layer.inputs();
        int each = layer.outputs() / layer.groups();
        byte[] integers = new byte[Math.multiplyExact(layer.outputs(), width)];
        IntStream groups = IntStream.range(0, layer.groups());
        groups.parallel().forEach(g -> {
            WeightRounding rounding = of.apply(g);
            IntStream.range(g * each, (g + 1) * each).parallel().forEach(o -> {
                byte[] row = new byte[width];
                rounding.round(layer.row(o), quant.scale(o), (int) quant.storage().max(), row);
                System.arraycopy(row, 0, integers, o * width, width);
            });
        });
        return new RoundedWeight(layer.data().shape(), integers, quant);
    }
}

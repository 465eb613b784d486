package org.autoneural.quantizer.optimize;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.quantizer.encoding.WeightScales;

/**
 * Sequential MSE: each channel's scale is the share of its largest magnitude with the least squared error of the layer's result
 * on calibration data, layers one after another (the method of that name in Qualcomm's AIMET; the search over clips goes back
 * to Choukroun et al., "Low-bit quantization of neural networks for efficient inference", 2019). The error is taken through the
 * inputs' second moments, so that no data is kept. Shares are ranked by the moments' diagonal, the best {@value #EXACT} then
 * compared by all of it.
 */
final class SequentialMse {
    private static final int SHARES = 25;
    private static final double STEP = 0.025;
    private static final int EXACT = 5;

    private SequentialMse() {}

    /** Scales for {@code layer}; weights are taken to be rounded to nearest. */
    static QuantParams scales(Layer layer, DType storage, InputMoments moments, boolean centered) {
        double[] scales = WeightScales.perChannel(layer.data(), storage, false).scales();
        int each = layer.outputs() / layer.groups();
        IntStream.range(0, layer.groups()).parallel().forEach(g -> {
            double[] h = moments.estimate(g, centered);
            IntStream.range(g * each, (g + 1) * each).parallel().forEach(o -> scales[o] = best(layer.row(o), scales[o], (int) storage.max(), h));
        });
        return QuantParams.perChannel(storage, 0, scales, QuantParams.Origin.OBSERVER);
    }

    private static double best(float[] row, double largest, int max, double[] h) {
        Integer[] ranked = new Integer[SHARES];
        Arrays.setAll(ranked, i -> i);
        double[] diagonal = new double[SHARES];
        Arrays.setAll(diagonal, i -> {
            double[] d = errors(row, scale(largest, i), max);
            double sum = 0;
            for (int k = 0; k < d.length; k++) {
                sum += d[k] * d[k] * h[k * d.length + k];
            }
            return sum;
        });
        Arrays.sort(ranked, Comparator.comparingDouble((Integer i) -> diagonal[i]).thenComparingInt(i -> i));
        double best = largest;
        double least = QuadraticError.of(h, errors(row, largest, max));
        for (int i = 0; i < EXACT; i++) {
            double scale = scale(largest, ranked[i]);
            double error = QuadraticError.of(h, errors(row, scale, max));
            if (error < least) {
                least = error;
                best = scale;
            }
        }
        return best;
    }

    private static double scale(double largest, int share) {
        return largest * (1 - share * STEP);
    }

    private static double[] errors(float[] row, double scale, int max) {
        double[] d = new double[row.length];
        for (int k = 0; k < d.length; k++) {
            d[k] = WeightRounding.nearest(row[k] / scale, max) * scale - row[k];
        }
        return d;
    }
}

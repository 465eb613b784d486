package org.autoneural.quantizer.encoding;

import java.util.stream.IntStream;
import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.TensorData;

/** Symmetric encodings of weights, one scale for each index of axis 0 (output channel, or row of a table). */
public final class WeightScales {
    /** Tried clips, as shares of the largest magnitude: 1, 0.975 .. 0.5. */
    private static final int CLIPS = 21;
    private static final double CLIP_STEP = 0.025;
    /** A channel's scale is at least this share of the largest one: an all-zero channel must not make its bias explode. */
    private static final double SMALLEST_SHARE = 0x1p-16;

    private WeightScales() {}

    /**
     * Scale {@code absmax / max} for each channel; with {@code clip} the share of absmax whose squared error is least.
     *
     * @param w       [C, ...]; read channel by channel, never held whole
     * @param storage s4 or s8
     * @throws IllegalArgumentException naming the channel that holds a value that is not finite
     */
    public static QuantParams perChannel(TensorData w, DType storage, boolean clip) {
        int channels = w.shape().dim(0);
        int length = w.shape().inner(0);
        double[] absMax = IntStream.range(0, channels).parallel()
                .mapToDouble(c -> absMax(channel(w, c, length), c)).toArray();
        double largest = 0;
        for (double a : absMax) {
            largest = Math.max(largest, a);
        }
        double smallest = largest == 0 ? 1 : Math.max(largest * SMALLEST_SHARE, Double.MIN_NORMAL * 256);
        double[] scales = IntStream.range(0, channels).parallel().mapToDouble(c -> {
            double scale = Math.max(absMax[c], smallest) / storage.max();
            return clip && absMax[c] >= smallest ? clipped(channel(w, c, length), scale, (int) storage.max()) : scale;
        }).toArray();
        return QuantParams.perChannel(storage, 0, scales, Origin.OBSERVER);
    }

    private static float[] channel(TensorData w, int c, int length) {
        float[] values = new float[length];
        w.readFloats((long) c * length, values, 0, length);
        return values;
    }

    private static double absMax(float[] values, int channel) {
        double max = 0;
        for (float v : values) {
            if (!Float.isFinite(v)) {
                throw new IllegalArgumentException("channel " + channel + " holds " + v + " (allowed: finite values)");
            }
            max = Math.max(max, Math.abs(v));
        }
        return max;
    }

    private static double clipped(float[] values, double scale, int max) {
        double best = scale;
        double least = squaredError(values, scale, max, Double.POSITIVE_INFINITY);
        for (int i = 1; i < CLIPS; i++) {
            double candidate = scale * (1 - i * CLIP_STEP);
            double error = squaredError(values, candidate, max, least);
            if (error < least) {
                least = error;
                best = candidate;
            }
        }
        return best;
    }

    /** Stops early once the error reaches {@code limit}. */
    private static double squaredError(float[] values, double scale, int max, double limit) {
        double sum = 0;
        double inverse = 1 / scale;
        for (int i = 0; i < values.length && sum < limit; i++) {
            double q = Math.max(-max, Math.min(max, Math.rint(values[i] * inverse)));
            double d = values[i] - q * scale;
            sum += d * d;
        }
        return sum;
    }
}

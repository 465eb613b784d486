package org.autoneural.quantizer.encoding;

import org.autoneural.ir.DType;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.quantizer.observe.Range;

/** From ranges to encodings, and real values to integers and back. */
public final class Encodings {
    /** Softmax in s16: the integer routine's fixed output (docs/integer-semantics.md). */
    static final QuantParams SOFTMAX_16 = QuantParams.perTensor(DType.S16, 0x1p-15, 0, Origin.RULE);
    /** Softmax in s8. */
    static final QuantParams SOFTMAX_8 = QuantParams.perTensor(DType.S8, 0x1p-8, -128, Origin.RULE);
    /** Cosines and sines in Q15. */
    static final QuantParams ROPE_TABLE = QuantParams.perTensor(DType.S16, 0x1p-15, 0, Origin.RULE);
    /** Scale of a tensor that only ever holds zeros: any would do. */
    private static final double ALL_ZERO_SCALE = 0x1p-15;

    private Encodings() {}

    /** Zero point 0; {@code absMax} becomes the largest integer. */
    public static QuantParams symmetric(DType storage, double absMax, Origin origin) {
        return symmetric(storage, absMax, storage.max(), origin);
    }

    /** Zero point 0; {@code absMax} becomes {@code largest}, which may be less than {@code storage} holds. */
    static QuantParams symmetric(DType storage, double absMax, long largest, Origin origin) {
        double scale = absMax / largest;
        // a denormal magnitude divided by the largest integer may vanish
        return QuantParams.perTensor(storage, scale > 0 ? scale : ALL_ZERO_SCALE, 0, origin);
    }

    /** The whole of {@code storage} spans {@code range}, widened to hold 0, which is represented exactly. */
    public static QuantParams asymmetric(DType storage, Range range, Origin origin) {
        double min = Math.min(0, range.min());
        double max = Math.max(0, range.max());
        double scale = (max - min) / (storage.max() - storage.min());
        if (!(scale > 0)) {
            return QuantParams.perTensor(storage, ALL_ZERO_SCALE, 0, origin);
        }
        long zero = Math.round(storage.min() - min / scale);
        return QuantParams.perTensor(storage, scale, (int) Math.max(storage.min(), Math.min(storage.max(), zero)), origin);
    }

    /** {@code clamp(zero + round(value / scale))}, half to even, for an element of channel {@code channel}. */
    public static int quantize(double value, QuantParams q, int channel) {
        double v = q.zeroPoint() + Math.rint(value / q.scale(channel));
        return (int) Math.max(q.qMin(), Math.min(q.qMax(), v));
    }

    /** The channel of element {@code index} of a tensor of this shape; 0 for a per-tensor encoding. */
    static int channel(QuantParams q, Shape shape, long index) {
        return q.isPerChannel() ? (int) (index / shape.inner(q.axis()) % shape.dim(q.axis())) : 0;
    }

    /** Integers of {@code values} under {@code q}. */
    public static Tensor quantize(TensorData values, QuantParams q) {
        float[] from = values.toFloats();
        int[] to = new int[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = quantize(from[i], q, channel(q, values.shape(), i));
        }
        return Tensor.ofInts(q.storage(), values.shape(), to);
    }

    /** The nearest real value that {@code q} has, for each element. */
    public static Tensor round(TensorData values, QuantParams q) {
        float[] real = values.toFloats().clone();
        // 64-bit integers have more room than any value needs
        double least = q.storage().bits() > Integer.SIZE ? Double.NEGATIVE_INFINITY : q.qMin();
        double most = q.storage().bits() > Integer.SIZE ? Double.POSITIVE_INFINITY : q.qMax();
        for (int i = 0; i < real.length; i++) {
            double scale = q.scale(channel(q, values.shape(), i));
            double n = Math.max(least, Math.min(most, q.zeroPoint() + Math.rint(real[i] / scale)));
            real[i] = (float) (scale * (n - q.zeroPoint()));
        }
        return Tensor.ofFloats(values.shape(), real);
    }

    /** Real values of {@code integers} under {@code q}. */
    public static float[] dequantize(TensorData integers, QuantParams q) {
        float[] to = new float[Math.toIntExact(integers.elements())];
        for (int i = 0; i < to.length; i++) {
            to[i] = (float) (q.scale(channel(q, integers.shape(), i)) * (integers.getLong(i) - q.zeroPoint()));
        }
        return to;
    }
}

package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * {@code y[..., o] = bias[o] + sum over k of x[..., k] * w[o, k]}: a fully connected layer, or a 1x1 convolution in NHWC.
 *
 * <p>Integers: the sum runs over {@code (x - zeroIn) * w}, then {@link ChannelRescale} with {@code multiplier[o]} and
 * {@code shift[o]}.
 *
 * @param integer integer form; empty before the INTEGER stage
 */
public record Linear(Optional<ChannelRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("linear", Engine.MATRIX, "Product with a constant matrix, plus bias")
            .in("x", Signature.ACTIVATION, "[..., K]")
            .in("w", Signature.WEIGHT, "[O, K]")
            .optional("bias", Signature.BIAS, "[O]; integers: scale of x times scale of w[o]")
            .integer("multiplier", Set.of(DType.S32), "[O]")
            .integer("shift", Set.of(DType.S8), "[O]")
            .out("y", Signature.ACTIVATION, "[..., O]")
            .build();

    /** The float form. */
    public static Linear of() {
        return new Linear(Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        TensorType x = in.get(0);
        TensorType w = in.get(1);
        Infer.rank(w, 2, "w");
        Infer.require(x.shape().rank() >= 1 && x.shape().dim(-1) == w.shape().dim(1),
                "innermost extent of x %s must equal that of w %s", x.shape(), w.shape());
        if (in.size() > 2) {
            Infer.shape(in.get(2), "bias", w.shape().dim(0));
        }
        return Infer.result(x, x.shape().with(-1, w.shape().dim(0)));
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            throw new UnsupportedOperationException("integer linear");
        }
        float[] x = in.get(0).toFloats(), w = in.get(1).toFloats(), y = out.get(0).toFloats();
        float[] bias = in.size() > 2 ? in.get(2).toFloats() : null;
        int o = in.get(1).shape().dim(0), k = in.get(1).shape().dim(1);
        for (int row = 0; row < x.length / k; row++) {
            for (int i = 0; i < o; i++) {
                y[row * o + i] = FloatMath.dot(x, row * k, w, i * k, k) + (bias == null ? 0 : bias[i]);
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MATRIX, out.get(0).shape().elements() * in.get(1).shape().dim(1), 0, in, out);
    }
}

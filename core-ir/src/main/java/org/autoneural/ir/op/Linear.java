package org.autoneural.ir.op;

import java.util.Arrays;
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
 * {@code shift[o]}. The bias is always there, zeros when the layer has none.
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

    /** From here on turning the weights pays off. */
    private static final int MANY_ROWS = 8;

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
    public void verify(NodeCheck check) {
        if (Verify.integerForm(check, integer)) {
            ChannelRescale form = integer.get();
            form.verify(check, 0, 3, check.in(1).shape().dim(0));
            Verify.weights(check, form.accumulator(), form.zeroIn(), 1, 2);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out.get(0), Operands.integerForm(this, integer));
            return;
        }
        float[] x = in.get(0).toFloats(), w = in.get(1).toFloats(), y = out.get(0).toFloats();
        float[] bias = in.size() > 2 ? in.get(2).toFloats() : null;
        int o = in.get(1).shape().dim(0), k = in.get(1).shape().dim(1);
        int rows = x.length / k;
        if (rows < MANY_ROWS) {
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < o; i++) {
                    y[row * o + i] = FloatMatrix.row(x, row * k, w, i * k, k, bias == null ? 0 : bias[i]);
                }
            }
            return;
        }
        FloatMatrix matrix = new FloatMatrix(w, o, k);
        float[] sum = new float[o];
        for (int row = 0; row < rows; row++) {
            if (bias == null) {
                Arrays.fill(sum, 0);
            } else {
                System.arraycopy(bias, 0, sum, 0, o);
            }
            matrix.accumulate(x, row * k, 0, k, sum);
            System.arraycopy(sum, 0, y, row * o, o);
        }
    }

    // x: [..., K], w: [O, K], bias: [O], multiplier, shift: [O] -> y: [..., O]
    private static void evaluateIntegers(List<TensorData> in, Tensor y, ChannelRescale form) {
        int[] x = in.get(0).toInts(), w = in.get(1).toInts(), multiplier = in.get(3).toInts(), shift = in.get(4).toInts();
        long[] bias = in.get(2).toLongs();
        int o = in.get(1).shape().dim(0), k = in.get(1).shape().dim(1);
        for (int row = 0; row < x.length / k; row++) {
            for (int i = 0; i < o; i++) {
                long sum = bias[i] + IntegerMath.dot(x, row * k, form.zeroIn(), w, i * k, 0, k);
                y.setLong(row * o + i, form.apply(sum, multiplier[i], shift[i]));
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MATRIX, out.get(0).shape().elements() * in.get(1).shape().dim(1), 0, in, out);
    }
}

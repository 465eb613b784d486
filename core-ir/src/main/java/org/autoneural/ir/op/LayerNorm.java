package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.IntLayerNorm;
import org.autoneural.ir.math.RowFactor;

/**
 * Layer norm over the innermost axis: {@code y = (x - mean) / sqrt(variance + epsilon) * gamma + beta} (the baseline's ViT).
 *
 * <p>Integers: {@code ir.math.IntLayerNorm}; the mean is exact, {@code beta} is s32 in steps of {@code scale of y / 256},
 * and the zero point of x cancels.
 *
 * @param epsilon added to the variance; at least 0
 * @param integer integer form; empty before the INTEGER stage
 */
public record LayerNorm(double epsilon, Optional<NormRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("layer_norm", Engine.VECTOR, "Layer norm over the innermost axis, with gain and offset")
            .in("x", Signature.ACTIVATION, "[..., C]")
            .in("gamma", Set.of(DType.S16), "[C]")
            .in("beta", Set.of(DType.S32), "[C]; integers: steps of y's scale / 256")
            .out("y", Signature.ACTIVATION, "as x")
            .build();

    /** The norm as it stands before the INTEGER stage. */
    public static LayerNorm of(double epsilon) {
        return new LayerNorm(epsilon, Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Shape x = in.get(0).shape();
        Infer.require(epsilon >= 0, "epsilon %s must be at least 0", epsilon);
        Infer.shape(in.get(1), "gamma", x.dim(-1));
        Infer.shape(in.get(2), "beta", x.dim(-1));
        return Infer.result(in.get(0), x);
    }

    @Override
    public void verify(NodeCheck check) {
        if (Verify.integerForm(check, integer)) {
            integer.get().verify(check);
            Verify.innermost(check, check.in(0).shape().rank() - 1, IntLayerNorm.MAX_LENGTH);
            Verify.symmetric(check, 1);
            Verify.constants(check, 1, 2);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out.get(0), Operands.integerForm(this, integer));
            return;
        }
        int c = in.get(0).shape().dim(-1);
        float[] x = in.get(0).toFloats(), gamma = in.get(1).toFloats(), beta = in.get(2).toFloats();
        float[] y = out.get(0).toFloats();
        for (int at = 0; at < x.length; at += c) {
            double sum = 0;
            for (int k = 0; k < c; k++) {
                sum += x[at + k];
            }
            double mean = sum / c;
            double squares = 0;
            for (int k = 0; k < c; k++) {
                squares += (x[at + k] - mean) * (x[at + k] - mean);
            }
            double r = 1 / Math.sqrt(squares / c + epsilon);
            for (int k = 0; k < c; k++) {
                y[at + k] = (float) ((x[at + k] - mean) * r * gamma[k] + beta[k]);
            }
        }
    }

    // x: [..., C], gamma: [C] s16, beta: [C] s32 -> y: [..., C]
    private static void evaluateIntegers(List<TensorData> in, Tensor y, NormRescale form) {
        int c = in.get(0).shape().dim(-1);
        int[] x = in.get(0).toInts(), gamma = in.get(1).toInts(), beta = in.get(2).toInts();
        for (int at = 0; at < x.length; at += c) {
            long sum = 0;
            for (int k = 0; k < c; k++) {
                sum += x[at + k];
            }
            long factor = IntLayerNorm.factor(sum, IntegerMath.dot(x, at, 0, x, at, 0, c), c, form.epsilon(), form.multiplier(),
                    form.shift());
            for (int k = 0; k < c; k++) {
                y.setLong(at + k, IntLayerNorm.element((long) c * x[at + k] - sum, gamma[k], beta[k], RowFactor.multiplier(factor),
                        RowFactor.shift(factor), form.zeroOut(), form.min(), form.max()));
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, 6 * Infer.elements(out), in, out);
    }
}

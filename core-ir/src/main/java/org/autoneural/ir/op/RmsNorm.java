package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.IntRmsNorm;
import org.autoneural.ir.math.RowFactor;

/**
 * Root-mean-square norm along one axis: {@code y[c] = x[c] / sqrt(mean over c of x^2 + epsilon) * gamma[c]}.
 * Axis 1 of an NCHW picture gives MobileNetV5's norm by pixel (model.md B.1), the innermost axis that of LFM2 (C.2).
 *
 * <p>Integers: {@code ir.math.IntRmsNorm}; the scale of x cancels but for {@code epsilon}.
 *
 * @param epsilon added to the mean of squares; at least 0
 * @param axis    normalised axis, 0-based
 * @param integer integer form (innermost axis only); empty before the INTEGER stage
 */
public record RmsNorm(double epsilon, int axis, Optional<NormRescale> integer) implements Op {
    /** Longest row: its sum of squares stays below 2^61 (integer-semantics, A5). */
    private static final int MAX_LENGTH = 1 << 28;

    static final Signature SIGNATURE = Signature.op("rms_norm", Engine.VECTOR, "Root-mean-square norm along one axis, with gain")
            .in("x", Signature.ACTIVATION, "[..., C, ...]")
            .in("gamma", Set.of(DType.S16), "[C]")
            .out("y", Signature.ACTIVATION, "as x")
            .build();

    /** The norm over {@code axis} as it stands before the INTEGER stage. */
    public static RmsNorm of(double epsilon, int axis) {
        return new RmsNorm(epsilon, axis, Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Shape x = in.get(0).shape();
        Infer.require(axis >= 0 && axis < x.rank(), "axis %d is not an axis of x %s", axis, x);
        Infer.require(epsilon >= 0, "epsilon %s must be at least 0", epsilon);
        Infer.shape(in.get(1), "gamma", x.dim(axis));
        return Infer.result(in.get(0), x);
    }

    @Override
    public void verify(NodeCheck check) {
        if (Verify.integerForm(check, integer)) {
            integer.get().verify(check);
            Verify.innermost(check, axis, MAX_LENGTH);
            Verify.symmetric(check, 1);
            Verify.constants(check, 1);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out.get(0), Operands.integerForm(this, integer));
            return;
        }
        Shape shape = in.get(0).shape();
        int c = shape.dim(axis), inner = shape.inner(axis), outer = shape.outer(axis);
        float[] x = in.get(0).toFloats(), gamma = in.get(1).toFloats(), y = out.get(0).toFloats();
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                int at = o * c * inner + i;
                double squares = 0;
                for (int k = 0; k < c; k++) {
                    float v = x[at + k * inner];
                    squares += (double) v * v;
                }
                float r = (float) (1 / Math.sqrt(squares / c + epsilon));
                for (int k = 0; k < c; k++) {
                    y[at + k * inner] = x[at + k * inner] * r * gamma[k];
                }
            }
        }
    }

    // x: [..., C], gamma: [C] s16 -> y: [..., C]
    private void evaluateIntegers(List<TensorData> in, Tensor y, NormRescale form) {
        int c = in.get(0).shape().dim(-1);
        Infer.require(axis == in.get(0).shape().rank() - 1, "integer rms_norm runs over the innermost axis only, not %d", axis);
        int[] x = in.get(0).toInts(), gamma = in.get(1).toInts();
        for (int at = 0; at < x.length; at += c) {
            long squares = IntegerMath.dot(x, at, form.zeroIn(), x, at, form.zeroIn(), c);
            long factor = IntRmsNorm.factor(squares, form.epsilon(), form.multiplier(), form.shift());
            for (int k = 0; k < c; k++) {
                y.setLong(at + k, IntRmsNorm.element(x[at + k] - form.zeroIn(), gamma[k], RowFactor.multiplier(factor),
                        RowFactor.shift(factor), form.zeroOut(), form.min(), form.max()));
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, 4 * Infer.elements(out), in, out);
    }
}

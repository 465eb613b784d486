package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.IntSoftmax;
import org.autoneural.ir.math.Rounding;

/**
 * Softmax over the innermost axis. With {@code causal}, row m is token {@code pos + m} and only columns up to it take part:
 * masked columns are skipped and come out as exact zeros, never as large negative scores (integer-semantics, A5 "softmax trap").
 *
 * <p>Integers: {@code integer.multiplier * 2^-integer.shift} turns a difference of scores into log2 units in Q16; the result
 * has scale 2^-15 and zero point 0 (s16), or scale 2^-8 and zero point -128 (s8). The scores' zero point cancels.
 *
 * @param causal  whether {@code pos} is given
 * @param integer integer form; empty before the INTEGER stage
 */
public record Softmax(boolean causal, Optional<TensorRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("softmax", Engine.VECTOR, "Softmax over the innermost axis, masked keys skipped")
            .in("x", Signature.ACTIVATION, "[H, M, N]")
            .optionalIndex("pos", DType.S32, "[1]: position of row 0; given iff causal")
            .out("y", Signature.ACTIVATION, "[H, M, N]")
            .build();

    /** The softmax as it stands before the INTEGER stage. */
    public static Softmax of(boolean causal) {
        return new Softmax(causal, Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.require(in.get(0).shape().rank() >= 1, "x must have at least one axis");
        Infer.require((in.size() == 2) == causal, "operand pos must be given exactly when causal");
        if (causal) {
            Infer.rank(in.get(0), 3, "x");
        }
        return Infer.result(in.get(0), in.get(0).shape());
    }

    @Override
    public void verify(NodeCheck check) {
        if (Verify.integerForm(check, integer)) {
            TensorRescale form = integer.get();
            form.verify(check);
            boolean wide = check.out(0).dtype() == DType.S16;
            int zero = wide ? 0 : IntSoftmax.ZERO_8, most = wide ? Short.MAX_VALUE : Byte.MAX_VALUE;
            Verify.factor(check, "", form.multiplier(), form.shift(), 1);
            Verify.softmax(check, form.rounding() == Rounding.SINGLE && form.zeroOut() == zero && form.min() <= zero
                    && form.max() >= most, form, "rounding single, zeroOut " + zero + ", range " + zero + ".." + most);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out.get(0), Operands.integerForm(this, integer));
            return;
        }
        Shape shape = in.get(0).shape();
        int n = shape.dim(-1);
        float[] x = in.get(0).toFloats(), y = out.get(0).toFloats();
        int pos = causal ? Operands.position(in.get(1)) : 0;
        for (int row = 0; row * n < x.length; row++) {
            int live = causal ? Math.min(n, pos + row % shape.dim(1) + 1) : n;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < live; i++) {
                max = Math.max(max, x[row * n + i]);
            }
            double sum = 0;
            for (int i = 0; i < live; i++) {
                y[row * n + i] = (float) StrictMath.exp(x[row * n + i] - max);
                sum += y[row * n + i];
            }
            for (int i = 0; i < n; i++) {
                y[row * n + i] = i < live ? (float) (y[row * n + i] / sum) : 0;
            }
        }
    }

    // x: [..., N] s8 or s16 -> y: [..., N]; e: [N] Q30
    private void evaluateIntegers(List<TensorData> in, Tensor y, TensorRescale form) {
        Shape shape = in.get(0).shape();
        int n = shape.dim(-1);
        int[] x = in.get(0).toInts(), e = new int[n];
        short[] scores = new short[n], wide = new short[n];
        byte[] narrow = new byte[n];
        int pos = causal ? Operands.position(in.get(1)) : 0;
        for (int row = 0; row * n < x.length; row++) {
            int live = causal ? Math.min(n, pos + row % shape.dim(1) + 1) : n;
            for (int i = 0; i < live; i++) {
                scores[i] = (short) x[row * n + i];
            }
            long sum = IntSoftmax.exponentials(scores, 0, live, form.multiplier(), form.shift(), e, 0);
            if (y.dtype() == DType.S16) {
                IntSoftmax.normalize(e, 0, live, n, sum, wide, 0);
            } else {
                IntSoftmax.normalize(e, 0, live, n, sum, narrow, 0);
            }
            for (int i = 0; i < n; i++) {
                y.setLong(row * n + i, y.dtype() == DType.S16 ? wide[i] : narrow[i]);
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, 5 * Infer.elements(out), in, out);
    }
}

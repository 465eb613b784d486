package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.IntRope;

/**
 * Rotary position embedding, rotate-half layout (model.md C.2): for row t at position {@code p = pos + t} and
 * {@code j < d/2}: {@code y[j] = x[j] cos[p,j] - x[j+d/2] sin[p,j]}, {@code y[j+d/2] = x[j+d/2] cos[p,j] + x[j] sin[p,j]}.
 *
 * <p>Integers: cos and sin in Q15; {@code ir.math.IntRope}, one rounding after the exact sum. The result may be s8 (keys
 * that go into the cache). Rows whose position lies beyond the tables take the last position: they are padding.
 *
 * @param integer integer form; empty before the INTEGER stage
 */
public record Rope(Optional<TensorRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("rope", Engine.VECTOR, "Rotary position embedding, rotate-half")
            .in("x", Signature.ACTIVATION, "[N, H, d], d even")
            .in("cos", Set.of(DType.S16), "[P, d/2]")
            .in("sin", Set.of(DType.S16), "[P, d/2]")
            .index("pos", DType.S32, "[1]: position of row 0")
            .out("y", Signature.ACTIVATION, "[N, H, d]")
            .build();

    /** The rotation as it stands before the INTEGER stage. */
    public static Rope of() {
        return new Rope(Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 3, "x");
        Infer.rank(in.get(1), 2, "cos");
        Shape x = in.get(0).shape();
        Infer.require(x.dim(2) % 2 == 0 && in.get(1).shape().dim(1) == x.dim(2) / 2, "cos %s must be [P, %d] for x %s",
                in.get(1).shape(), x.dim(2) / 2, x);
        Infer.require(in.get(1).shape().equals(in.get(2).shape()), "cos %s and sin %s must have the same shape",
                in.get(1).shape(), in.get(2).shape());
        return Infer.result(in.get(0), x);
    }

    @Override
    public void verify(NodeCheck check) {
        if (Verify.integerForm(check, integer)) {
            integer.get().verify(check);
            Verify.symmetric(check, 1);
            Verify.symmetric(check, 2);
            Verify.constants(check, 1, 2);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out.get(0), Operands.integerForm(this, integer));
            return;
        }
        Shape shape = in.get(0).shape();
        int heads = shape.dim(1), d = shape.dim(2), half = d / 2;
        float[] x = in.get(0).toFloats(), cos = in.get(1).toFloats(), sin = in.get(2).toFloats(), y = out.get(0).toFloats();
        int last = in.get(1).shape().dim(0) - 1;
        int pos = Operands.position(in.get(3));
        for (int t = 0; t < shape.dim(0); t++) {
            int p = (int) Math.min(last, (long) pos + t) * half;
            for (int h = 0; h < heads; h++) {
                int at = (t * heads + h) * d;
                for (int j = 0; j < half; j++) {
                    float a = x[at + j], b = x[at + j + half];
                    y[at + j] = a * cos[p + j] - b * sin[p + j];
                    y[at + j + half] = b * cos[p + j] + a * sin[p + j];
                }
            }
        }
    }

    // x: [N, H, d], cos, sin: [P, d/2] Q15 -> y: [N, H, d]
    private static void evaluateIntegers(List<TensorData> in, Tensor y, TensorRescale form) {
        Shape shape = in.get(0).shape();
        int heads = shape.dim(1), d = shape.dim(2), half = d / 2;
        int[] x = in.get(0).toInts(), cos = in.get(1).toInts(), sin = in.get(2).toInts();
        int last = in.get(1).shape().dim(0) - 1;
        int pos = Operands.position(in.get(3));
        for (int t = 0; t < shape.dim(0); t++) {
            int p = (int) Math.min(last, (long) pos + t) * half;
            for (int h = 0; h < heads; h++) {
                int at = (t * heads + h) * d;
                for (int j = 0; j < half; j++) {
                    int a = x[at + j] - form.zeroIn(), b = x[at + j + half] - form.zeroIn();
                    y.setLong(at + j, form.apply(IntRope.first(a, b, cos[p + j], sin[p + j])));
                    y.setLong(at + j + half, form.apply(IntRope.second(a, b, cos[p + j], sin[p + j])));
                }
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, 3 * Infer.elements(out), in, out);
    }
}

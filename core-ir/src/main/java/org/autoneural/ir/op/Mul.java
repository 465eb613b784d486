package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * {@code y = a * b}, element by element. Integers: {@link ProductRescale}.
 *
 * @param integer integer form; empty before the INTEGER stage
 */
public record Mul(Optional<ProductRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("mul", Engine.VECTOR, "Element-wise product")
            .in("a", Signature.ACTIVATION, "any shape")
            .in("b", Signature.ACTIVATION, "as a")
            .out("y", Signature.ACTIVATION, "as a")
            .build();

    /** The product as it stands before the INTEGER stage. */
    public static Mul of() {
        return new Mul(Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.require(in.get(0).shape().equals(in.get(1).shape()), "a %s and b %s must have the same shape",
                in.get(0).shape(), in.get(1).shape());
        return Infer.result(in.get(0), in.get(0).shape());
    }

    @Override
    public void verify(NodeCheck check) {
        if (Verify.integerForm(check, integer)) {
            integer.get().verify(check, 1);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            ProductRescale form = Operands.integerForm(this, integer);
            int[] a = in.get(0).toInts(), b = in.get(1).toInts();
            for (int i = 0; i < a.length; i++) {
                out.get(0).setLong(i, form.apply((long) (a[i] - form.zeroA()) * (b[i] - form.zeroB())));
            }
            return;
        }
        float[] a = in.get(0).toFloats(), b = in.get(1).toFloats(), y = out.get(0).toFloats();
        for (int i = 0; i < y.length; i++) {
            y[i] = a[i] * b[i];
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, Infer.elements(out), in, out);
    }
}

package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * {@code y = a + b}, element by element. Integers: {@link PairRescale}, one rounding after the exact sum, or
 * {@link StagedSum}, which rounds three times as TFLite does.
 *
 * @param integer integer form; empty before the INTEGER stage, and where {@code staged} is given
 * @param staged  the other integer form; empty before the INTEGER stage, and where {@code integer} is given
 */
public record Add(Optional<PairRescale> integer, Optional<StagedSum> staged) implements Op {
    static final Signature SIGNATURE = Signature.op("add", Engine.VECTOR, "Element-wise sum")
            .in("a", Signature.ACTIVATION, "any shape")
            .in("b", Signature.ACTIVATION, "as a")
            .out("y", Signature.ACTIVATION, "as a")
            .build();

    /** The form that the lowering emits; empty before it. */
    public Add(Optional<PairRescale> integer) {
        this(integer, Optional.empty());
    }

    /** The sum as it stands before the INTEGER stage. */
    public static Add of() {
        return new Add(Optional.empty());
    }

    /** The sum of TFLite's models. */
    public static Add staged(StagedSum form) {
        return new Add(Optional.empty(), Optional.of(form));
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
        if (Verify.integerForm(check, integer, staged)) {
            integer.ifPresent(form -> form.verify(check));
            staged.ifPresent(form -> form.verify(check));
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in) && staged.isPresent()) {
            int[] a = in.get(0).toInts(), b = in.get(1).toInts();
            for (int i = 0; i < a.length; i++) {
                out.get(0).setLong(i, staged.get().apply(a[i], b[i]));
            }
            return;
        }
        if (!Infer.isFloat(in)) {
            PairRescale form = Operands.integerForm(this, integer);
            int[] a = in.get(0).toInts(), b = in.get(1).toInts();
            for (int i = 0; i < a.length; i++) {
                out.get(0).setLong(i, form.apply(a[i], b[i]));
            }
            return;
        }
        float[] a = in.get(0).toFloats(), b = in.get(1).toFloats(), y = out.get(0).toFloats();
        for (int i = 0; i < y.length; i++) {
            y[i] = a[i] + b[i];
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, Infer.elements(out), in, out);
    }
}

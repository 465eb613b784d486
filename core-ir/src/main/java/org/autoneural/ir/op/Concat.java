package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Joins two tensors along an axis. Integers: both operands and the result share one encoding.
 *
 * @param axis joined axis, 0-based
 */
public record Concat(int axis) implements Op {
    static final Signature SIGNATURE = Signature.op("concat", Engine.MEMORY, "Joins two tensors along an axis")
            .any("a", "[..., A, ...]")
            .any("b", "[..., B, ...]")
            .anyOut("y", "[..., A + B, ...]")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Shape a = in.get(0).shape();
        Shape b = in.get(1).shape();
        Infer.require(axis >= 0 && axis < a.rank(), "axis %d is not an axis of a %s", axis, a);
        Infer.require(a.rank() == b.rank() && a.with(axis, 0).equals(b.with(axis, 0)),
                "a %s and b %s must be equal but for axis %d", a, b, axis);
        return List.of(in.get(0).withShape(a.with(axis, a.dim(axis) + b.dim(axis))));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.moved(check, 0, 1);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        int at = 0;
        int outer = in.get(0).shape().outer(axis);
        for (int o = 0; o < outer; o++) {
            for (TensorData part : in) {
                int count = part.shape().dim(axis) * part.shape().inner(axis);
                out.get(0).copyRange(at, part, o * count, count);
                at += count;
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}

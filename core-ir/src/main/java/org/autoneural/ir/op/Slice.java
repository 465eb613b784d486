package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Elements {@code begin .. end-1} along an axis.
 *
 * @param axis  cut axis, 0-based
 * @param begin first index, at least 0
 * @param end   index after the last, at most the extent
 */
public record Slice(int axis, int begin, int end) implements Op {
    static final Signature SIGNATURE = Signature.op("slice", Engine.MEMORY, "A range of indices along one axis")
            .any("x", "[..., C, ...]")
            .anyOut("y", "[..., end - begin, ...]")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Shape x = in.get(0).shape();
        Infer.require(axis >= 0 && axis < x.rank(), "axis %d is not an axis of x %s", axis, x);
        Infer.require(0 <= begin && begin < end && end <= x.dim(axis),
                "range %d..%d must be a non-empty part of axis %d of x %s", begin, end, axis, x);
        return List.of(in.get(0).withShape(x.with(axis, end - begin)));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.moved(check, 0);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        Shape x = in.get(0).shape();
        int inner = x.inner(axis);
        int count = (end - begin) * inner;
        for (int o = 0; o < x.outer(axis); o++) {
            out.get(0).copyRange(o * count, in.get(0), (o * x.dim(axis) + begin) * inner, count);
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}

package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Every {@code step}-th index along an axis: {@code y[..., i, ...] = x[..., begin + i * step, ...]} for {@code i < count}.
 * {@link Slice} is the case of step 1.
 *
 * @param axis  cut axis, 0-based
 * @param begin first index
 * @param count number of indices, at least 1
 * @param step  distance of indices, not 0; negative runs backwards
 */
public record StridedSlice(int axis, int begin, int count, int step) implements Op {
    static final Signature SIGNATURE = Signature.op("strided_slice", Engine.MEMORY, "Every n-th index along one axis")
            .any("x", "[..., C, ...]")
            .anyOut("y", "[..., count, ...]")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Shape x = in.get(0).shape();
        Infer.require(axis >= 0 && axis < x.rank(), "axis %d is not an axis of x %s", axis, x);
        Infer.require(step != 0 && count >= 1, "step %d must not be 0, and count %d at least 1", step, count);
        long last = begin + (count - 1L) * step;
        Infer.require(begin >= 0 && begin < x.dim(axis) && last >= 0 && last < x.dim(axis),
                "indices %d to %d must lie on axis %d of x %s", begin, last, axis, x);
        return List.of(in.get(0).withShape(x.with(axis, count)));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.moved(check, 0);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        Shape x = in.get(0).shape();
        int inner = x.inner(axis);
        for (int o = 0; o < x.outer(axis); o++) {
            for (int i = 0; i < count; i++) {
                out.get(0).copyRange((o * count + i) * inner, in.get(0), (o * x.dim(axis) + begin + i * step) * inner, inner);
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}

package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Row by row one of two tensors: {@code y[t] = mask[t] != 0 ? a[t] : b[t]}. Puts visual tokens in the place of image
 * placeholders (model.md F). Integers: a, b and y share one encoding.
 */
public record SelectRows() implements Op {
    static final Signature SIGNATURE = Signature.op("select_rows", Engine.MEMORY, "Row by row one of two tensors")
            .index("mask", DType.U8, "[N]: 1 takes a, 0 takes b")
            .any("a", "[N, D]")
            .any("b", "[N, D]")
            .anyOut("y", "[N, D]")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(1), 2, "a");
        Infer.require(in.get(1).shape().equals(in.get(2).shape()), "a %s and b %s must have the same shape",
                in.get(1).shape(), in.get(2).shape());
        Infer.shape(in.get(0), "mask", in.get(1).shape().dim(0));
        return List.of(in.get(1));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.moved(check, 1, 2);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        int d = out.get(0).shape().dim(1);
        for (int t = 0; t < out.get(0).shape().dim(0); t++) {
            out.get(0).copyRange(t * d, in.get(in.get(0).getLong(t) != 0 ? 1 : 2), t * d, d);
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}

package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/** The last row that counts: {@code y[0] = x[nValid - 1]}. Only its logits are wanted after a prefill. */
public record LastRow() implements Op {
    static final Signature SIGNATURE = Signature.op("last_row", Engine.MEMORY, "Row n_valid - 1 of a chunk")
            .any("x", "[N, D]")
            .index("n_valid", DType.S32, "[1]: rows that count, 1..N")
            .anyOut("y", "[1, D]")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 2, "x");
        return List.of(in.get(0).withShape(Shape.of(1, in.get(0).shape().dim(1))));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.moved(check, 0);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        int d = in.get(0).shape().dim(1);
        int last = Operands.validRows(in.get(1), in.get(0).shape().dim(0)) - 1;
        out.get(0).copyRange(0, in.get(0), last * d, d);
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}

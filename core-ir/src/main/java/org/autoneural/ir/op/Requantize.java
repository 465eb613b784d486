package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Changes the encoding of a tensor ({@link TensorRescale}). INTEGER only: the lowering inserts it where an op needs its
 * operands in another encoding than they have.
 *
 * <p>s32 operands and results have the zero point 0.
 *
 * @param integer the rescale
 */
public record Requantize(TensorRescale integer) implements Op {
    static final Signature SIGNATURE = Signature.op("requantize", Engine.VECTOR, "Changes the encoding of a tensor")
            .only(Stage.INTEGER)
            .in("x", Signature.RESCALED, "any shape")
            .out("y", Signature.RESCALED, "as x")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        return Infer.result(in.get(0), in.get(0).shape());
    }

    @Override
    public void verify(NodeCheck check) {
        integer.verify(check);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        int[] x = in.get(0).toInts();
        for (int i = 0; i < x.length; i++) {
            out.get(0).setLong(i, integer.apply((long) x[i] - integer.zeroIn()));
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, Infer.elements(out), in, out);
    }
}

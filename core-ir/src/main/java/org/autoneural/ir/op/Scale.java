package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Multiplies by one number per index of an axis (layer scale): {@code y[.., c, ..] = x[.., c, ..] * gamma[c]}. FLOAT only: pass {@code fold-layer-scale}
 * moves it into the norm or projection before it.
 *
 * @param axis axis of the channels, 0-based
 */
public record Scale(int axis) implements Op {
    static final Signature SIGNATURE = Signature.op("scale", Engine.VECTOR, "Multiplies by a constant per channel (layer scale)")
            .only(Stage.FLOAT)
            .in("x", Signature.ACTIVATION, "[..., C, ...]")
            .in("gamma", Signature.ACTIVATION, "[C]")
            .out("y", Signature.ACTIVATION, "as x")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Shape x = in.get(0).shape();
        Infer.require(axis >= 0 && axis < x.rank(), "axis %d is not an axis of x %s", axis, x);
        Infer.shape(in.get(1), "gamma", x.dim(axis));
        return Infer.result(in.get(0), x);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        float[] x = in.get(0).toFloats(), gamma = in.get(1).toFloats(), y = out.get(0).toFloats();
        int inner = in.get(0).shape().inner(axis);
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] * gamma[i / inner % gamma.length];
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, Infer.elements(out), in, out);
    }
}

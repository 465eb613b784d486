package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * {@code y = min(max(x, low), high)}; ReLU is [0, infinity], ReLU6 [0, 6]. Fused into the op before it where that op has a
 * clamp of its own; what is left becomes a requantize with those bounds in the lowering.
 *
 * @param low  smallest result
 * @param high largest result; at least {@code low}
 */
public record Clamp(double low, double high) implements Op {
    static final Signature SIGNATURE = Signature.op("clamp", Engine.VECTOR, "Bounds values from below and above (ReLU, ReLU6)")
            .only(Stage.FLOAT, Stage.QUANTIZED)
            .in("x", Signature.ACTIVATION, "any shape")
            .out("y", Signature.ACTIVATION, "as x")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.require(low <= high, "low %s must not exceed high %s", low, high);
        return Infer.result(in.get(0), in.get(0).shape());
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        float[] x = in.get(0).toFloats(), y = out.get(0).toFloats();
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) Math.min(Math.max(x[i], low), high);
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, Infer.elements(out), in, out);
    }
}

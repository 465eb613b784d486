package org.autoneural.compare;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Op;

/**
 * One op about to be evaluated.
 *
 * @param types types of the results
 * @param wraps whether a result that leaves its type keeps its low bits, instead of having been clamped
 */
record Evaluation(Op op, List<TensorData> in, List<TensorType> types, boolean wraps) {
    /**
     * The results.
     *
     * @throws IllegalArgumentException or ArithmeticException when the op cannot be evaluated so
     */
    List<Tensor> results() {
        List<Tensor> out = new ArrayList<>();
        for (TensorType type : types) {
            out.add(Tensor.zeros(wraps ? DType.S32 : type.dtype(), type.shape()));
        }
        op.evaluate(in, out);
        if (wraps) {
            for (int i = 0; i < out.size(); i++) {
                out.set(i, wrapped(out.get(i), types.get(i).dtype()));
            }
        }
        return out;
    }

    private static Tensor wrapped(Tensor wide, DType type) {
        Tensor narrow = Tensor.zeros(type, wide.shape());
        int drop = Long.SIZE - type.bits();
        for (int i = 0; i < wide.elements(); i++) {
            narrow.setLong(i, wide.getLong(i) << drop >> drop);
        }
        return narrow;
    }
}

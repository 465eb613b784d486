package org.autoneural.ir.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/** Runs one op outside a graph. */
final class OpRun {
    private OpRun() {}

    /** All results, of the inferred types. */
    static List<Tensor> all(Op op, TensorData... in) {
        return evaluate(op, List.of(), in);
    }

    /** The first result. */
    static Tensor run(Op op, TensorData... in) {
        return all(op, in).get(0);
    }

    /** All results of an integer op, of the given element types. */
    static List<Tensor> integers(Op op, List<DType> results, TensorData... in) {
        return evaluate(op, results, in);
    }

    /** The first result of an integer op. */
    static Tensor integer(Op op, DType result, TensorData... in) {
        return evaluate(op, List.of(result), in).get(0);
    }

    private static List<Tensor> evaluate(Op op, List<DType> results, TensorData... in) {
        List<TensorType> types = op.infer(Arrays.stream(in)
                .map(t -> TensorType.of(t.dtype().isFloat() ? DType.F32 : t.dtype(), t.shape())).toList());
        List<Tensor> out = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            out.add(Tensor.zeros(results.isEmpty() ? types.get(i).dtype() : results.get(i), types.get(i).shape()));
        }
        op.evaluate(List.of(in), out);
        return out;
    }
}

package org.autoneural.ir.op;

import java.util.List;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.TfliteSoftmax;

/**
 * Softmax over the innermost axis with TFLite's 16-bit arithmetic ({@link TfliteSoftmax#row16}): s16 in, s16 with scale 2^-15 out, by
 * two tables. INTEGER only, for models made by TFLite; {@link Softmax} is ours.
 *
 * @param multiplier with shift: from a difference of scores to steps of 10 / 65535, at least 0
 * @param shift      0 to 62
 */
public record TfliteSoftmax16(int multiplier, int shift) implements Op {
    private static final String TABLE = "[" + TfliteSoftmax.TABLE_ENTRIES + "]";
    static final Signature SIGNATURE = Signature.op("tflite_softmax16", Engine.VECTOR, "Softmax with TFLite's 16-bit arithmetic")
            .only(Stage.INTEGER)
            .in("x", Set.of(DType.S16), "[..., N], N of at most " + TfliteSoftmax.MAX_ROW_16)
            .integer("exp", Set.of(DType.S16), TABLE + ": e^x over [-10, 0], scale 2^-15")
            .integer("reciprocal", Set.of(DType.S16), TABLE + ": 1 / (1 + x) over [0, 1], scale 2^-15")
            .out("y", Set.of(DType.S16), "as x")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.require(in.get(0).shape().rank() >= 1, "x must have at least one axis");
        for (int i = 1; i < in.size(); i++) {
            Infer.shape(in.get(i), SIGNATURE.operands().get(i).name(), TfliteSoftmax.TABLE_ENTRIES);
        }
        return Infer.result(in.get(0), in.get(0).shape());
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.factor(check, "", multiplier, shift, 0);
        if (Verify.constants(check, 1, 2)) {
            int[] exp = check.constant(1).orElseThrow().toInts();
            Verify.number(check, java.util.Arrays.stream(exp).allMatch(e -> e >= 0) && exp[exp.length - 1] > 0,
                    "negative entries in exp, or a last one of 0", "a table of probabilities: the greatest score counts");
        }
        int n = check.in(0).shape().dim(-1);
        Verify.number(check, n >= 1 && n <= TfliteSoftmax.MAX_ROW_16, "rows of " + n, "1 to " + TfliteSoftmax.MAX_ROW_16);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        int n = in.get(0).shape().dim(-1);
        int[] x = in.get(0).toInts(), row = new int[n];
        int[] exp = in.get(1).toInts(), reciprocal = in.get(2).toInts();
        for (int at = 0; at < x.length; at += n) {
            TfliteSoftmax.row16(x, at, n, multiplier, shift, exp, reciprocal, row, 0);
            for (int i = 0; i < n; i++) {
                out.get(0).setLong(at + i, row[i]);
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, 10 * Infer.elements(out), in, out);
    }
}

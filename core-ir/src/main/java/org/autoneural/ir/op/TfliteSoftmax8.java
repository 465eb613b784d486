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
 * Softmax over the innermost axis with TFLite's 8-bit arithmetic ({@link TfliteSoftmax#row8}): s8 in, s8 with scale 2^-8 and zero
 * point -128 out, or s16 with scale 2^-16 whose least value stands for 0 (as CMSIS-NN stores it). The scores' zero point cancels.
 * INTEGER only, for models made by TFLite; {@link Softmax} is ours.
 *
 * @param multiplier with leftShift: from a difference of scores to Q26, at least 0
 * @param leftShift  0 to 30
 * @param diffMin    scores that lie further below the greatest one get probability 0
 */
public record TfliteSoftmax8(int multiplier, int leftShift, int diffMin) implements Op {
    static final Signature SIGNATURE = Signature.op("tflite_softmax8", Engine.VECTOR, "Softmax with TFLite's 8-bit arithmetic")
            .only(Stage.INTEGER)
            .in("x", Set.of(DType.S8), "[..., N], N of at most " + TfliteSoftmax.MAX_ROW_8)
            .out("y", Signature.ACTIVATION, "as x")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.require(in.get(0).shape().rank() >= 1, "x must have at least one axis");
        return Infer.result(in.get(0), in.get(0).shape());
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.number(check, multiplier >= 0, "multiplier " + multiplier, "at least 0");
        // Differences beyond diffMin are never shifted.
        long far = -(long) Math.max(diffMin, -255);
        Verify.number(check, leftShift >= 0 && leftShift <= 30 && far << leftShift <= 1L << 31, "leftShift " + leftShift,
                "0 to 30, and " + -far + " shifted by it has 32 bits");
        int n = check.in(0).shape().dim(-1);
        Verify.number(check, n >= 1 && n <= TfliteSoftmax.MAX_ROW_8, "rows of " + n, "1 to " + TfliteSoftmax.MAX_ROW_8);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        int n = in.get(0).shape().dim(-1);
        int[] x = in.get(0).toInts(), row = new int[n];
        DType type = out.get(0).dtype();
        for (int at = 0; at < x.length; at += n) {
            TfliteSoftmax.row8(x, at, n, multiplier, leftShift, diffMin, bits(type), (int) type.min(), (int) type.max(), row, 0);
            for (int i = 0; i < n; i++) {
                out.get(0).setLong(at + i, row[i]);
            }
        }
    }

    /** Fraction bits of a result of {@code type}. */
    public static int bits(DType type) {
        return type == DType.S8 ? 8 : 16;
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, 20 * Infer.elements(out), in, out);
    }
}

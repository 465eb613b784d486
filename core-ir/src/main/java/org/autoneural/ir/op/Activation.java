package org.autoneural.ir.op;

import java.util.List;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Table;
import org.autoneural.ir.math.encode.Activations;

/**
 * An element-wise function.
 *
 * <p>Integers: a table that the lowering computes: 256 entries for an s8 operand, 2^b + 1 entries with linear interpolation
 * for s16 ({@code ir.math.Table}). The table maps operand integers straight to result integers, zero points included.
 *
 * @param function which one
 */
public record Activation(Function function) implements Op {
    /** The functions that the networks use. */
    public enum Function {
        /** {@code 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))}, MobileNetV5. */
        GELU_TANH,
        /** {@code 0.5 x (1 + erf(x / sqrt 2))}, ViT. */
        GELU_ERF,
        /** {@code x / (1 + e^-x)}. */
        SILU,
        /** {@code 1 / (1 + e^-x)}. */
        SIGMOID,
        /** The hyperbolic tangent. */
        TANH,
        /** {@code min(max(x + 3, 0), 6) / 6}, MobileNetV3. */
        HARD_SIGMOID,
        /** {@code x min(max(x + 3, 0), 6) / 6}, MobileNetV3. */
        HARD_SWISH
    }

    static final Signature SIGNATURE = Signature.op("activation", Engine.VECTOR, "Element-wise function by table")
            .in("x", Signature.ACTIVATION, "any shape")
            .integer("table", Set.of(DType.S8, DType.S16), "[256] for s8 operands, [2^b + 1] with 8 <= b <= 12 for s16")
            .out("y", Signature.ACTIVATION, "as x")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        return Infer.result(in.get(0), in.get(0).shape());
    }

    /** The exact function in double precision, the same on every JVM. */
    public double apply(double x) {
        return switch (function) {
            case GELU_TANH -> Activations.geluTanh(x);
            case GELU_ERF -> Activations.geluErf(x);
            case SILU -> Activations.silu(x);
            case SIGMOID -> Activations.sigmoid(x);
            case TANH -> Activations.tanh(x);
            case HARD_SIGMOID -> Activations.hardSigmoid(x);
            case HARD_SWISH -> x * Activations.hardSigmoid(x);
        };
    }

    @Override
    public void verify(NodeCheck check) {
        if (check.stage() == Stage.INTEGER) {
            Verify.table(check, 1);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out.get(0));
            return;
        }
        float[] x = in.get(0).toFloats(), y = out.get(0).toFloats();
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) apply(x[i]);
        }
    }

    private static void evaluateIntegers(List<TensorData> in, Tensor y) {
        int[] x = in.get(0).toInts(), entries = in.get(1).toInts();
        if (in.get(0).dtype() == DType.S8) {
            byte[] table = new byte[entries.length];
            for (int i = 0; i < entries.length; i++) {
                table[i] = (byte) entries[i];
            }
            for (int i = 0; i < x.length; i++) {
                y.setLong(i, Table.lookup8(table, x[i]));
            }
        } else {
            short[] table = new short[entries.length];
            for (int i = 0; i < entries.length; i++) {
                table[i] = (short) entries[i];
            }
            int fractionBits = Table.fractionBits(table);
            for (int i = 0; i < x.length; i++) {
                y.setLong(i, Table.lookup16(table, x[i], fractionBits));
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, Infer.elements(out), in, out);
    }
}

package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Depthwise causal convolution over tokens with carried state, the short convolution of LFM2 (model.md C.2, C.3). With
 * {@code full = concat(state, u)} of {@code L - 1 + N} rows: {@code z[t, c] = sum over j < L of w[c, j] * full[t + j, c]}, and
 * the new state is rows {@code nValid .. nValid + L - 2} of {@code full}: padding rows never enter it.
 *
 * <p>Integers: u and both states share one encoding; {@link ChannelRescale} with {@code multiplier[c]} and {@code shift[c]}.
 * The bias is always there, zeros when the layer has none.
 *
 * @param integer integer form; empty before the INTEGER stage
 */
public record CausalConv1d(Optional<ChannelRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("causal_conv1d", Engine.VECTOR, "Depthwise causal convolution over tokens, with state")
            .in("u", Signature.ACTIVATION, "[N, D]")
            .in("state", Signature.ACTIVATION, "[L-1, D], oldest row first")
            .index("n_valid", DType.S32, "[1]: rows that count, 1..N")
            .in("w", Signature.WEIGHT, "[D, L], tap L-1 is the current token")
            .optional("bias", Signature.BIAS, "[D]; integers: scale of u times scale of w[c]")
            .integer("multiplier", Set.of(DType.S32), "[D]")
            .integer("shift", Set.of(DType.S8), "[D]")
            .out("z", Signature.ACTIVATION, "[N, D]")
            .out("new_state", Signature.ACTIVATION, "[L-1, D]")
            .build();

    /** The convolution as it stands before the INTEGER stage. */
    public static CausalConv1d of() {
        return new CausalConv1d(Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 2, "u");
        Infer.rank(in.get(3), 2, "w");
        int d = in.get(0).shape().dim(1);
        int taps = in.get(3).shape().dim(1);
        Infer.require(in.get(3).shape().dim(0) == d && taps >= 2, "w %s must be [%d, L] with L at least 2",
                in.get(3).shape(), d);
        Infer.shape(in.get(1), "state", taps - 1, d);
        if (in.size() > 4) {
            Infer.shape(in.get(4), "bias", d);
        }
        return List.of(TensorType.of(in.get(0).dtype(), in.get(0).shape()), TensorType.of(in.get(0).dtype(), Shape.of(taps - 1, d)));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.shared(check, 0, 1, 1);
        if (Verify.integerForm(check, integer)) {
            ChannelRescale form = integer.get();
            form.verify(check, 0, 5, check.in(3).shape().dim(0));
            Verify.weights(check, form.accumulator(), form.zeroIn(), 3, 4);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out, Operands.integerForm(this, integer));
            return;
        }
        int n = in.get(0).shape().dim(0), d = in.get(0).shape().dim(1), taps = in.get(3).shape().dim(1);
        float[] u = in.get(0).toFloats(), state = in.get(1).toFloats(), w = in.get(3).toFloats();
        float[] bias = in.size() > 4 ? in.get(4).toFloats() : null;
        float[] z = out.get(0).toFloats();
        for (int t = 0; t < n; t++) {
            for (int c = 0; c < d; c++) {
                float sum = bias == null ? 0 : bias[c];
                for (int j = 0; j < taps; j++) {
                    int row = t + j - (taps - 1);
                    sum += w[c * taps + j] * (row < 0 ? state[(row + taps - 1) * d + c] : u[row * d + c]);
                }
                z[t * d + c] = sum;
            }
        }
        advance(in, out.get(1));
    }

    // u: [N, D], state: [L-1, D], w: [D, L], bias, multiplier, shift: [D] -> z: [N, D], new_state: [L-1, D]
    private static void evaluateIntegers(List<TensorData> in, List<Tensor> out, ChannelRescale form) {
        int n = in.get(0).shape().dim(0), d = in.get(0).shape().dim(1), taps = in.get(3).shape().dim(1);
        int[] u = in.get(0).toInts(), state = in.get(1).toInts(), w = in.get(3).toInts();
        int[] multiplier = in.get(5).toInts(), shift = in.get(6).toInts();
        long[] bias = in.get(4).toLongs();
        for (int t = 0; t < n; t++) {
            for (int c = 0; c < d; c++) {
                long sum = bias[c];
                for (int j = 0; j < taps; j++) {
                    int row = t + j - (taps - 1);
                    long value = row < 0 ? state[(row + taps - 1) * d + c] : u[row * d + c];
                    sum += w[c * taps + j] * (value - form.zeroIn());
                }
                out.get(0).setLong(t * d + c, form.apply(sum, multiplier[c], shift[c]));
            }
        }
        advance(in, out.get(1));
    }

    /** new_state = rows nValid .. nValid + L - 2 of concat(state, u). */
    private static void advance(List<TensorData> in, Tensor newState) {
        int keep = newState.shape().dim(0), d = newState.shape().dim(1);
        int nValid = Operands.validRows(in.get(2), in.get(0).shape().dim(0));
        for (int r = 0; r < keep; r++) {
            int row = nValid + r;
            if (row < keep) {
                newState.copyRange(r * d, in.get(1), row * d, d);
            } else {
                newState.copyRange(r * d, in.get(0), (row - keep) * d, d);
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, in.get(0).shape().dim(0) * in.get(3).shape().elements(), 0, in, out);
    }
}

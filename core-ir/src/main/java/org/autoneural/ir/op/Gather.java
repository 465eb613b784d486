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
 * Rows of a table: {@code y[t] = table[ids[t]]} (token embedding).
 *
 * <p>Integers: the table has one scale a row (it is also the weight of the logits' product when embeddings are tied);
 * {@code y[t, d] = clamp(round(table[id, d] * multiplier[id] * 2^-shift[id]))} by {@link ChannelRescale}.
 *
 * @param integer integer form; empty before the INTEGER stage
 */
public record Gather(Optional<ChannelRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("gather", Engine.MEMORY, "Rows of a table (token embedding)")
            .in("table", Signature.WEIGHT, "[V, D]")
            .index("ids", DType.S32, "[N]: 0..V-1")
            .integer("multiplier", Set.of(DType.S32), "[V]")
            .integer("shift", Set.of(DType.S8), "[V]")
            .out("y", Signature.ACTIVATION, "[N, D]")
            .build();

    /** The lookup as it stands before the INTEGER stage. */
    public static Gather of() {
        return new Gather(Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 2, "table");
        Infer.rank(in.get(1), 1, "ids");
        return Infer.result(in.get(0), Shape.of(in.get(1).shape().dim(0), in.get(0).shape().dim(1)));
    }

    @Override
    public void verify(NodeCheck check) {
        if (Verify.integerForm(check, integer)) {
            integer.get().verify(check, 0, 2, check.in(0).shape().dim(0));
            Verify.noZero(check, 0, integer.get().zeroIn());
            Verify.symmetric(check, 0);
            Verify.constants(check, 0);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out.get(0), Operands.integerForm(this, integer));
            return;
        }
        int d = out.get(0).shape().dim(1);
        for (int t = 0; t < out.get(0).shape().dim(0); t++) {
            long id = Operands.id(in.get(1), t, in.get(0).shape().dim(0));
            in.get(0).readFloats(id * d, out.get(0).toFloats(), t * d, d);
        }
    }

    // table: [V, D], ids: [N], multiplier, shift: [V] -> y: [N, D]
    private static void evaluateIntegers(List<TensorData> in, Tensor y, ChannelRescale form) {
        int d = y.shape().dim(1);
        int[] row = new int[d];
        for (int t = 0; t < y.shape().dim(0); t++) {
            int id = Operands.id(in.get(1), t, in.get(0).shape().dim(0));
            int multiplier = (int) in.get(2).getLong(id), shift = (int) in.get(3).getLong(id);
            in.get(0).readInts((long) id * d, row, 0, d);
            for (int k = 0; k < d; k++) {
                y.setLong(t * d + k, form.apply(row[k] - form.zeroIn(), multiplier, shift));
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}

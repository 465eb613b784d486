package org.autoneural.ir.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Surrounds a tensor with zeros (real zeros, whatever the encoding). Pass {@code fuse-pad} moves it into the convolution
 * that reads it, and the lowering has no form for what is left; imported INTEGER graphs may hold it.
 *
 * <p>Integers: surrounds with the stored value {@code integer.value}, the zero point for real zeros; data movement.
 *
 * @param before zeros before the first index, one number an axis
 * @param after  zeros after the last index, one number an axis
 * @param integer integer form; empty before the INTEGER stage
 */
public record Pad(List<Integer> before, List<Integer> after, Optional<Fill> integer) implements Op {
    /** The stored value that surrounds the tensor. */
    public record Fill(int value) {}

    static final Signature SIGNATURE = Signature.op("pad", Engine.MEMORY, "Surrounds a tensor with zeros")
            .only(Stage.FLOAT, Stage.INTEGER)
            .in("x", Signature.ACTIVATION, "any shape")
            .out("y", Signature.ACTIVATION, "each extent grows by before + after")
            .build();

    public Pad {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /** The float form. */
    public Pad(List<Integer> before, List<Integer> after) {
        this(before, after, Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Shape x = in.get(0).shape();
        Infer.require(before.size() == x.rank() && after.size() == x.rank(), "before %s and after %s need one number for each axis of x %s",
                before, after, x);
        Shape y = x;
        for (int a = 0; a < x.rank(); a++) {
            Infer.require(before.get(a) >= 0 && after.get(a) >= 0, "padding must be at least 0, is %s and %s", before, after);
            y = y.with(a, before.get(a) + x.dim(a) + after.get(a));
        }
        return Infer.result(in.get(0), y);
    }

    @Override
    public void verify(NodeCheck check) {
        if (Verify.integerForm(check, integer)) {
            Verify.moved(check, 0);
            Verify.range(check, integer.get().value(), integer.get().value());
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (Infer.isFloat(in)) {
            Arrays.fill(out.get(0).toFloats(), 0);
        } else {
            Arrays.fill(out.get(0).toInts(), Operands.integerForm(this, integer).value());
        }
        copy(in.get(0), out.get(0), 0, 0, 0);
    }

    private void copy(TensorData x, Tensor y, int axis, int from, int to) {
        if (axis == before.size()) {
            y.copyRange(to, x, from, 1);
            return;
        }
        for (int i = 0; i < x.shape().dim(axis); i++) {
            copy(x, y, axis + 1, from + i * x.shape().inner(axis), to + (i + before.get(axis)) * y.shape().inner(axis));
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}

package org.autoneural.ir.op;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Permutes axes: axis i of the result is axis {@code permutation[i]} of x.
 *
 * @param permutation a permutation of 0..rank-1
 */
public record Transpose(List<Integer> permutation) implements Op {
    static final Signature SIGNATURE = Signature.op("transpose", Engine.MEMORY, "Permutes axes")
            .any("x", "any shape")
            .anyOut("y", "extents permuted")
            .build();

    public Transpose {
        permutation = List.copyOf(permutation);
    }

    /** Result axis i is operand axis {@code permutation[i]}. */
    public static Transpose of(int... permutation) {
        return new Transpose(Arrays.stream(permutation).boxed().toList());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Shape x = in.get(0).shape();
        Infer.require(permutation.stream().sorted().toList()
                        .equals(IntStream.range(0, x.rank()).boxed().toList()),
                "permutation %s must hold each axis of x %s once", permutation, x);
        return List.of(in.get(0).withShape(new Shape(permutation.stream().map(x::dim).toList())));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.moved(check, 0);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        Shape x = in.get(0).shape();
        Shape y = out.get(0).shape();
        int n = (int) in.get(0).elements();
        int[] step = new int[y.rank()];
        for (int a = 0; a < step.length; a++) {
            step[a] = x.inner(permutation.get(a));
        }
        int[] index = new int[y.rank()];
        int from = 0;
        for (int i = 0; i < n; i++) {
            out.get(0).copyRange(i, in.get(0), from, 1);
            for (int a = index.length - 1; a >= 0; a--) {
                from += step[a];
                if (++index[a] < y.dim(a)) {
                    break;
                }
                from -= step[a] * index[a];
                index[a] = 0;
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}

package org.autoneural.ir.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Product of two activations by head: {@code y[h, m, n] = sum over k of a[h, m, k] * b[g, k, n]} with {@code g = h / (H/G)},
 * so that several heads of {@code a} share one head of {@code b} (grouped-query attention). With {@code transposeB}, b is
 * [G, N, K].
 *
 * <p>{@code causal} adds the operand {@code pos}: row m of {@code a} is token {@code pos + m}, and only tokens up to itself
 * count. With {@code transposeB} (scores) columns {@code n > pos + m} are the result's zero; otherwise (values) the sum runs
 * over {@code k <= pos + m}. What lies beyond is never read: it may be stale cache.
 *
 * <p>Integers: {@link ProductRescale}. On Hexagon v68 b must be s8 (integer-semantics, A5 "Attention on v68").
 *
 * @param transposeB whether b is [G, N, K]
 * @param causal     whether {@code pos} is given
 * @param integer    integer form; empty before the INTEGER stage
 */
public record MatMul(boolean transposeB, boolean causal, Optional<ProductRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("matmul", Engine.MATRIX, "Product of two activations by head")
            .in("a", Signature.ACTIVATION, "[H, M, K]")
            .in("b", Set.of(DType.S8, DType.S16), "[G, K, N], or [G, N, K] with transposeB; G divides H")
            .optionalIndex("pos", DType.S32, "[1]: position of row 0; given iff causal")
            .out("y", Signature.ACTIVATION, "[H, M, N]")
            .build();

    /** The product as it stands before the INTEGER stage. */
    public static MatMul of(boolean transposeB, boolean causal) {
        return new MatMul(transposeB, causal, Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 3, "a");
        Infer.rank(in.get(1), 3, "b");
        Shape a = in.get(0).shape();
        Shape b = in.get(1).shape();
        Infer.require(b.dim(0) > 0 && a.dim(0) % b.dim(0) == 0, "heads of b %s must divide those of a %s", b, a);
        int k = b.dim(transposeB ? 2 : 1);
        // Values of a causal product: a has a column for every cache row.
        Infer.require(a.dim(2) == k, "a %s and b %s differ in the summed extent (%d, %d)", a, b, a.dim(2), k);
        Infer.require((in.size() == 3) == causal, "operand pos must be given exactly when causal");
        return Infer.result(in.get(0), Shape.of(a.dim(0), a.dim(1), b.dim(transposeB ? 1 : 2)));
    }

    @Override
    public void verify(NodeCheck check) {
        if (Verify.integerForm(check, integer)) {
            integer.get().verify(check, check.in(0).shape().dim(2));
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out.get(0), Operands.integerForm(this, integer));
            return;
        }
        Shape as = in.get(0).shape();
        int heads = as.dim(0), m = as.dim(1), k = as.dim(2);
        int share = heads / in.get(1).shape().dim(0);
        int n = out.get(0).shape().dim(2);
        float[] a = in.get(0).toFloats(), b = in.get(1).toFloats(), y = out.get(0).toFloats();
        int pos = causal ? Operands.position(in.get(2)) : 0;
        Arrays.fill(y, 0);
        for (int h = 0; h < heads; h++) {
            int bo = h / share * k * n;
            for (int i = 0; i < m; i++) {
                int ao = (h * m + i) * k;
                int yo = (h * m + i) * n;
                if (transposeB) {
                    int live = causal ? Math.min(n, pos + i + 1) : n;
                    for (int j = 0; j < live; j++) {
                        y[yo + j] = FloatMath.dot(a, ao, b, bo + j * k, k);
                    }
                } else {
                    int live = causal ? Math.min(k, pos + i + 1) : k;
                    for (int j = 0; j < live; j++) {
                        FloatMath.axpy(a[ao + j], b, bo + j * n, y, yo, n);
                    }
                }
            }
        }
    }

    // a: [H, M, K], b: [G, K, N] or [G, N, K] -> y: [H, M, N]
    private void evaluateIntegers(List<TensorData> in, Tensor y, ProductRescale form) {
        Shape as = in.get(0).shape();
        int heads = as.dim(0), m = as.dim(1), k = as.dim(2);
        int share = heads / in.get(1).shape().dim(0);
        int n = y.shape().dim(2);
        int[] a = in.get(0).toInts(), b = in.get(1).toInts();
        int pos = causal ? Operands.position(in.get(2)) : 0;
        for (int h = 0; h < heads; h++) {
            int bo = h / share * k * n;
            for (int i = 0; i < m; i++) {
                int ao = (h * m + i) * k;
                int live = causal ? Math.min(transposeB ? n : k, pos + i + 1) : transposeB ? n : k;
                for (int j = 0; j < n; j++) {
                    long sum = 0;
                    if (!transposeB) {
                        for (int p = 0; p < live; p++) {
                            sum += (long) (a[ao + p] - form.zeroA()) * (b[bo + p * n + j] - form.zeroB());
                        }
                    } else if (j < live) {
                        sum = IntegerMath.dot(a, ao, form.zeroA(), b, bo + j * k, form.zeroB(), k);
                    }
                    boolean masked = transposeB && j >= live;
                    y.setLong((h * m + i) * n + j, masked ? form.zeroOut() : form.apply(sum));
                }
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MATRIX, out.get(0).shape().elements() * in.get(0).shape().dim(2), 0, in, out);
    }
}

package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Writes the keys or values of a chunk into the cache: {@code y[g, pos + t, :] = fresh[t, g, :]} for {@code t < nValid};
 * all else is the cache as it was. Integers: cache, fresh and y share one fixed encoding, so that this is a copy
 * (integer-semantics, A5). {@code pos + nValid > C} is an error.
 */
public record KvAppend() implements Op {
    static final Signature SIGNATURE = Signature.op("kv_append", Engine.MEMORY, "Writes a chunk's keys or values into the cache")
            .any("cache", "[G, C, d]")
            .any("fresh", "[N, G, d]")
            .index("pos", DType.S32, "[1]: position of row 0")
            .index("n_valid", DType.S32, "[1]: rows that count, 1..N")
            .anyOut("y", "[G, C, d]")
            .build();

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 3, "cache");
        Infer.rank(in.get(1), 3, "fresh");
        Shape cache = in.get(0).shape();
        Shape fresh = in.get(1).shape();
        Infer.require(fresh.dim(1) == cache.dim(0) && fresh.dim(2) == cache.dim(2),
                "fresh %s must be [N, %d, %d] for cache %s", fresh, cache.dim(0), cache.dim(2), cache);
        return List.of(in.get(0));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.moved(check, 0, 1);
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        Shape cache = in.get(0).shape();
        int groups = cache.dim(0), c = cache.dim(1), d = cache.dim(2);
        int pos = Operands.position(in.get(2));
        int nValid = Operands.validRows(in.get(3), in.get(1).shape().dim(0));
        Infer.require(nValid <= c - pos, "rows %d..%d do not fit a cache of %d rows", pos, (long) pos + nValid - 1, c);
        out.get(0).copyRange(0, in.get(0), 0, groups * c * d);
        for (int t = 0; t < nValid; t++) {
            for (int g = 0; g < groups; g++) {
                out.get(0).copyRange((g * c + pos + t) * d, in.get(1), (t * groups + g) * d, d);
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.MEMORY, 0, 0, in, out);
    }
}

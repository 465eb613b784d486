package org.autoneural.model;

import java.util.OptionalDouble;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.Transpose;

/**
 * Causal grouped-query attention with a cache (model.md C.2): {@code q = rope(norm(W_q a)) / sqrt(d)},
 * {@code k = rope(norm(W_k a))}, {@code v = W_v a}, {@code y = W_o (softmax(q k^T) v)}; query head j reads key and value head
 * {@code j / (heads / keyValueHeads)}. Keys are cached after the rotation. Softmax skips rows beyond the query's own.
 *
 * @param heads         query heads
 * @param keyValueHeads key and value heads; divides {@code heads}
 * @param headWidth     d, even
 * @param normEpsilon   of the norms of q and k by head ({@code q_layernorm}, {@code k_layernorm}); empty: there are none
 * @param bias          whether q, k and v have biases
 * @param output        name of the output projection
 */
record Attention(int heads, int keyValueHeads, int headWidth, OptionalDouble normEpsilon, boolean bias, String output)
        implements TokenMixer {
    @Override
    public String build(Scope layer, String x, TokenInputs tokens) {
        // x: [N, D]; q: [heads, N, d]; k, v: [N, G, d]; caches: [G, context, d]; scores: [heads, N, context]
        Scope scope = layer.child("self_attn");
        String query = query(scope, x);
        String rotated = scope.addInner(Rope.of(), "q_rope", query, tokens.cos(), tokens.sin(), tokens.pos());
        String q = scope.addInner(Transpose.of(1, 0, 2), "query", rotated);
        String split = split(scope, "k", scope.child("k_proj").linear(x, bias), keyValueHeads);
        String key = scope.addInner(Rope.of(), "key", norm(scope, "k_layernorm", split), tokens.cos(), tokens.sin(), tokens.pos());
        String value = split(scope, "v", scope.child("v_proj").linear(x, bias), keyValueHeads);
        String keys = append(layer, scope, "k_cache", key, tokens);
        String values = append(layer, scope, "v_cache", value, tokens);
        String scores = scope.addInner(MatMul.of(true, true), "scores", q, keys, tokens.pos());
        String weights = scope.addInner(Softmax.of(true), "softmax", scores, tokens.pos());
        String mixed = scope.addInner(MatMul.of(false, true), "mix", weights, values, tokens.pos());
        String rows = scope.named(scope.value() + ".heads").mergeHeads(mixed); // [N, heads * d]
        return scope.child(output).linear(rows, false);
    }

    /**
     * [N, heads, d], with 1 / sqrt(d): after the norm where there is one (its gain takes the factor exactly, RoPE is
     * linear), otherwise after the projection.
     */
    private String query(Scope scope, String x) {
        String projected = scope.child("q_proj").linear(x, bias);
        double factor = 1 / Math.sqrt(headWidth);
        if (normEpsilon.isPresent()) {
            String normed = norm(scope, "q_layernorm", split(scope, "q", projected, heads));
            return scope.scaleChannels("q_scale", normed, 2, headWidth, factor);
        }
        String scaled = scope.scaleChannels("q_scale", projected, 1, heads * headWidth, factor);
        return split(scope, "q", scaled, heads);
    }

    private String split(Scope scope, String part, String x, int count) {
        int width = scope.graph().shape(x).dim(1);
        if (width != count * headWidth) {
            throw scope.fail("tensor " + scope.tensor(part + "_proj.weight") + " gives " + width + " channels, but config.json has "
                    + count + " heads of " + headWidth, "Check that config.json belongs to these weights.");
        }
        return scope.addInner(Reshape.to(scope.graph().shape(x).dim(0), count, headWidth), part + "_split", x);
    }

    private String norm(Scope scope, String leaf, String x) {
        return normEpsilon.isPresent() ? scope.child(leaf).rmsNorm(x, 2, normEpsilon.getAsDouble()) : x;
    }

    private String append(Scope layer, Scope scope, String cache, String fresh, TokenInputs tokens) {
        String state = layer.value() + "." + cache;
        scope.graph().input(state, TensorType.f32(keyValueHeads, tokens.context(), headWidth));
        String next = scope.named(state + ".next").add(new KvAppend(), state, fresh, tokens.pos(), tokens.nValid());
        tokens.states().add(new StateBinding(state, next));
        return next;
    }
}

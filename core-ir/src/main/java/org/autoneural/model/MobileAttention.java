package org.autoneural.model;

import org.autoneural.ir.Shape;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.Transpose;

/**
 * Multi-query attention over all pixels (model.md B.3, MQA): h query heads share one key and one value head of width d;
 * keys and values may come from a picture shrunk by a depthwise convolution.
 * {@code n = N(x)}, {@code q = W_q * n / sqrt(d)}, {@code k = W_k * down(n)}, {@code v = W_v * down'(n)},
 * {@code y = gamma * (W_o * (softmax(q k^T) v)) (+ x)}. Query channels are head-major: channel head * d + j.
 *
 * <p>h and d follow from the tensors: d is the key projection's output, h the query projection's divided by it.
 *
 * @param kvStride stride of the depthwise convolution before keys and values; used only where its tensors exist
 * @param noSkip   leaves the residual out
 */
record MobileAttention(VisionStyle style, int kvStride, boolean noSkip) implements VisionBlock {
    @Override
    public String build(Scope scope, String x) {
        // x: [1, C, H, W]; q: [h, H W, d]; k, v: [1, P, d]; P = ceil(H / kvStride) ceil(W / kvStride)
        Scope attention = scope.child("attn");
        int d = attention.shape("key.proj.weight").dim(0);
        int queryChannels = attention.shape("query.proj.weight").dim(0);
        if (queryChannels % d != 0) {
            throw scope.fail("block " + scope.module() + ": " + queryChannels
                    + " query channels (attn.query.proj.weight) are no multiple of the head width " + d
                    + " (attn.key.proj.weight)", "Check that the weights are complete.");
        }
        String normed = style.norm(scope.child("norm"), x);
        String query = attention.child("query.proj").conv2d(normed, 1, 1, false);
        String scaled = attention.scaleChannels("query.scale", query, 1, queryChannels, 1 / Math.sqrt(d));
        String q = heads(attention.child("query"), scaled, queryChannels / d);
        String k = keysOrValues(attention.child("key"), normed);
        String v = keysOrValues(attention.child("value"), normed);
        String scores = attention.addInner(MatMul.of(true, false), "scores", q, k); // [h, H W, P]
        String weights = attention.addInner(Softmax.of(false), "softmax", scores);
        String mixed = attention.addInner(MatMul.of(false, false), "mix", weights, v); // [h, H W, d]
        String picture = toPicture(attention.named(attention.value() + ".heads"), mixed, scope.graph().shape(x));
        String projected = attention.child("output.proj").conv2d(picture, 1, 1, false);
        boolean skip = BlockEnd.adds(scope, x, projected, 1, noSkip);
        if (style.layerScale()) {
            return BlockEnd.scaled(scope, projected, x, skip);
        }
        return skip ? scope.add(Add.of(), projected, x) : projected;
    }

    /** [1, h d, H, W] to [h, H W, d]. */
    private static String heads(Scope query, String x, int heads) {
        String rows = query.named(query.value() + ".rows").toRows(x);
        return query.splitHeads(rows, heads);
    }

    /** [1, C, H, W] to [1, P, d]. */
    private String keysOrValues(Scope branch, String normed) {
        String x = normed;
        if (branch.has("down_conv.weight")) {
            x = style.norm(branch.child("norm"), branch.child("down_conv").depthwise(x, kvStride));
        }
        String projected = branch.child("proj").conv2d(x, 1, 1, false);
        Shape shape = branch.graph().shape(projected);
        String nhwc = branch.addInner(Transpose.of(0, 2, 3, 1), "nhwc", projected);
        return branch.add(Reshape.to(1, shape.dim(2) * shape.dim(3), shape.dim(1)), nhwc);
    }

    /** [h, H W, d] to [1, h d, H, W]. */
    private static String toPicture(Scope heads, String mixed, Shape picture) {
        Shape in = heads.graph().shape(mixed);
        String rows = heads.addInner(Transpose.of(1, 0, 2), "rows", mixed);
        String nhwc = heads.addInner(Reshape.to(1, picture.dim(2), picture.dim(3), in.dim(0) * in.dim(2)), "nhwc", rows);
        return heads.add(Transpose.of(0, 3, 1, 2), nhwc);
    }
}

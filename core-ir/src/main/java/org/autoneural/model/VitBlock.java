package org.autoneural.model;

import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Scale;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;

/**
 * A pre-norm transformer block of InternViT (model.md A.9): {@code x = x + ls1 * proj(attention(LN(x)))},
 * {@code x = x + ls2 * fc2(act(fc1(LN(x))))}; q, k and v come from one product, each head-major; all tokens see all.
 *
 * @param heads      of width C / heads
 * @param epsilon    of the layer norms
 * @param bias       whether the qkv product has one (the other layers always have)
 * @param layerScale whether {@code ls1}, {@code ls2} exist
 */
record VitBlock(int heads, double epsilon, Activation.Function activation, boolean bias, boolean layerScale) {
    /** x: [N, C]; the result: [N, C]. */
    String build(Scope scope, String x) {
        String attended = attention(scope.child("attn"), norm(scope.child("norm1"), x));
        String sum = scope.addInner(Add.of(), "residual", x, scaled(scope, "ls1", attended));
        Scope mlp = scope.child("mlp");
        String hidden = mlp.child("fc1").linear(norm(scope.child("norm2"), sum), true); // [N, F]
        String active = mlp.addInner(new Activation(activation), "act", hidden);
        String fed = mlp.child("fc2").linear(active, true);
        return scope.add(Add.of(), sum, scaled(scope, "ls2", fed));
    }

    private String norm(Scope norm, String x) {
        return norm.add(LayerNorm.of(epsilon), x, norm.constant("weight"), norm.constant("bias"));
    }

    private String scaled(Scope scope, String leaf, String x) {
        return layerScale ? scope.child(leaf).add(new Scale(1), x, scope.constant(leaf)) : x;
    }

    private String attention(Scope scope, String x) {
        // x: [N, C]; qkv: [N, 3 C]; q, k, v: [heads, N, d]; scores: [heads, N, N]
        int width = scope.graph().shape(x).dim(1);
        if (width % heads != 0) {
            throw scope.fail("module " + scope.module() + " has " + width + " channels, no multiple of the "
                    + heads + " heads in config.json", "Check that config.json belongs to these weights.");
        }
        // The factor stands on the whole product (1 for k and v), so that it folds into the product's rows.
        String product = scope.scaleChannels("qkv_scale", scope.child("qkv").linear(x, bias), 1, width,
                1 / Math.sqrt((double) width / heads));
        String[] parts = new String[3];
        for (int i = 0; i < 3; i++) {
            String name = "qkv".substring(i, i + 1);
            String slice = scope.addInner(new Slice(1, i * width, (i + 1) * width), name + "_rows", product);
            parts[i] = scope.named(scope.value() + "." + name).splitHeads(slice, heads);
        }
        String scores = scope.addInner(MatMul.of(true, false), "scores", parts[0], parts[1]);
        String weights = scope.addInner(Softmax.of(false), "softmax", scores);
        String mixed = scope.addInner(MatMul.of(false, false), "mix", weights, parts[2]);
        return scope.child("proj").linear(scope.named(scope.value() + ".heads").mergeHeads(mixed), true);
    }
}

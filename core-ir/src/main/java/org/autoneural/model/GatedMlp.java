package org.autoneural.model;

import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Mul;

/**
 * Gated feed-forward (model.md C.2): {@code y = W_down (silu(W_gate f) * (W_up f))}. Its width is the tensors'
 * (model.md C.1: configurations state it in several ways).
 *
 * @param module path within the layer
 * @param gate   projection under SiLU (LFM2: w1)
 * @param up     linear projection (w3)
 * @param down   projection back (w2)
 */
record GatedMlp(String module, String gate, String up, String down) {
    /** x: [N, D], between: [N, F]; the result: [N, D]. */
    String build(Scope layer, String x) {
        Scope scope = layer.child(module);
        String gated = scope.child(gate).linear(x, false);
        String active = scope.addInner(new Activation(Activation.Function.SILU), "act", gated);
        String linear = scope.child(up).linear(x, false);
        String product = scope.addInner(Mul.of(), "gated", active, linear);
        return scope.child(down).linear(product, false);
    }
}

package org.autoneural.model;

import org.autoneural.ir.op.Add;

/**
 * A pre-norm layer (model.md C.2): {@code h = h + mixer(N(h))}, {@code h = h + mlp(N'(h))}.
 *
 * @param mixerNorm name of the norm before the mixer
 * @param mlpNorm   name of the norm before the feed-forward
 */
record DecoderLayer(String mixerNorm, TokenMixer mixer, String mlpNorm, GatedMlp mlp) {
    /** x: [N, D]; the result, called by the layer's name ({@code layers.3}): [N, D]. */
    String build(Scope layer, String x, double epsilon, TokenInputs tokens) {
        String mixed = mixer.build(layer, layer.child(mixerNorm).rmsNorm(x, 1, epsilon), tokens);
        String sum = layer.addInner(Add.of(), "residual", x, mixed);
        String fed = mlp.build(layer, layer.child(mlpNorm).rmsNorm(sum, 1, epsilon));
        return layer.add(Add.of(), sum, fed);
    }
}

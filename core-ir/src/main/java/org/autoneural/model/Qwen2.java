package org.autoneural.model;

import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.autoneural.checkpoint.Config;

/** Qwen2, the decoder of the paper's baseline (model.md A.9): attention with biases on q, k and v in every layer. */
final class Qwen2 {
    private Qwen2() {}

    /** @param section prefix of the keys, with its dot; empty when config.json is the decoder's own */
    static Decoder of(Config config, String section, Weights weights) {
        DecoderConfig c = new DecoderConfig(config, section);
        c.only("use_sliding_window", false);
        if (config.has(c.key("hidden_act"))) {
            config.getString(c.key("hidden_act"), List.of("silu"));
        }
        Attention attention = new Attention(c.heads(), c.keyValueHeads(), c.headWidth(), OptionalDouble.empty(), true, "o_proj");
        GatedMlp mlp = new GatedMlp("mlp", "gate_proj", "up_proj", "down_proj");
        DecoderLayer layer = new DecoderLayer("input_layernorm", attention, "post_attention_layernorm", mlp);
        String prefix = weights.prefixOf(Decoder.EMBEDDING);
        return new Decoder(weights, prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1), c.head(weights, prefix),
                Collections.nCopies(c.layers(), layer), config.getDouble(c.key("rms_norm_eps"), 1e-6), "norm", c.headWidth(),
                c.ropeTheta(), c.maxPosition());
    }
}

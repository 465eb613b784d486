package org.autoneural.model;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.autoneural.checkpoint.Config;

/** LFM2 (model.md C): layers of gated short convolutions and of attention, in any order. */
final class Lfm2 {
    private static final List<String> KINDS = List.of("conv", "full_attention");

    private Lfm2() {}

    /** @param section prefix of the keys, with its dot; empty when config.json is the decoder's own */
    static Decoder of(Config config, String section, Weights weights) {
        DecoderConfig c = new DecoderConfig(config, section);
        c.only("use_pos_enc", true);
        c.only("block_use_swiglu", true);
        double epsilon = config.getDouble(c.key("norm_eps"), config.getDouble(c.key("block_norm_eps"), 1e-5));
        ShortConvolution convolution = new ShortConvolution(config.getBoolean(c.key("conv_bias"), false));
        Attention attention = new Attention(c.heads(), c.keyValueHeads(), c.headWidth(), OptionalDouble.of(epsilon), false,
                "out_proj");
        GatedMlp mlp = new GatedMlp("feed_forward", "w1", "w3", "w2");
        List<DecoderLayer> layers = new ArrayList<>();
        for (boolean attends : attends(c)) {
            layers.add(new DecoderLayer("operator_norm", attends ? attention : convolution, "ffn_norm", mlp));
        }
        String prefix = weights.prefixOf(Decoder.EMBEDDING);
        return new Decoder(weights, prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1), c.head(weights, prefix),
                layers, epsilon, "embedding_norm", c.headWidth(), c.ropeTheta(), c.maxPosition());
    }

    /** By layer, whether it is one of attention: from {@code layer_types}, or {@code full_attn_idxs} of older files. */
    private static List<Boolean> attends(DecoderConfig c) {
        Config config = c.config();
        String types = c.key("layer_types");
        if (!config.has(types)) {
            List<Integer> attention = config.getInts(c.key("full_attn_idxs"));
            if (attention.stream().anyMatch(i -> i < 0 || i >= c.layers())) {
                throw config.unsupported(c.key("full_attn_idxs"), "indices of layers, 0 to " + (c.layers() - 1));
            }
            List<Boolean> attends = new ArrayList<>();
            for (int i = 0; i < c.layers(); i++) {
                attends.add(attention.contains(i));
            }
            return attends;
        }
        List<String> kinds = config.getStrings(types);
        if (kinds.size() != c.layers() || !KINDS.containsAll(kinds)) {
            throw config.unsupported(types, c.layers() + " entries (num_hidden_layers), each one of " + KINDS);
        }
        return kinds.stream().map("full_attention"::equals).toList();
    }
}

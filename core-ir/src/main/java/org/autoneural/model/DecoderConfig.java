package org.autoneural.model;

import java.util.List;
import org.autoneural.checkpoint.Config;

/**
 * The keys that decoder configurations share.
 *
 * @param section prefix of the keys, with its dot; empty when config.json is the decoder's own
 */
record DecoderConfig(Config config, String section) {
    /** Far more than any model has; bounds what a damaged file can make us allocate. */
    private static final int MOST_LAYERS = 1000;

    String key(String name) {
        return section + name;
    }

    int layers() {
        int count = config.getPositiveInt(key("num_hidden_layers"));
        if (count > MOST_LAYERS) {
            throw config.unsupported(key("num_hidden_layers"), "at most " + MOST_LAYERS);
        }
        return count;
    }

    int heads() {
        return config.getPositiveInt(key("num_attention_heads"));
    }

    /** {@code head_dim}, or hidden size by heads. */
    int headWidth() {
        if (config.has(key("head_dim"))) {
            return even(config.getPositiveInt(key("head_dim")), "head_dim");
        }
        int hidden = config.getPositiveInt(key("hidden_size"));
        if (hidden % heads() != 0) {
            throw config.unsupported(key("hidden_size"), "a multiple of num_attention_heads, " + heads());
        }
        return even(hidden / heads(), "hidden_size");
    }

    private int even(int width, String name) {
        if (width % 2 != 0) {
            throw config.unsupported(key(name), "an even width of the heads (rotary embedding), not " + width);
        }
        return width;
    }

    int keyValueHeads() {
        int count = config.getPositiveInt(key("num_key_value_heads"), heads());
        if (heads() % count != 0) {
            throw config.unsupported(key("num_key_value_heads"), "a divisor of num_attention_heads, " + heads());
        }
        return count;
    }

    /** {@code rope_theta}, or {@code rope_parameters.rope_theta} of newer files; only the plain rotary embedding. */
    double ropeTheta() {
        for (String plain : List.of("rope_parameters.rope_type", "rope_scaling.rope_type", "rope_scaling.type")) {
            if (config.has(key(plain))) {
                config.getString(key(plain), List.of("default"));
            }
        }
        String name = config.has(key("rope_theta")) ? "rope_theta" : "rope_parameters.rope_theta";
        double theta = config.getDouble(key(name));
        if (theta <= 0) {
            throw config.unsupported(key(name), "a positive number");
        }
        return theta;
    }

    int maxPosition() {
        return config.getPositiveInt(key("max_position_embeddings"));
    }

    /** Fails unless {@code name} is absent or {@code value}. */
    void only(String name, boolean value) {
        if (config.getBoolean(key(name), value) != value) {
            throw config.unsupported(key(name), String.valueOf(value));
        }
    }

    /** The tensor of the logits: {@code lm_head.weight} where there is one, otherwise the embedding if config ties them. */
    String head(Weights weights, String prefix) {
        boolean separate = weights.names().stream().anyMatch(n -> n.equals("lm_head.weight") || n.endsWith(".lm_head.weight"));
        boolean tied = config.getBoolean(key("tie_word_embeddings"), config.getBoolean(key("tie_embedding"), false))
                || config.getBoolean("tie_word_embeddings", false);
        return separate || !tied ? weights.prefixOf("lm_head.weight") + "lm_head.weight" : prefix + Decoder.EMBEDDING;
    }
}

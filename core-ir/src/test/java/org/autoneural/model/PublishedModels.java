package org.autoneural.model;

import java.util.List;

/** Tensor tables of published models (model.md B.2, B.8, C.1, C.5), written out independently of the builders. */
final class PublishedModels {
    static final String TOWER = "model.vision_tower.timm_model.";

    private PublishedModels() {}

    /** MobileNetV5-300M: 548 tensors. */
    static ShapeOnly.Table mobileNetV5() {
        ShapeOnly.Table t = new ShapeOnly.Table();
        t.add(TOWER + "conv_stem.conv.weight", 64, 3, 3, 3).add(TOWER + "conv_stem.conv.bias", 64).add(TOWER + "conv_stem.bn.weight", 64);
        for (int b = 0; b < 3; b++) {
            String block = TOWER + "blocks.0." + b;
            int in = b == 0 ? 64 : 128;
            t.add(block + ".conv_exp.weight", 4 * in, in, 3, 3).add(block + ".bn1.weight", 4 * in)
                    .add(block + ".conv_pwl.weight", 128, 4 * in, 1, 1).add(block + ".bn2.weight", 128);
        }
        inverted(t, 1, 0, 128, 768, 256, 3, 5);
        for (int b = 1; b < 5; b++) {
            inverted(t, 1, b, 256, 1024, 256, b % 2 == 1 ? 5 : 3, 0);
        }
        inverted(t, 2, 0, 256, 1536, 640, 5, 5);
        for (int b = 1; b < 8; b++) {
            inverted(t, 2, b, 640, 2560, 640, 5, 0);
        }
        inverted(t, 2, 8, 640, 640, 640, 0, 0);
        for (int b = 9; b < 37; b += 2) {
            attention(t, 2, b, 640, 12, 64, true);
            inverted(t, 2, b + 1, 640, 1280, 640, 0, 0);
        }
        inverted(t, 3, 0, 640, 3840, 1280, 5, 5);
        for (int b = 1; b < 39; b += 2) {
            attention(t, 3, b, 1280, 16, 96, false);
            inverted(t, 3, b + 1, 1280, 2560, 1280, 0, 0);
        }
        return t.add(TOWER + "msfa.ffn.pw_exp.conv.weight", 3840, 1920, 1, 1).add(TOWER + "msfa.ffn.pw_exp.bn.weight", 3840)
                .add(TOWER + "msfa.ffn.pw_proj.conv.weight", 2048, 3840, 1, 1).add(TOWER + "msfa.ffn.pw_proj.bn.weight", 2048)
                .add(TOWER + "msfa.norm.weight", 2048);
    }

    private static void inverted(ShapeOnly.Table t, int stage, int b, int in, int mid, int out, int start, int middle) {
        String block = TOWER + "blocks." + stage + "." + b + ".";
        if (start > 0) {
            t.add(block + "dw_start.conv.weight", in, 1, start, start).add(block + "dw_start.bn.weight", in);
        }
        t.add(block + "pw_exp.conv.weight", mid, in, 1, 1).add(block + "pw_exp.bn.weight", mid);
        if (middle > 0) {
            t.add(block + "dw_mid.conv.weight", mid, 1, middle, middle).add(block + "dw_mid.bn.weight", mid);
        }
        t.add(block + "pw_proj.conv.weight", out, mid, 1, 1).add(block + "pw_proj.bn.weight", out).add(block + "layer_scale.gamma", out);
    }

    private static void attention(ShapeOnly.Table t, int stage, int b, int c, int heads, int d, boolean down) {
        String block = TOWER + "blocks." + stage + "." + b + ".";
        t.add(block + "norm.weight", c).add(block + "attn.query.proj.weight", heads * d, c, 1, 1);
        for (String branch : List.of("key", "value")) {
            if (down) {
                t.add(block + "attn." + branch + ".down_conv.weight", c, 1, 3, 3).add(block + "attn." + branch + ".norm.weight", c);
            }
            t.add(block + "attn." + branch + ".proj.weight", d, c, 1, 1);
        }
        t.add(block + "attn.output.proj.weight", c, heads * d, 1, 1).add(block + "layer_scale.gamma", c);
    }

    /** LFM2 with tied embeddings, heads of 64, three taps, {@code prefix} before {@code embed_tokens}. */
    static ShapeOnly.Table lfm2(String prefix, int width, int heads, int keyValueHeads, int ffn, int layers, List<Integer> attention) {
        ShapeOnly.Table t = new ShapeOnly.Table();
        t.add(prefix + "embed_tokens.weight", 65536, width).add(prefix + "embedding_norm.weight", width);
        for (int i = 0; i < layers; i++) {
            String layer = prefix + "layers." + i + ".";
            t.add(layer + "operator_norm.weight", width).add(layer + "ffn_norm.weight", width)
                    .add(layer + "feed_forward.w1.weight", ffn, width).add(layer + "feed_forward.w3.weight", ffn, width)
                    .add(layer + "feed_forward.w2.weight", width, ffn);
            if (attention.contains(i)) {
                t.add(layer + "self_attn.q_proj.weight", heads * 64, width).add(layer + "self_attn.k_proj.weight", keyValueHeads * 64, width)
                        .add(layer + "self_attn.v_proj.weight", keyValueHeads * 64, width)
                        .add(layer + "self_attn.out_proj.weight", width, heads * 64)
                        .add(layer + "self_attn.q_layernorm.weight", 64).add(layer + "self_attn.k_layernorm.weight", 64);
            } else {
                t.add(layer + "conv.in_proj.weight", 3 * width, width).add(layer + "conv.conv.weight", width, 1, 3)
                        .add(layer + "conv.out_proj.weight", width, width);
            }
        }
        return t;
    }
}

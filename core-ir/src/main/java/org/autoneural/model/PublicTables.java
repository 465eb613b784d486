package org.autoneural.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;

/** Names and shapes of the tensors of public models (model.md A.9, B.2, C.5), weights random. */
final class PublicTables {
    private final Map<String, TensorData> tensors = new LinkedHashMap<>();
    /** Channels of what the next block of the MobileNetV5 reads, and places of that block. */
    private int channels = 64;
    private int stage;
    private int block;

    private PublicTables() {}

    private void add(String name, int... dims) {
        Shape shape = Shape.of(dims);
        tensors.put(name, new RandomWeights(shape, tensors.size(), (float) (1 / Math.sqrt(Math.max(1, shape.elements() / dims[0])))));
    }

    private void affine(String module, int out, int in, boolean bias) {
        add(module + ".weight", out, in);
        if (bias) {
            add(module + ".bias", out);
        }
    }

    /** MobileNetV5-300M as timm names it, and, when {@code width} is positive, a connector to that width. */
    static Map<String, TensorData> mobileNetV5(int width) {
        PublicTables t = new PublicTables();
        t.add("tower.conv_stem.conv.weight", 64, 3, 3, 3);
        t.add("tower.conv_stem.conv.bias", 64);
        t.add("tower.conv_stem.bn.weight", 64);
        for (int i = 0; i < 3; i++) {
            t.edgeResidual();
        }
        t.stage(256, new int[][] {{3, 5, 6}, {5, 0, 4}, {3, 0, 4}, {5, 0, 4}, {3, 0, 4}});
        t.stage(640, new int[][] {{5, 5, 6}, {5, 0, 4}, {5, 0, 4}, {5, 0, 4}, {5, 0, 4}, {5, 0, 4}, {5, 0, 4}, {5, 0, 4}, {0, 0, 1}});
        t.attentions(14, 12, 64, true);
        t.stage(1280, new int[][] {{5, 5, 6}});
        t.attentions(19, 16, 96, false);
        t.normed("tower.msfa.ffn.pw_exp", 3840, 1920, 1, 1);
        t.normed("tower.msfa.ffn.pw_proj", 2048, 3840, 1, 1);
        t.add("tower.msfa.norm.weight", 2048);
        if (width > 0) {
            t.affine("projector.linear_1", width, 2048, true);
            t.affine("projector.linear_2", width, width, true);
        }
        return t.tensors;
    }

    private void normed(String module, int... shape) {
        add(module + ".conv.weight", shape);
        add(module + ".bn.weight", shape[0]);
    }

    private String nextBlock() {
        return "tower.blocks." + stage + "." + block++ + ".";
    }

    private void edgeResidual() {
        String p = nextBlock();
        int mid = 4 * channels;
        add(p + "conv_exp.weight", mid, channels, 3, 3);
        add(p + "bn1.weight", mid);
        add(p + "conv_pwl.weight", 128, mid, 1, 1);
        add(p + "bn2.weight", 128);
        channels = 128;
    }

    /** Opens a stage; blocks: kernels of the two depthwise convolutions (0: not there), expansion. */
    private void stage(int out, int[][] blocks) {
        stage++;
        block = 0;
        for (int[] b : blocks) {
            inverted(b[0], b[1], b[2], out);
        }
    }

    private void inverted(int start, int middle, int expansion, int out) {
        String p = nextBlock();
        int mid = channels * expansion;
        if (start > 0) {
            normed(p + "dw_start", channels, 1, start, start);
        }
        normed(p + "pw_exp", mid, channels, 1, 1);
        if (middle > 0) {
            normed(p + "dw_mid", mid, 1, middle, middle);
        }
        normed(p + "pw_proj", out, mid, 1, 1);
        add(p + "layer_scale.gamma", out);
        channels = out;
    }

    /** {@code count} times attention and a feed-forward block of expansion 2. */
    private void attentions(int count, int heads, int width, boolean down) {
        for (int i = 0; i < count; i++) {
            String p = nextBlock();
            add(p + "norm.weight", channels);
            add(p + "attn.query.proj.weight", heads * width, channels, 1, 1);
            for (String branch : List.of("key", "value")) {
                if (down) {
                    add(p + "attn." + branch + ".down_conv.weight", channels, 1, 3, 3);
                    add(p + "attn." + branch + ".norm.weight", channels);
                }
                add(p + "attn." + branch + ".proj.weight", width, channels, 1, 1);
            }
            add(p + "attn.output.proj.weight", channels, heads * width, 1, 1);
            add(p + "layer_scale.gamma", channels);
            inverted(0, 0, 2, channels);
        }
    }

    /**
     * InternViT-300M for pictures of {@code size} pixels, and, when {@code width} is positive, a connector to that width.
     *
     * @param size a multiple of 28
     */
    static Map<String, TensorData> internVit(int size, int width) {
        PublicTables t = new PublicTables();
        int patches = size / 14;
        t.add("tower.embeddings.patch_embedding.weight", 1024, 3, 14, 14);
        t.add("tower.embeddings.patch_embedding.bias", 1024);
        t.add("tower.embeddings.class_embedding", 1, 1, 1024);
        t.add("tower.embeddings.position_embedding", 1, patches * patches + 1, 1024);
        for (int i = 0; i < 24; i++) {
            String p = "tower.encoder.layers." + i + ".";
            for (String norm : List.of("norm1", "norm2")) {
                t.add(p + norm + ".weight", 1024);
                t.add(p + norm + ".bias", 1024);
            }
            t.affine(p + "attn.qkv", 3072, 1024, true);
            t.affine(p + "attn.proj", 1024, 1024, true);
            t.affine(p + "mlp.fc1", 4096, 1024, true);
            t.affine(p + "mlp.fc2", 1024, 4096, true);
            t.add(p + "ls1", 1024);
            t.add(p + "ls2", 1024);
        }
        if (width > 0) {
            t.affine("projector.linear_1", width, 4096, true);
            t.affine("projector.linear_2", width, width, true);
        }
        return t.tensors;
    }

    /** LFM2-1.2B: 16 layers, of which 2, 5, 8, 10, 12 and 14 attend. */
    static Map<String, TensorData> lfm2() {
        PublicTables t = new PublicTables();
        t.add("embed_tokens.weight", 65536, 2048);
        t.add("embedding_norm.weight", 2048);
        for (int i = 0; i < 16; i++) {
            String p = "layers." + i + ".";
            t.add(p + "operator_norm.weight", 2048);
            t.add(p + "ffn_norm.weight", 2048);
            t.affine(p + "feed_forward.w1", 8192, 2048, false);
            t.affine(p + "feed_forward.w3", 8192, 2048, false);
            t.affine(p + "feed_forward.w2", 2048, 8192, false);
            if (List.of(2, 5, 8, 10, 12, 14).contains(i)) {
                t.affine(p + "self_attn.q_proj", 2048, 2048, false);
                t.affine(p + "self_attn.k_proj", 512, 2048, false);
                t.affine(p + "self_attn.v_proj", 512, 2048, false);
                t.affine(p + "self_attn.out_proj", 2048, 2048, false);
                t.add(p + "self_attn.q_layernorm.weight", 64);
                t.add(p + "self_attn.k_layernorm.weight", 64);
            } else {
                t.affine(p + "conv.in_proj", 6144, 2048, false);
                t.add(p + "conv.conv.weight", 2048, 1, 3);
                t.affine(p + "conv.out_proj", 2048, 2048, false);
            }
        }
        return t.tensors;
    }

    /** InternLM2-1.8B in the names of Qwen2: 24 layers, 16 query and 8 key heads of 128, no biases, a head of its own. */
    static Map<String, TensorData> internLm2() {
        PublicTables t = new PublicTables();
        t.add("embed_tokens.weight", 92544, 2048);
        t.add("norm.weight", 2048);
        t.add("lm_head.weight", 92544, 2048);
        for (int i = 0; i < 24; i++) {
            String p = "layers." + i + ".";
            t.add(p + "input_layernorm.weight", 2048);
            t.add(p + "post_attention_layernorm.weight", 2048);
            t.affine(p + "self_attn.q_proj", 2048, 2048, false);
            t.affine(p + "self_attn.k_proj", 1024, 2048, false);
            t.affine(p + "self_attn.v_proj", 1024, 2048, false);
            t.affine(p + "self_attn.o_proj", 2048, 2048, false);
            t.affine(p + "mlp.gate_proj", 8192, 2048, false);
            t.affine(p + "mlp.up_proj", 8192, 2048, false);
            t.affine(p + "mlp.down_proj", 2048, 8192, false);
        }
        return t.tensors;
    }
}

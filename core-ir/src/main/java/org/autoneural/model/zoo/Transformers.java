package org.autoneural.model.zoo;

import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/**
 * Transformer encoders: ViT (arXiv 2010.11929), BEiT (2106.08254), CLIP (2103.00020), TrOCR (2109.10282), BERT (1810.04805) and kin,
 * ALBERT (1909.11942) and MobileBERT (2004.02984) among them.
 */
final class Transformers {
    private Transformers() {}

    /** Pre-norm blocks of ViT; x: [N, C]. */
    static String preNorm(Net net, String x, int layers, int heads, int mlp, boolean layerScale, boolean keyBias) {
        int c = net.channels(x);
        for (int i = 0; i < layers; i++) {
            net.at("encoder.layers." + i);
            String n = net.layerNorm(x, 1e-6);
            String k = keyBias ? net.linear(n, c) : net.linearPlain(n, c);
            String a = net.linear(net.attention(net.linear(n, c), k, net.linear(n, c), heads), c);
            x = net.sum(x, layerScale ? net.scale(a) : a);
            String m = net.linear(net.act(net.linear(net.layerNorm(x, 1e-6), mlp), Function.GELU_ERF), c);
            x = net.sum(x, layerScale ? net.scale(m) : m);
        }
        return x;
    }

    /** Patches of 16 with a class token in front: [N + 1, C]. */
    private static String patches(Net net, String image, int width, boolean bias) {
        net.at("embeddings");
        String map = bias ? net.convBias(image, width, Window.of(16, 16, 0)) : net.convPlain(image, width, Window.of(16, 16, 0));
        return net.stack(net.constant(1, width), net.flatten(map));
    }

    private static String positions(Net net, String x) {
        return net.sum(x, net.constant(net.shape(x).dim(0), net.channels(x)));
    }

    /** ViT-B/16: [1, 1000]. */
    static String vitBase(Net net, String image) {
        String x = preNorm(net, positions(net, patches(net, image, 768, true)), 12, 12, 3072, false, true);
        net.at("head");
        return net.linear(net.rows(net.layerNorm(x, 1e-6), 0, 1), 1000);
    }

    /**
     * BEiT-B/16: no absolute positions, layer scale, keys without bias, mean over patches. The table of relative positions adds
     * 732 numbers a head and layer, and a sum to the scores that is left out here.
     */
    static String beitBase(Net net, String image) {
        String x = preNorm(net, patches(net, image, 768, true), 12, 12, 3072, true, false);
        net.count(12 * 12 * 732);
        net.at("head");
        String mean = net.flatten(net.globalPool(net.reshape(net.rows(x, 1, net.shape(x).dim(0)), 1, 14, 14, 768)));
        return net.linear(net.layerNorm(mean, 1e-12), 1000);
    }

    /** CLIP ViT-B/16: features of a picture and of 77 tokens, 512 wide each. */
    static String[] clip(Net net, String image, String ids) {
        String x = net.layerNorm(positions(net, patches(net, image, 768, false)), 1e-5);
        x = net.at("visual.head").layerNorm(net.rows(preNorm(net, x, 12, 12, 3072, false, true), 0, 1), 1e-5);
        String picture = net.linearPlain(x, 512);
        net.at("text");
        String t = preNorm(net, positions(net, net.embedding(ids, 49408, 512)), 12, 8, 2048, false, true);
        net.at("text.head");
        return new String[] {picture, net.linearPlain(net.rows(net.layerNorm(t, 1e-5), 76, 77), 512)};
    }

    /**
     * The encoder of TrOCR-small: DeiT-S for pictures of 384 with two tokens in front, and what the cross attention of its six decoder layers
     * reads, 256 wide.
     */
    static String[] trOcrEncoder(Net net, String image) {
        net.at("embeddings");
        String map = net.convBias(image, 384, Window.of(16, 16, 0));
        String x = preNorm(net, positions(net, net.stack(net.constant(2, 384), net.flatten(map))), 12, 6, 1536, false, true);
        net.at("head");
        x = net.layerNorm(x, 1e-12);
        String[] keysAndValues = new String[12];
        for (int i = 0; i < keysAndValues.length; i++) {
            keysAndValues[i] = net.linear(x, 256);
        }
        return keysAndValues;
    }

    /** Post-norm blocks of BERT; x: [N, C]. */
    private static String postNorm(Net net, String x, int layers, int heads, int mlp) {
        int c = net.channels(x);
        for (int i = 0; i < layers; i++) {
            net.at("encoder.layer." + i);
            String a = net.attention(net.linear(x, c), net.linear(x, c), net.linear(x, c), heads);
            x = net.layerNorm(net.sum(x, net.linear(a, c)), 1e-12);
            x = net.layerNorm(net.sum(x, net.linear(net.act(net.linear(x, mlp), Function.GELU_ERF), c)), 1e-12);
        }
        return x;
    }

    /** Sum of word, position and segment (always the first), normed; positions go up to 512. */
    private static String bertEmbeddings(Net net, String ids, int segments) {
        net.at("embeddings");
        int tokens = net.shape(ids).dim(0);
        net.count((512L - tokens) * 768 + segments * 768L);
        return net.layerNorm(net.sum(net.embedding(ids, 30522, 768), net.constant(tokens, 768)), 1e-12);
    }

    /**
     * BERT-base with its masked-word head, whose matrix is the word table, or ELECTRA-base with its discriminator.
     *
     * @param layers   12; DistilBERT has 6
     * @param segments rows of the table of segments; DistilBERT has none
     * @param words    whether the masked-word head follows; else one number a token
     */
    static String bert(Net net, String ids, int layers, int segments, boolean words) {
        String x = postNorm(net, bertEmbeddings(net, ids, segments), layers, 12, 3072);
        net.at("head");
        String y = net.act(net.linear(x, 768), Function.GELU_ERF);
        if (!words) {
            return net.linear(y, 1);
        }
        net.count(-30522L * 768);
        return net.linear(net.layerNorm(y, 1e-12), 30522);
    }

    /** ALBERT-base v2 with its masked-word head: words of 128, and the parameters of one layer for all twelve. */
    static String albert(Net net, String ids) {
        net.at("embeddings");
        int tokens = net.shape(ids).dim(0);
        net.count((512L - tokens) * 128 + 2 * 128);
        String x = net.linear(net.layerNorm(net.sum(net.embedding(ids, 30000, 128), net.constant(tokens, 128)), 1e-12), 768);
        long before = net.parameters();
        x = postNorm(net, x, 12, 12, 3072);
        net.count(-(net.parameters() - before) / 12 * 11);
        net.at("head");
        String y = net.layerNorm(net.act(net.linear(x, 128), Function.GELU_TANH), 1e-12);
        net.count(-30000L * 128);
        return net.linear(y, 30000);
    }

    /** Nomic-embed-text v1.5: rotary positions (their work is left out), gated SiLU, no biases. */
    static String nomic(Net net, String ids) {
        net.at("embeddings");
        net.count(2 * 768);
        String x = net.layerNorm(net.embedding(ids, 30528, 768), 1e-12);
        for (int i = 0; i < 12; i++) {
            net.at("encoder.layers." + i);
            String a = net.attention(net.linearPlain(x, 768), net.linearPlain(x, 768), net.linearPlain(x, 768), 12);
            x = net.layerNorm(net.sum(x, net.linearPlain(a, 768)), 1e-12);
            String gated = net.times(net.linearPlain(x, 3072), net.act(net.linearPlain(x, 3072), Function.SILU));
            x = net.layerNorm(net.sum(x, net.linearPlain(gated, 768)), 1e-12);
        }
        return x;
    }

    /** MobileBERT with its masked-word head, as Hugging Face defines both. */
    static String mobileBert(Net net, String ids) {
        int tokens = net.shape(ids).dim(0);
        net.at("embeddings");
        String words = net.embedding(ids, 30522, 128);
        // A token's word between those of its neighbours; at the ends zeros, which are no parameters.
        net.count((512L - tokens) * 512 + 2 * 512 - 2 * 128);
        String next = net.stack(net.rows(words, 1, tokens), net.constant(1, 128));
        String previous = net.stack(net.constant(1, 128), net.rows(words, 0, tokens - 1));
        String x = net.sum(net.linear(net.concat(next, words, previous), 512), net.constant(tokens, 512));
        x = net.batchNorm(x);
        for (int i = 0; i < 24; i++) {
            net.at("encoder.layer." + i);
            String narrow = net.batchNorm(net.linear(x, 128)), shared = net.batchNorm(net.linear(x, 128));
            String a = net.attention(net.linear(shared, 128), net.linear(shared, 128), net.linear(x, 128), 4);
            narrow = net.batchNorm(net.sum(net.linear(a, 128), narrow));
            for (int f = 0; f < 4; f++) {
                narrow = net.batchNorm(net.sum(net.linear(net.relu(net.linear(narrow, 512)), 128), narrow));
            }
            x = net.batchNorm(net.sum(net.linear(narrow, 512), x));
        }
        net.at("head");
        String y = net.layerNorm(net.relu(net.linear(x, 512)), 1e-12);
        // 128 of the 512 rows of the head's matrix are the word table.
        net.count(-30522L * 128);
        return net.linear(y, 30522);
    }
}

package org.autoneural.benchmarks.full;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.Shape;

/** Names and shapes of MobileNetV5-300M's tensors as timm calls them (model.md B.2). */
final class EncoderTensors {
    private final String prefix;
    private final List<SyntheticTensor> all = new ArrayList<>();
    /** Channels of what the next block reads, and places of the next block. */
    private int channels = 64;
    private int stage;
    private int block;

    private EncoderTensors(String prefix) {
        this.prefix = prefix;
    }

    static List<SyntheticTensor> all(String prefix) {
        EncoderTensors tensors = new EncoderTensors(prefix);
        tensors.build();
        return tensors.all;
    }

    private void build() {
        add("conv_stem.conv.weight", 64, 3, 3, 3);
        add("conv_stem.conv.bias", 64);
        add("conv_stem.bn.weight", 64);
        for (int i = 0; i < 3; i++) {
            edgeResidual(4, 128);
        }
        nextStage();
        inverted(3, 5, 6, 256);
        for (int kernel : new int[] {5, 3, 5, 3}) {
            inverted(kernel, 0, 4, 256);
        }
        nextStage();
        inverted(5, 5, 6, 640);
        for (int i = 0; i < 7; i++) {
            inverted(5, 0, 4, 640);
        }
        inverted(0, 0, 1, 640);
        for (int i = 0; i < 14; i++) {
            attention(12, 64, true);
            inverted(0, 0, 2, 640);
        }
        nextStage();
        inverted(5, 5, 6, 1280);
        for (int i = 0; i < 19; i++) {
            attention(16, 96, false);
            inverted(0, 0, 2, 1280);
        }
        convNorm("msfa.ffn.pw_exp", 3840, 1920, 1, 1);
        convNorm("msfa.ffn.pw_proj", 2048, 3840, 1, 1);
        add("msfa.norm.weight", 2048);
    }

    private void add(String name, int... shape) {
        all.add(new SyntheticTensor(prefix + name, Shape.of(shape)));
    }

    private void convNorm(String module, int... shape) {
        add(module + ".conv.weight", shape);
        add(module + ".bn.weight", shape[0]);
    }

    private void nextStage() {
        stage++;
        block = 0;
    }

    private String nextBlock() {
        return "blocks." + stage + "." + block++ + ".";
    }

    private void edgeResidual(int expansion, int out) {
        String p = nextBlock();
        int mid = channels * expansion;
        add(p + "conv_exp.weight", mid, channels, 3, 3);
        add(p + "bn1.weight", mid);
        add(p + "conv_pwl.weight", out, mid, 1, 1);
        add(p + "bn2.weight", out);
        channels = out;
    }

    /** @param start kernel of the first depthwise convolution, {@code middle} of the second; 0: not there */
    private void inverted(int start, int middle, int expansion, int out) {
        String p = nextBlock();
        int mid = channels * expansion;
        if (start > 0) {
            convNorm(p + "dw_start", channels, 1, start, start);
        }
        convNorm(p + "pw_exp", mid, channels, 1, 1);
        if (middle > 0) {
            convNorm(p + "dw_mid", mid, 1, middle, middle);
        }
        convNorm(p + "pw_proj", out, mid, 1, 1);
        add(p + "layer_scale.gamma", out);
        channels = out;
    }

    /** @param down whether keys and values are shrunk by a depthwise convolution */
    private void attention(int heads, int headWidth, boolean down) {
        String p = nextBlock();
        add(p + "norm.weight", channels);
        add(p + "attn.query.proj.weight", heads * headWidth, channels, 1, 1);
        for (String branch : List.of("key", "value")) {
            if (down) {
                add(p + "attn." + branch + ".down_conv.weight", channels, 1, 3, 3);
                add(p + "attn." + branch + ".norm.weight", channels);
            }
            add(p + "attn." + branch + ".proj.weight", headWidth, channels, 1, 1);
        }
        add(p + "attn.output.proj.weight", channels, heads * headWidth, 1, 1);
        add(p + "layer_scale.gamma", channels);
    }
}

package org.autoneural.model.zoo;

import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/**
 * Networks of inverted residuals, all as torchvision defines them: MobileNetV2 (arXiv 1801.04381), MobileNetV3 (1905.02244),
 * MnasNet (1807.11626), EfficientNet (1905.11946) and EfficientNetV2 (2104.00298); and GPUNet-0 (2205.00841) as NVIDIA defines it.
 */
final class MobileNets {
    private MobileNets() {}

    /** Multiple of 8 next to {@code channels}, not more than a tenth below it. */
    static int round8(double channels) {
        int rounded = Math.max(8, (int) (channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    static String v2(Net net, String image) {
        // expansion, channels, blocks, stride
        int[][] stages = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
        String x = net.at("stem").relu6(net.conv(image, 32, 3, 2));
        for (int s = 0; s < stages.length; s++) {
            for (int b = 0; b < stages[s][2]; b++) {
                net.at("stage" + s + "." + b);
                int stride = b == 0 ? stages[s][3] : 1;
                String y = stages[s][0] == 1 ? x : net.relu6(net.conv(x, net.channels(x) * stages[s][0], 1, 1));
                y = net.conv(net.relu6(net.depthwise(y, 3, stride)), stages[s][1], 1, 1);
                x = stride == 1 && net.channels(x) == stages[s][1] ? net.sum(x, y) : y;
            }
        }
        return net.at("head").relu6(net.conv(x, 1280, 1, 1));
    }

    /** Kernel, expanded channels, channels, squeeze (1) or not, hard swish (1) or ReLU, stride. */
    private static final int[][] V3_LARGE = {{3, 16, 16, 0, 0, 1}, {3, 64, 24, 0, 0, 2}, {3, 72, 24, 0, 0, 1}, {5, 72, 40, 1, 0, 2},
            {5, 120, 40, 1, 0, 1}, {5, 120, 40, 1, 0, 1}, {3, 240, 80, 0, 1, 2}, {3, 200, 80, 0, 1, 1}, {3, 184, 80, 0, 1, 1},
            {3, 184, 80, 0, 1, 1}, {3, 480, 112, 1, 1, 1}, {3, 672, 112, 1, 1, 1}, {5, 672, 160, 1, 1, 2}, {5, 960, 160, 1, 1, 1},
            {5, 960, 160, 1, 1, 1}};
    private static final int[][] V3_SMALL = {{3, 16, 16, 1, 0, 2}, {3, 72, 24, 0, 0, 2}, {3, 88, 24, 0, 0, 1}, {5, 96, 40, 1, 1, 2},
            {5, 240, 40, 1, 1, 1}, {5, 240, 40, 1, 1, 1}, {5, 120, 48, 1, 1, 1}, {5, 144, 48, 1, 1, 1}, {5, 288, 96, 1, 1, 2},
            {5, 576, 96, 1, 1, 1}, {5, 576, 96, 1, 1, 1}};

    /** The result is [1, classes]. */
    static String v3(Net net, String image, boolean large) {
        String x = net.at("stem").act(net.conv(image, 16, 3, 2), Function.HARD_SWISH);
        int[][] blocks = large ? V3_LARGE : V3_SMALL;
        for (int b = 0; b < blocks.length; b++) {
            int[] k = blocks[b];
            net.at("features." + (b + 1));
            String y = k[1] == net.channels(x) ? x : nonlinear(net, net.conv(x, k[1], 1, 1), k[4]);
            y = nonlinear(net, net.depthwise(y, k[0], k[5]), k[4]);
            y = k[3] == 1 ? squeeze(net, y, round8(k[1] / 4.0), true, Function.HARD_SIGMOID) : y;
            y = net.conv(y, k[2], 1, 1);
            x = k[5] == 1 && net.channels(x) == k[2] ? net.sum(x, y) : y;
        }
        net.at("classifier");
        x = net.act(net.conv(x, 6 * net.channels(x), 1, 1), Function.HARD_SWISH);
        x = net.act(net.linear(net.flatten(net.globalPool(x)), large ? 1280 : 1024), Function.HARD_SWISH);
        return net.linear(x, 1000);
    }

    private static String nonlinear(Net net, String x, int hardSwish) {
        return hardSwish == 1 ? net.act(x, Function.HARD_SWISH) : net.relu(x);
    }

    /** Squeeze and excitation: channels are weighed by what the mean over the picture says. */
    static String squeeze(Net net, String x, int mid, boolean relu, Function gate) {
        String y = net.convBias(net.globalPool(x), mid, Window.of(1, 1));
        y = relu ? net.relu(y) : net.act(y, Function.SILU);
        return net.gate(x, net.act(net.convBias(y, net.channels(x), Window.of(1, 1)), gate));
    }

    static String mnas(Net net, String image, double alpha) {
        // kernel, stride, expansion, channels, blocks
        int[][] stages = {{3, 2, 3, 24, 3}, {5, 2, 3, 40, 3}, {5, 2, 6, 80, 3}, {3, 1, 6, 96, 2}, {5, 2, 6, 192, 4}, {3, 1, 6, 320, 1}};
        String x = net.at("stem").relu(net.conv(image, round8(32 * alpha), 3, 2));
        x = net.conv(net.relu(net.depthwise(x, 3, 1)), round8(16 * alpha), 1, 1);
        for (int s = 0; s < stages.length; s++) {
            int out = round8(stages[s][3] * alpha);
            for (int b = 0; b < stages[s][4]; b++) {
                net.at("stage" + s + "." + b);
                int stride = b == 0 ? stages[s][1] : 1;
                String y = net.relu(net.conv(x, net.channels(x) * stages[s][2], 1, 1));
                y = net.conv(net.relu(net.depthwise(y, stages[s][0], stride)), out, 1, 1);
                x = b > 0 ? net.sum(x, y) : y;
            }
        }
        return net.at("head").relu(net.conv(x, 1280, 1, 1));
    }

    /** EfficientNet with its factors for channels and blocks: B0 1 and 1, B4 1.4 and 1.8. */
    static String efficient(Net net, String image, double wide, double deep) {
        // expansion, kernel, stride, channels, blocks
        int[][] stages = {{1, 3, 1, 16, 1}, {6, 3, 2, 24, 2}, {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3}, {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4},
                {6, 3, 1, 320, 1}};
        String x = net.at("stem").act(net.conv(image, round8(32 * wide), 3, 2), Function.SILU);
        for (int s = 0; s < stages.length; s++) {
            int blocks = (int) Math.ceil(stages[s][4] * deep);
            for (int b = 0; b < blocks; b++) {
                net.at("features." + (s + 1) + "." + b);
                x = inverted(net, x, stages[s][0], stages[s][1], b == 0 ? stages[s][2] : 1, round8(stages[s][3] * wide));
            }
        }
        return net.at("head").act(net.conv(x, 4 * net.channels(x), 1, 1), Function.SILU);
    }

    /** EfficientNetV2-S. */
    static String efficientV2Small(Net net, String image) {
        // fused (1) or not, expansion, stride, channels, blocks; kernels are 3
        int[][] stages = {{1, 1, 1, 24, 2}, {1, 4, 2, 48, 4}, {1, 4, 2, 64, 4}, {0, 4, 2, 128, 6}, {0, 6, 1, 160, 9}, {0, 6, 2, 256, 15}};
        String x = net.at("stem").act(net.conv(image, 24, 3, 2), Function.SILU);
        for (int s = 0; s < stages.length; s++) {
            for (int b = 0; b < stages[s][4]; b++) {
                net.at("features." + (s + 1) + "." + b);
                int stride = b == 0 ? stages[s][2] : 1;
                x = stages[s][0] == 1 ? fused(net, x, stages[s][1], stride, stages[s][3])
                        : inverted(net, x, stages[s][1], 3, stride, stages[s][3]);
            }
        }
        return net.at("head").act(net.conv(x, 1280, 1, 1), Function.SILU);
    }

    private static String inverted(Net net, String x, int expansion, int kernel, int stride, int out) {
        int in = net.channels(x);
        String y = expansion == 1 ? x : net.act(net.conv(x, in * expansion, 1, 1), Function.SILU);
        y = net.act(net.depthwise(y, kernel, stride), Function.SILU);
        y = net.conv(squeeze(net, y, Math.max(1, in / 4), false, Function.SIGMOID), out, 1, 1);
        return stride == 1 && in == out ? net.sum(x, y) : y;
    }

    private static String fused(Net net, String x, int expansion, int stride, int out) {
        int in = net.channels(x);
        String y = net.act(net.conv(x, expansion == 1 ? out : in * expansion, 3, stride), Function.SILU);
        y = expansion == 1 ? y : net.conv(y, out, 1, 1);
        return stride == 1 && in == out ? net.sum(x, y) : y;
    }

    /** GPUNet-0. */
    static String gpuNet0(Net net, String image) {
        String x = net.at("stem").act(net.conv(image, 32, 3, 2), Function.SILU);
        for (int i = 0; i < 2; i++) {
            x = net.relu(net.conv(x, 32, 3, 1));
        }
        // fused (1) or not, stride, channels, SiLU (1) or ReLU, squeeze (1) or not; kernels are 3, channels expand five times
        int[][] blocks = {{1, 2, 32, 0, 0}, {1, 1, 32, 0, 0}, {1, 2, 64, 0, 0}, {1, 1, 64, 0, 0}, {1, 1, 64, 0, 0}, {0, 2, 256, 1, 0},
                {0, 1, 256, 1, 0}, {0, 1, 256, 1, 0}, {0, 2, 704, 0, 1}, {0, 1, 704, 0, 1}};
        for (int b = 0; b < blocks.length; b++) {
            net.at("block" + b);
            int[] k = blocks[b];
            int in = net.channels(x), mid = round8(5.0 * in);
            String y = siluOrRelu(net, k[0] == 1 ? net.conv(x, mid, 3, k[1]) : net.conv(x, mid, 1, 1), k[3]);
            y = k[0] == 1 ? y : siluOrRelu(net, net.depthwise(y, 3, k[1]), k[3]);
            y = net.conv(k[4] == 1 ? squeeze(net, y, (int) Math.rint(mid * (0.25 / 5)), true, Function.SIGMOID) : y, k[2], 1, 1);
            x = k[1] == 1 && in == k[2] ? net.sum(y, x) : y;
        }
        return net.at("head").relu(net.conv(x, 1280, 1, 1));
    }

    private static String siluOrRelu(Net net, String x, int silu) {
        return silu == 1 ? net.act(x, Function.SILU) : net.relu(x);
    }
}

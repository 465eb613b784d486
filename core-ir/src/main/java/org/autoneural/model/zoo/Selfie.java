package org.autoneural.model.zoo;

import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/** MediaPipe's selfie segmentation for square pictures (its model card; as in qualcomm/ai-hub-models): MobileNetV3 with a decoder. */
final class Selfie {
    /** Channels in the middle, kernel, stride, channels inside the squeeze, channels, with the operand added (1) or not. */
    private static final int[][] BLOCKS = {{96, 5, 2, 24, 32, 0}, {128, 5, 1, 32, 32, 1}, {128, 5, 1, 32, 32, 1}, {96, 5, 1, 24, 32, 1},
            {96, 5, 1, 24, 32, 1}};

    private Selfie() {}

    private static String one(Net net, String x, int out) {
        return net.convBias(x, out, Window.of(1, 1));
    }

    private static String depthwise(Net net, String x, int kernel, int stride) {
        return net.convBias(x, net.channels(x), Window.of(kernel, stride).groups(net.channels(x)));
    }

    private static String squeeze(Net net, String x, int mid) {
        return MobileNets.squeeze(net, x, mid, true, Function.SIGMOID);
    }

    private static String doubled(Net net, String x) {
        return net.resizeBilinear(x, 2 * net.height(x), 2 * net.width(x));
    }

    /** Adds to {@code coarse} of {@code fine} as much as the mean over their sum says. */
    private static String joined(Net net, String coarse, String fine) {
        int c = net.channels(fine);
        String gate = one(net, net.relu(one(net, net.globalPool(net.sum(coarse, fine)), c)), c);
        return net.sum(coarse, net.gate(fine, net.act(gate, Function.SIGMOID)));
    }

    private static String refined(Net net, String x, int out) {
        String y = net.relu(one(net, x, out));
        return net.sum(y, net.relu(depthwise(net, y, 3, 1)));
    }

    /** For every pixel, whether it belongs to a person: [1, H, W, 1]. */
    static String mask(Net net, String image) {
        net.at("encoder");
        String half = net.act(net.convBias(image, 16, Window.of(3, 2)), Function.HARD_SWISH);
        String x = net.relu(depthwise(net, net.relu(one(net, half, 16)), 3, 2));
        String quarter = one(net, squeeze(net, x, 8), 16);
        x = one(net, net.relu(depthwise(net, net.relu(one(net, quarter, 72)), 3, 2)), 24);
        String eighth = net.sum(one(net, net.relu(depthwise(net, net.relu(one(net, x, 88)), 3, 1)), 24), x);
        x = eighth;
        for (int[] b : BLOCKS) {
            String y = net.act(one(net, x, b[0]), Function.HARD_SWISH);
            y = net.act(depthwise(net, y, b[1], b[2]), Function.HARD_SWISH);
            y = one(net, squeeze(net, y, b[3]), b[4]);
            x = b[5] == 1 ? net.sum(y, x) : y;
        }
        net.at("decoder");
        String gate = net.act(one(net, net.globalPool(x), 128), Function.SIGMOID);
        x = net.gate(net.relu(one(net, x, 128)), gate);
        x = refined(net, joined(net, one(net, doubled(net, x), 24), eighth), 24);
        x = refined(net, joined(net, one(net, doubled(net, x), 16), quarter), 16);
        x = refined(net, joined(net, one(net, doubled(net, x), 16), half), 16);
        return net.act(net.up2(x, 1), Function.SIGMOID);
    }
}

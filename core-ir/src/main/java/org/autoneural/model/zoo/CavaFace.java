package org.autoneural.model.zoo;

import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/** IR-SE-100 of ArcFace (arXiv 1801.07698; cavalleria/cavaface.pytorch): residual blocks with batch norms first, squeeze and excitation. */
final class CavaFace {
    private static final int[] BLOCKS = {3, 13, 30, 3};

    private CavaFace() {}

    /** PReLU: a function of one element, with a parameter for each channel. */
    private static String prelu(Net net, String x) {
        net.count(net.channels(x));
        return net.leaky(x);
    }

    private static String block(Net net, String x, int out, int stride) {
        String y = prelu(net, net.convPlain(net.batchNorm(x), out, Window.of(3, 1)));
        y = net.conv(y, out, 3, stride);
        String gate = net.relu(net.convPlain(net.globalPool(y), out / 16, Window.of(1, 1)));
        y = net.gate(y, net.act(net.convPlain(gate, out, Window.of(1, 1)), Function.SIGMOID));
        String beside = net.channels(x) == out ? stride == 1 ? x : net.maxPool(x, 1, stride, 0) : net.conv(x, out, 1, stride);
        return net.sum(y, beside);
    }

    /** Features of a face: [1, 512]. */
    static String features(Net net, String image) {
        net.at("stem");
        String x = prelu(net, net.conv(image, 64, 3, 1));
        for (int s = 0; s < BLOCKS.length; s++) {
            for (int b = 0; b < BLOCKS[s]; b++) {
                net.at("body." + s + "." + b);
                x = block(net, x, 64 << s, b == 0 ? 2 : 1);
            }
        }
        net.at("head");
        x = net.batchNorm(x);
        net.count(2 * 512); // the last batch norm, folded
        return net.linear(net.reshape(x, 1, net.height(x) * net.width(x) * net.channels(x)), 512);
    }
}

package org.autoneural.model.zoo;

import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/**
 * LaMa's dilated generator (arXiv 2109.07161; advimman/lama), which paints what a mask leaves out. Its borders are mirrored; here they are
 * zeros, as a part of the convolutions.
 */
final class Lama {
    private static final int BLOCKS = 9;
    private static final int DILATIONS = 4;

    private Lama() {}

    /** @param image picture with its mask as fourth channel */
    static String dilated(Net net, String image) {
        net.at("down");
        String x = net.relu(withNorm(net, image, 64, Window.of(7, 1)));
        for (int c = 128; c <= 512; c *= 2) {
            x = net.relu(withNorm(net, x, c, Window.of(3, 2)));
        }
        for (int b = 0; b < BLOCKS; b++) {
            net.at("block" + b);
            x = net.sum(x, normed(net, sumOfDilations(net, net.relu(normed(net, sumOfDilations(net, x))))));
        }
        net.at("up");
        for (int c = 256; c >= 64; c /= 2) {
            x = net.relu(net.up3(x, c));
        }
        return net.act(net.convBias(x, 3, Window.of(7, 1)), Function.SIGMOID);
    }

    /** Convolution with a bias and batch norm. */
    private static String withNorm(Net net, String x, int out, Window w) {
        net.count(out);
        return net.conv(x, out, w);
    }

    /** The batch norm after a sum of convolutions folds into them. */
    private static String normed(Net net, String x) {
        net.count(2L * net.channels(x));
        return x;
    }

    /** A quarter of the channels for each dilation 1, 2, 4 and 8; the results are summed. */
    private static String sumOfDilations(Net net, String x) {
        int c = net.channels(x), part = c / DILATIONS;
        String sum = "";
        for (int d = 0; d < DILATIONS; d++) {
            String y = net.convBias(net.slice(x, d * part, (d + 1) * part), c, Window.of(3, 1).dilated(1 << d));
            sum = d == 0 ? y : net.sum(sum, y);
        }
        return sum;
    }
}

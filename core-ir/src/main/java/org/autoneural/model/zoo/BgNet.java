package org.autoneural.model.zoo;

import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/**
 * BGNet (arXiv 2207.00794; thograce/BGNet), which finds what is camouflaged, on Res2Net-50 v1b 26w x 4s (1904.01169). Only the finest of
 * its maps is computed; the two coarser ones count as parameters.
 */
final class BgNet {
    private static final int[] BLOCKS = {3, 4, 6, 3};

    private BgNet() {}

    private static String conv(Net net, String x, int out, int kernel, int dilation) {
        return net.relu(net.conv(x, out, Window.of(kernel, 1).dilated(dilation)));
    }

    /** Product with a bias, batch norm and ReLU. */
    private static String reduce(Net net, String x, int out) {
        net.count(out);
        return conv(net, x, out, 1, 1);
    }

    /** Four parts of the channels, each but the last with a convolution, which in later blocks of a stage also sees the part before. */
    private static String res2(Net net, String x, int planes, int stride, boolean first) {
        int width = planes * 26 / 64;
        String y = net.relu(net.conv(x, 4 * width, 1, 1));
        String[] parts = new String[4];
        for (int i = 0; i < 3; i++) {
            String part = net.slice(y, i * width, (i + 1) * width);
            parts[i] = net.relu(net.conv(i == 0 || first ? part : net.sum(parts[i - 1], part), width, 3, stride));
        }
        String last = net.slice(y, 3 * width, 4 * width);
        parts[3] = first ? net.avgPoolSame3(last, stride) : last;
        y = net.conv(net.concat(parts), 4 * planes, 1, 1);
        String beside = !first ? x : net.conv(stride == 1 ? x : net.avgPool(x, stride, stride), 4 * planes, 1, 1);
        return net.relu(net.sum(y, beside));
    }

    private static String resized(Net net, String x, String as) {
        return net.resizeBilinear(x, net.height(as), net.width(as));
    }

    /** Features stressed along the edges, then each channel by what the means of its neighbours say. */
    private static String stressed(Net net, String x, String edges, int kernel) {
        int c = net.channels(x);
        String at = net.height(edges) == net.height(x) ? edges : resized(net, edges, x);
        String y = conv(net, net.sum(net.gateMap(x, at), x), c, 3, 1);
        String means = net.reshape(net.globalPool(y), 1, 1, c, 1);
        String gate = net.act(net.convPlain(means, 1, Window.of(1, kernel, 0, kernel / 2)), Function.SIGMOID);
        return net.gate(y, net.reshape(gate, 1, 1, 1, c));
    }

    /** Joins a fine map with a coarse one; a quarter of the channels each with dilations 1 to 4. */
    private static String joined(Net net, String fine, String coarse, int c) {
        int part = c / 4;
        String up = net.height(coarse) == net.height(fine) ? coarse : resized(net, coarse, fine);
        String x = reduce(net, net.concat(fine, up), c);
        String[] q = new String[4], y = new String[4];
        for (int i = 0; i < 4; i++) {
            q[i] = net.slice(x, i * part, (i + 1) * part);
        }
        y[0] = conv(net, net.sum(q[0], q[1]), part, 3, 1);
        y[1] = conv(net, net.sum(net.sum(q[1], y[0]), q[2]), part, 3, 2);
        y[2] = conv(net, net.sum(net.sum(q[2], y[1]), q[3]), part, 3, 3);
        y[3] = conv(net, net.sum(q[3], y[2]), part, 3, 4);
        return conv(net, net.sum(x, reduce(net, net.concat(y), c)), c, 3, 1);
    }

    /** One number for every pixel of the picture. */
    static String mask(Net net, String image) {
        net.at("stem");
        String x = net.relu(net.conv(image, 32, 3, 2));
        x = net.relu(net.conv(net.relu(net.conv(x, 32, 3, 1)), 64, 3, 1));
        x = net.maxPool(x, 3, 2, 1);
        String[] maps = new String[4];
        for (int s = 0; s < 4; s++) {
            for (int b = 0; b < BLOCKS[s]; b++) {
                net.at("layer" + (s + 1) + "." + b);
                x = res2(net, x, 64 << s, s > 0 && b == 0 ? 2 : 1, b == 0);
            }
            maps[s] = x;
        }
        net.at("edges");
        String coarse = resized(net, reduce(net, maps[3], 256), maps[0]);
        String edges = net.concat(coarse, reduce(net, maps[0], 64));
        edges = conv(net, conv(net, edges, 256, 3, 1), 256, 3, 1);
        edges = net.act(net.convBias(edges, 1, Window.of(1, 1)), Function.SIGMOID);
        int[] kernels = {5, 5, 5, 7}, widths = {64, 128, 256, 256};
        String[] reduced = new String[4];
        for (int s = 0; s < 4; s++) {
            net.at("stress" + (s + 1));
            reduced[s] = reduce(net, stressed(net, maps[s], edges, kernels[s]), widths[s]);
        }
        net.at("join");
        x = joined(net, reduced[2], reduced[3], 256);
        x = joined(net, reduced[1], x, 128);
        x = joined(net, reduced[0], x, 64);
        net.count(256 + 1 + 128 + 1);
        return net.resizeBilinear(net.convBias(x, 1, Window.of(1, 1)), net.height(image), net.width(image));
    }
}

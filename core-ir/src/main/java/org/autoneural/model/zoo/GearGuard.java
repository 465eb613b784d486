package org.autoneural.model.zoo;

import org.autoneural.model.zoo.Net.Window;

/** PPE-Detection (qualcomm/ai-hub-models, BSD-3-Clause): YOLOv5's plan in size S with depthwise blocks after BlazeFace (arXiv 1907.05047). */
final class GearGuard {
    /** Three anchors, each with a box, object or not, and two classes. */
    private static final int OUTPUTS = 3 * (5 + 2);

    private GearGuard() {}

    private static String conv(Net net, String x, int out, int kernel, int stride) {
        return net.relu(net.conv(x, out, kernel, stride));
    }

    /** Two depthwise convolutions of 5 x 5, each followed by a product, and the operand beside them. */
    private static String blaze(Net net, String x, int out) {
        int in = net.channels(x), mid = Math.max(in, out) / 2;
        String y = net.relu(net.conv(net.depthwise(x, 5, 1), mid, 1, 1));
        y = net.conv(net.depthwise(y, 5, 1), out, 1, 1);
        return net.relu(net.sum(y, in == out ? x : net.convBias(x, out, Window.of(1, 1))));
    }

    private static String doubled(Net net, String x) {
        return net.resizeNearest(x, 2 * net.height(x), 2 * net.width(x));
    }

    /** For each of three resolutions: what the anchors of every pixel hold. */
    static String[] small(Net net, String image) {
        net.at("backbone");
        String x = net.relu(net.conv(image, 32, Window.of(6, 2, 2)));
        x = blaze(net, conv(net, x, 64, 3, 2), 64);
        String p3 = blaze(net, conv(net, x, 128, 3, 2), 128);
        String p4 = conv(net, p3, 256, 3, 2);
        for (int i = 0; i < 3; i++) {
            p4 = blaze(net, p4, 256);
        }
        String p5 = conv(net, blaze(net, conv(net, p4, 512, 3, 2), 512), 512, 3, 1);
        net.at("neck");
        String top = conv(net, p5, 256, 1, 1);
        String middle = conv(net, blaze(net, net.concat(doubled(net, top), p4), 256), 128, 1, 1);
        String n3 = blaze(net, net.concat(doubled(net, middle), p3), 128);
        String n4 = blaze(net, net.concat(conv(net, n3, 128, 3, 2), middle), 256);
        String n5 = blaze(net, net.concat(conv(net, n4, 256, 3, 2), top), 512);
        net.at("head");
        return new String[] {net.convBias(n3, OUTPUTS, Window.of(1, 1)), net.convBias(n4, OUTPUTS, Window.of(1, 1)),
            net.convBias(n5, OUTPUTS, Window.of(1, 1))};
    }
}

package org.autoneural.model.zoo;

import org.autoneural.model.zoo.Net.Window;

/** DeepLabV3+ (arXiv 1802.02611) on MobileNetV2 with output stride 16, as in jfzhang95/pytorch-deeplab-xception. */
final class DeepLab {
    private static final int CHANNELS = 256;
    private static final int CLASSES = 21;

    private DeepLab() {}

    /** A class for every pixel of the picture. */
    static String mobileNet(Net net, String image) {
        // expansion, channels, blocks, stride, dilation
        int[][] stages = {{1, 16, 1, 1, 1}, {6, 24, 2, 2, 1}, {6, 32, 3, 2, 1}, {6, 64, 4, 2, 1}, {6, 96, 3, 1, 1}, {6, 160, 3, 1, 2},
                {6, 320, 1, 1, 2}};
        String x = net.at("backbone").relu6(net.conv(image, 32, 3, 2));
        String fine = x;
        for (int s = 0; s < stages.length; s++) {
            for (int b = 0; b < stages[s][2]; b++) {
                x = inverted(net, x, stages[s][0], stages[s][1], b == 0 ? stages[s][3] : 1, stages[s][4]);
            }
            fine = s == 1 ? x : fine;
        }
        net.at("aspp");
        String whole = net.resizeBilinear(net.relu(net.conv(net.globalPool(x), CHANNELS, 1, 1)), net.height(x), net.width(x));
        x = net.concat(net.relu(net.conv(x, CHANNELS, 1, 1)), dilated(net, x, 6), dilated(net, x, 12), dilated(net, x, 18), whole);
        x = net.relu(net.conv(x, CHANNELS, 1, 1));
        net.at("decoder");
        fine = net.relu(net.conv(fine, 48, 1, 1));
        x = net.concat(net.resizeBilinear(x, net.height(fine), net.width(fine)), fine);
        x = net.relu(net.conv(net.relu(net.conv(x, CHANNELS, 3, 1)), CHANNELS, 3, 1));
        return net.resizeBilinear(net.convBias(x, CLASSES, Window.of(1, 1)), net.height(image), net.width(image));
    }

    private static String dilated(Net net, String x, int by) {
        return net.relu(net.conv(x, CHANNELS, Window.of(3, 1).dilated(by)));
    }

    private static String inverted(Net net, String x, int expansion, int out, int stride, int dilation) {
        int in = net.channels(x);
        String y = expansion == 1 ? x : net.relu6(net.conv(x, in * expansion, 1, 1));
        y = net.relu6(net.conv(y, in * expansion, Window.of(3, stride).groups(in * expansion).dilated(dilation)));
        y = net.conv(y, out, 1, 1);
        return stride == 1 && in == out ? net.sum(x, y) : y;
    }
}

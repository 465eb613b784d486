package org.autoneural.model.zoo;

import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/** YOLOv7 (arXiv 2207.02696; WongKinYiu/yolov7) in its size tiny. */
final class YoloV7 {
    /** Three anchors, each with a box, object or not, and 80 classes. */
    private static final int OUTPUTS = 3 * (5 + 80);

    private YoloV7() {}

    private static String conv(Net net, String x, int out, int kernel, int stride) {
        return net.leaky(net.conv(x, out, kernel, stride));
    }

    /** Two convolutions after each other and one beside them, all four maps joined. */
    private static String joined(Net net, String x, int mid, int out) {
        String beside = conv(net, x, mid, 1, 1), first = conv(net, x, mid, 1, 1);
        String second = conv(net, first, mid, 3, 1);
        return conv(net, net.concat(conv(net, second, mid, 3, 1), second, first, beside), out, 1, 1);
    }

    private static String half(Net net, String x) {
        return net.maxPool(x, 2, 2, 0);
    }

    private static String doubled(Net net, String x) {
        return net.resizeNearest(x, 2 * net.height(x), 2 * net.width(x));
    }

    /** For each of three resolutions: what the anchors of every pixel hold. */
    static String[] tiny(Net net, String image) {
        net.at("backbone");
        String x = joined(net, conv(net, conv(net, image, 32, 3, 2), 64, 3, 2), 32, 64);
        String p3 = joined(net, half(net, x), 64, 128);
        String p4 = joined(net, half(net, p3), 128, 256);
        String p5 = joined(net, half(net, p4), 256, 512);
        net.at("pools");
        String beside = conv(net, p5, 256, 1, 1), y = conv(net, p5, 256, 1, 1);
        y = net.concat(net.maxPool(y, 13, 1, 6), net.maxPool(y, 9, 1, 4), net.maxPool(y, 5, 1, 2), y);
        String top = conv(net, net.concat(conv(net, y, 256, 1, 1), beside), 256, 1, 1);
        net.at("neck");
        String up = doubled(net, conv(net, top, 128, 1, 1));
        String middle = joined(net, net.concat(conv(net, p4, 128, 1, 1), up), 64, 128);
        up = doubled(net, conv(net, middle, 64, 1, 1));
        String n3 = joined(net, net.concat(conv(net, p3, 64, 1, 1), up), 32, 64);
        String n4 = joined(net, net.concat(conv(net, n3, 128, 3, 2), middle), 64, 128);
        String n5 = joined(net, net.concat(conv(net, n4, 256, 3, 2), top), 128, 256);
        net.at("head");
        String[] maps = {n3, n4, n5}, outputs = new String[3];
        for (int i = 0; i < 3; i++) {
            String wide = conv(net, maps[i], 2 * net.channels(maps[i]), 3, 1);
            outputs[i] = net.act(net.convBias(wide, OUTPUTS, Window.of(1, 1)), Function.SIGMOID);
        }
        return outputs;
    }
}

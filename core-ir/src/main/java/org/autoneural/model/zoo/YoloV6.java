package org.autoneural.model.zoo;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/**
 * YOLOv6 v4.0 (arXiv 2301.05586; meituan/YOLOv6) in its size N, the three branches of every block merged into one convolution, as it is
 * deployed.
 */
final class YoloV6 {
    private static final int CLASSES = 80;
    private static final int NECK_BLOCKS = 4;

    private YoloV6() {}

    private static String relu(Net net, String x, int out, int kernel, int stride) {
        return net.relu(net.conv(x, out, kernel, stride));
    }

    /** A merged block: its convolution has a bias instead of a batch norm. */
    private static String merged(Net net, String x, int out, int stride) {
        return net.relu(net.convBias(x, out, Window.of(3, stride)));
    }

    private static String stage(Net net, String x, int out, int blocks) {
        for (int i = 0; i < blocks; i++) {
            x = merged(net, x, out, 1);
        }
        return x;
    }

    /** Three pools after each other on one half of the channels, the other half beside them. */
    private static String pools(Net net, String x) {
        int half = net.channels(x) / 2;
        String y = relu(net, relu(net, relu(net, x, half, 1, 1), half, 3, 1), half, 1, 1);
        String beside = relu(net, x, half, 1, 1);
        String first = net.maxPool(y, 5, 1, 2), second = net.maxPool(first, 5, 1, 2);
        y = relu(net, net.concat(y, first, second, net.maxPool(second, 5, 1, 2)), half, 1, 1);
        return relu(net, net.concat(beside, relu(net, y, half, 3, 1)), 2 * half, 1, 1);
    }

    /** A coarse map doubled, one as it is, and a fine one halved. */
    private static String fusion(Net net, String coarse, String middle, String fine) {
        int c = net.channels(coarse);
        String up = net.up2(coarse, c), down = relu(net, relu(net, fine, c, 1, 1), c, 3, 2);
        return relu(net, net.concat(up, relu(net, middle, c, 1, 1), down), c, 1, 1);
    }

    /** For each of three resolutions: classes and box of every pixel. */
    static String[] nano(Net net, String image) {
        net.at("backbone");
        String p2 = stage(net, merged(net, merged(net, image, 16, 2), 32, 2), 32, 2);
        String p3 = stage(net, merged(net, p2, 64, 2), 64, 4);
        String p4 = stage(net, merged(net, p3, 128, 2), 128, 6);
        String p5 = pools(net, stage(net, merged(net, p4, 256, 2), 256, 2));
        net.at("neck");
        String top = relu(net, p5, 64, 1, 1);
        String f4 = stage(net, fusion(net, top, p4, p3), 64, NECK_BLOCKS);
        String middle = relu(net, f4, 32, 1, 1);
        String n3 = stage(net, fusion(net, middle, p3, p2), 32, NECK_BLOCKS);
        String n4 = stage(net, net.concat(relu(net, n3, 32, 3, 2), middle), 64, NECK_BLOCKS);
        String n5 = stage(net, net.concat(relu(net, n4, 64, 3, 2), top), 128, NECK_BLOCKS);
        net.at("head");
        List<String> outputs = new ArrayList<>();
        for (String n : List.of(n3, n4, n5)) {
            int c = net.channels(n);
            String stem = silu(net, n, c, 1);
            outputs.add(net.act(net.convBias(silu(net, stem, c, 3), CLASSES, Window.of(1, 1)), Function.SIGMOID));
            outputs.add(net.convBias(silu(net, stem, c, 3), 4, Window.of(1, 1)));
        }
        return outputs.toArray(String[]::new);
    }

    private static String silu(Net net, String x, int out, int kernel) {
        return net.act(net.conv(x, out, kernel, 1), Function.SILU);
    }
}

package org.autoneural.model.zoo;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/** YOLOX (arXiv 2107.08430) in its size S: boxes and classes without anchors. */
final class YoloX {
    private static final int HEAD = 128;
    private static final int CLASSES = 80;

    private YoloX() {}

    private static String silu(Net net, String x, int out, int kernel, int stride) {
        return net.act(net.conv(x, out, kernel, stride), Function.SILU);
    }

    /** Residual blocks on one half of the channels, the other half beside them. */
    private static String csp(Net net, String x, int out, int blocks, boolean shortcut) {
        int half = out / 2;
        String y = silu(net, x, half, 1, 1), beside = silu(net, x, half, 1, 1);
        for (int i = 0; i < blocks; i++) {
            String b = silu(net, silu(net, y, half, 1, 1), half, 3, 1);
            y = shortcut ? net.sum(y, b) : b;
        }
        return silu(net, net.concat(y, beside), out, 1, 1);
    }

    private static String doubled(Net net, String x) {
        return net.resizeNearest(x, 2 * net.height(x), 2 * net.width(x));
    }

    /** For each of three resolutions: box, object or not, and classes of every pixel. */
    static String[] small(Net net, String image) {
        net.at("backbone");
        String x = silu(net, net.pixelUnshuffle(image, 2), 32, 3, 1);
        x = csp(net, silu(net, x, 64, 3, 2), 64, 1, true);
        String p3 = csp(net, silu(net, x, 128, 3, 2), 128, 3, true);
        String p4 = csp(net, silu(net, p3, 256, 3, 2), 256, 3, true);
        String y = silu(net, silu(net, p4, 512, 3, 2), 256, 1, 1);
        y = net.concat(y, net.maxPool(y, 5, 1, 2), net.maxPool(y, 9, 1, 4), net.maxPool(y, 13, 1, 6));
        String p5 = csp(net, silu(net, y, 512, 1, 1), 512, 1, false);
        net.at("neck");
        String top = silu(net, p5, 256, 1, 1);
        String middle = silu(net, csp(net, net.concat(doubled(net, top), p4), 256, 1, false), 128, 1, 1);
        String n3 = csp(net, net.concat(doubled(net, middle), p3), 128, 1, false);
        String n4 = csp(net, net.concat(silu(net, n3, 128, 3, 2), middle), 256, 1, false);
        String n5 = csp(net, net.concat(silu(net, n4, 256, 3, 2), top), 512, 1, false);
        net.at("head");
        List<String> outputs = new ArrayList<>();
        for (String n : List.of(n3, n4, n5)) {
            String stem = silu(net, n, HEAD, 1, 1);
            String classes = silu(net, silu(net, stem, HEAD, 3, 1), HEAD, 3, 1);
            String boxes = silu(net, silu(net, stem, HEAD, 3, 1), HEAD, 3, 1);
            outputs.add(net.convBias(boxes, 4, Window.of(1, 1)));
            outputs.add(net.act(net.convBias(boxes, 1, Window.of(1, 1)), Function.SIGMOID));
            outputs.add(net.act(net.convBias(classes, CLASSES, Window.of(1, 1)), Function.SIGMOID));
        }
        return outputs.toArray(String[]::new);
    }
}

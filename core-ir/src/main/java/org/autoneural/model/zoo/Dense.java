package org.autoneural.model.zoo;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/**
 * Networks that answer for every pixel: U-Net (arXiv 1505.04597, with batch norms and transposed convolutions), YOLOv8 and
 * FastSAM (Ultralytics), HRNet (1902.09212).
 */
final class Dense {
    private Dense() {}

    static String unet(Net net, String image) {
        String x = twice(net.at("inc"), image, 64);
        List<String> skips = new ArrayList<>();
        for (int c = 128; c <= 1024; c *= 2) {
            net.at("down" + c);
            skips.add(x);
            x = twice(net, net.maxPool(x, 2, 2, 0), c);
        }
        for (int c = 512; c >= 64; c /= 2) {
            net.at("up" + c);
            String skip = skips.remove(skips.size() - 1);
            x = twice(net, net.concat(skip, net.up2(x, c)), c);
        }
        net.at("outc");
        return net.convBias(x, 2, Window.of(1, 1));
    }

    private static String twice(Net net, String x, int out) {
        return net.relu(net.conv(net.relu(net.conv(x, out, 3, 1)), out, 3, 1));
    }

    // YOLOv8

    private static String silu(Net net, String x, int out, int kernel, int stride) {
        return net.act(net.conv(x, out, kernel, stride), Function.SILU);
    }

    /** Two 3x3 after each other on half of the channels, all intermediate results joined. */
    private static String c2f(Net net, String x, int out, int blocks, boolean shortcut) {
        String y = silu(net, x, out, 1, 1);
        List<String> parts = new ArrayList<>(List.of(net.slice(y, 0, out / 2), net.slice(y, out / 2, out)));
        for (int i = 0; i < blocks; i++) {
            String in = parts.get(parts.size() - 1);
            String b = silu(net, silu(net, in, out / 2, 3, 1), out / 2, 3, 1);
            parts.add(shortcut ? net.sum(in, b) : b);
        }
        return silu(net, net.concat(parts.toArray(String[]::new)), out, 1, 1);
    }

    /**
     * YOLOv8.
     *
     * @param deep    factor of blocks: n and s 0.33, x 1
     * @param wide    factor of channels: n 0.25, s 0.5, x 1.25
     * @param most    channels of the deepest stage before the factor: n and s 1024, x 512
     * @param classes of the boxes
     * @param masks   whether prototypes and coefficients of masks follow
     */
    static String[] yolo8(Net net, String image, double deep, double wide, int most, int classes, boolean masks) {
        int[] c = new int[5];
        for (int i = 0; i < 5; i++) {
            c[i] = (int) Math.ceil(Math.min(64 << i, most) * wide / 8) * 8;
        }
        int three = (int) Math.max(1, Math.round(3 * deep)), six = (int) Math.max(1, Math.round(6 * deep));
        net.at("backbone");
        String x = silu(net, silu(net, image, c[0], 3, 2), c[1], 3, 2);
        x = c2f(net, x, c[1], three, true);
        String p3 = c2f(net, silu(net, x, c[2], 3, 2), c[2], six, true);
        String p4 = c2f(net, silu(net, p3, c[3], 3, 2), c[3], six, true);
        String p5 = c2f(net, silu(net, p4, c[4], 3, 2), c[4], three, true);
        String pooled = silu(net, p5, c[4] / 2, 1, 1);
        String first = net.maxPool(pooled, 5, 1, 2), second = net.maxPool(first, 5, 1, 2);
        p5 = silu(net, net.concat(pooled, first, second, net.maxPool(second, 5, 1, 2)), c[4], 1, 1);
        net.at("neck");
        String n4 = c2f(net, net.concat(doubled(net, p5), p4), c[3], three, false);
        String n3 = c2f(net, net.concat(doubled(net, n4), p3), c[2], three, false);
        n4 = c2f(net, net.concat(silu(net, n3, c[2], 3, 2), n4), c[3], three, false);
        String n5 = c2f(net, net.concat(silu(net, n4, c[3], 3, 2), p5), c[4], three, false);
        List<String> outputs = new ArrayList<>();
        int boxes = Math.max(16, Math.max(c[2] / 4, 64)), scores = Math.max(c[2], Math.min(classes, 100));
        net.count(16);
        for (String n : List.of(n3, n4, n5)) {
            net.at("head");
            outputs.add(branch(net, n, boxes, 64));
            outputs.add(net.act(branch(net, n, scores, classes), Function.SIGMOID));
            if (masks) {
                outputs.add(branch(net, n, Math.max(c[2] / 4, 32), 32));
            }
        }
        if (masks) {
            net.at("prototypes");
            int protos = (int) Math.ceil(256 * wide / 8) * 8;
            String y = silu(net, n3, protos, 3, 1);
            y = silu(net, net.up2(y, protos), protos, 3, 1);
            outputs.add(silu(net, y, 32, 1, 1));
        }
        return outputs.toArray(String[]::new);
    }

    private static String doubled(Net net, String x) {
        return net.resizeNearest(x, 2 * net.height(x), 2 * net.width(x));
    }

    private static String branch(Net net, String x, int mid, int out) {
        return net.convBias(silu(net, silu(net, x, mid, 3, 1), mid, 3, 1), out, Window.of(1, 1));
    }

    // HRNet

    /** HRNet of width {@code w}: features at a quarter of the resolution. */
    static String hrnet(Net net, String image, int w) {
        return branches(net, image, w, false, false).get(0);
    }

    /**
     * HRNetV2 (arXiv 1908.07919): the four resolutions brought to the finest, joined and mixed by two products; for every mark of a face a
     * map of where it is (HRNet/HRNet-Facial-Landmark-Detection, whose blocks resize bilinearly).
     */
    static String hrnetFace(Net net, String image, int w, int marks) {
        List<String> all = branches(net, image, w, true, true);
        net.at("head");
        String[] parts = all.toArray(String[]::new);
        for (int i = 1; i < parts.length; i++) {
            parts[i] = net.resizeBilinear(parts[i], net.height(parts[0]), net.width(parts[0]));
        }
        String x = net.concat(parts);
        net.count(net.channels(x)); // a bias before the batch norm
        return net.convBias(net.relu(net.conv(x, net.channels(x), 1, 1)), marks, Window.of(1, 1));
    }

    /**
     * @param all      whether the last module gives all resolutions, or only the finest
     * @param bilinear whether its modules resize bilinearly, or to the nearest
     */
    private static List<String> branches(Net net, String image, int w, boolean all, boolean bilinear) {
        net.at("stem");
        String x = net.relu(net.conv(net.relu(net.conv(image, 64, 3, 2)), 64, 3, 2));
        for (int b = 0; b < 4; b++) {
            net.at("layer1." + b);
            x = ResNets.bottleneckBlock(net, x, 64, 256, 1, 1, 1);
        }
        net.at("transition1");
        List<String> branches = new ArrayList<>(List.of(net.relu(net.conv(x, w, 3, 1)), net.relu(net.conv(x, 2 * w, 3, 2))));
        int[] modules = {1, 4, 3};
        for (int stage = 0; stage < 3; stage++) {
            if (stage > 0) {
                net.at("transition" + (stage + 1));
                String deepest = branches.get(branches.size() - 1);
                branches.add(net.relu(net.conv(deepest, w << branches.size(), 3, 2)));
            }
            for (int m = 0; m < modules[stage]; m++) {
                net.at("stage" + (stage + 2) + "." + m);
                boolean last = !all && stage == 2 && m == modules[stage] - 1;
                branches = fuse(net, branches.stream().map(b -> fourBlocks(net, b)).toList(), last ? 1 : branches.size(), bilinear);
            }
        }
        return branches;
    }

    private static String fourBlocks(Net net, String x) {
        for (int i = 0; i < 4; i++) {
            x = ResNets.basicBlock(net, x, net.channels(x), 1);
        }
        return x;
    }

    /** The {@code results} finest resolutions become the sum of all, brought to them. */
    private static List<String> fuse(Net net, List<String> branches, int results, boolean bilinear) {
        List<String> fused = new ArrayList<>();
        for (int i = 0; i < results; i++) {
            String sum = "";
            for (int j = 0; j < branches.size(); j++) {
                String y = brought(net, branches, j, i, bilinear);
                sum = j == 0 ? y : net.sum(sum, y);
            }
            fused.add(net.relu(sum));
        }
        return fused;
    }

    private static String brought(Net net, List<String> branches, int from, int to, boolean bilinear) {
        String x = branches.get(from), y = branches.get(to);
        if (from > to) {
            String mixed = net.conv(x, net.channels(y), 1, 1);
            return bilinear ? net.resizeBilinear(mixed, net.height(y), net.width(y)) : net.resizeNearest(mixed, net.height(y), net.width(y));
        }
        for (int k = from; k < to; k++) {
            x = k == to - 1 ? net.conv(x, net.channels(y), 3, 2) : net.relu(net.conv(x, net.channels(x), 3, 2));
        }
        return x;
    }
}

package org.autoneural.model.zoo;

import org.autoneural.model.zoo.Net.Window;

/**
 * Residual networks: He et al., arXiv 1512.03385 (stride in the 3x3 convolution, as torchvision has it); wide ones, arXiv
 * 1605.07146; grouped ones (ResNeXt), arXiv 1611.05431.
 */
final class ResNets {
    private ResNets() {}

    /** Blocks of two 3x3 convolutions; {@code width} channels in the first stage. */
    static String basic(Net net, String image, int[] blocks, int width) {
        String x = stem(net, image, width);
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int b = 0; b < blocks[stage]; b++) {
                net.at("layer" + (stage + 1) + "." + b);
                x = basicBlock(net, x, width << stage, b == 0 && stage > 0 ? 2 : 1);
            }
        }
        return x;
    }

    private static String stem(Net net, String image, int width) {
        net.at("stem");
        return net.maxPool(net.relu(net.conv(image, width, 7, 2)), 3, 2, 1);
    }

    static String basicBlock(Net net, String x, int out, int stride) {
        String y = net.relu(net.conv(x, out, 3, stride));
        y = net.conv(y, out, 3, 1);
        return net.relu(net.sum(y, shortcut(net, x, out, stride)));
    }

    private static String shortcut(Net net, String x, int out, int stride) {
        return stride == 1 && net.channels(x) == out ? x : net.conv(x, out, 1, stride);
    }

    /**
     * Blocks of 1x1, 3x3, 1x1.
     *
     * @param groups  of the 3x3 convolution
     * @param width   channels of the 3x3 convolution in the first stage
     * @param dilated whether stages 3 and 4 keep the resolution and dilate instead (segmentation)
     */
    static String bottleneck(Net net, String image, int[] blocks, int groups, int width, boolean dilated) {
        String x = stem(net, image, 64);
        int dilation = 1;
        for (int stage = 0; stage < blocks.length; stage++) {
            int before = dilation;
            boolean dilates = dilated && stage >= 2;
            dilation *= dilates ? 2 : 1;
            for (int b = 0; b < blocks[stage]; b++) {
                net.at("layer" + (stage + 1) + "." + b);
                int stride = b == 0 && stage > 0 && !dilates ? 2 : 1;
                x = bottleneckBlock(net, x, width << stage, 256 << stage, stride, groups, b == 0 ? before : dilation);
            }
        }
        return x;
    }

    static String bottleneckBlock(Net net, String x, int mid, int out, int stride, int groups, int dilation) {
        String y = net.relu(net.conv(x, mid, 1, 1));
        y = net.relu(net.conv(y, mid, Window.of(3, stride).groups(groups).dilated(dilation)));
        y = net.conv(y, out, 1, 1);
        return net.relu(net.sum(y, shortcut(net, x, out, stride)));
    }

    /** FCN head (arXiv 1411.4038) as torchvision has it, with its bilinear resize to the picture. */
    static String fcnHead(Net net, String x, int height, int width) {
        net.at("classifier");
        String y = net.relu(net.conv(x, net.channels(x) / 4, 3, 1));
        return net.resizeBilinear(net.convBias(y, 21, Window.of(1, 1)), height, width);
    }
}

package org.autoneural.model.zoo;

import org.autoneural.ir.op.Activation.Function;
import org.autoneural.model.zoo.Net.Window;

/**
 * Further classifiers, as torchvision defines them: RegNet (arXiv 2003.13678), ConvNeXt (2201.03545), SqueezeNet 1.1
 * (1602.07360), ShuffleNetV2 (1807.11164), DenseNet (1608.06993), MobileNetV1 in YAMNet (1704.04861), VGG (1409.1556).
 */
final class OtherClassifiers {
    private OtherClassifiers() {}

    /** @param squeezed whether blocks end with squeeze and excitation (RegNetY) */
    static String regnet(Net net, String image, int[] depths, int[] widths, int groupWidth, boolean squeezed) {
        String x = net.at("stem").relu(net.conv(image, 32, 3, 2));
        for (int s = 0; s < depths.length; s++) {
            for (int b = 0; b < depths[s]; b++) {
                net.at("stage" + (s + 1) + "." + b);
                int in = net.channels(x), out = widths[s], stride = b == 0 ? 2 : 1;
                String y = net.relu(net.conv(x, out, 1, 1));
                y = net.relu(net.conv(y, out, Window.of(3, stride).groups(out / groupWidth)));
                y = squeezed ? MobileNets.squeeze(net, y, (int) Math.round(0.25 * in), true, Function.SIGMOID) : y;
                y = net.conv(y, out, 1, 1);
                x = net.relu(net.sum(y, b == 0 ? net.conv(x, out, 1, stride) : x));
            }
        }
        return x;
    }

    /** The result is [1, 1000]. */
    static String convNext(Net net, String image, int[] depths, int width) {
        String x = net.at("stem").layerNorm(net.convBias(image, width, Window.of(4, 4, 0)), 1e-6);
        for (int s = 0; s < depths.length; s++) {
            if (s > 0) {
                net.at("downsample" + s);
                x = net.convBias(net.layerNorm(x, 1e-6), width << s, Window.of(2, 2, 0));
            }
            for (int b = 0; b < depths[s]; b++) {
                net.at("stage" + s + "." + b);
                int c = net.channels(x);
                String y = net.layerNorm(net.convBias(x, c, Window.of(7, 1).groups(c)), 1e-6);
                y = net.linear(net.act(net.linear(y, 4 * c), Function.GELU_ERF), c);
                x = net.sum(x, net.scale(y));
            }
        }
        net.at("classifier");
        return net.linear(net.layerNorm(net.flatten(net.globalPool(x)), 1e-6), 1000);
    }

    /** The result is [1, 1000]. */
    static String squeezeNet11(Net net, String image) {
        String x = net.at("stem").relu(net.convBias(image, 64, Window.of(3, 2, 0)));
        int[][] fires = {{16, 64}, {16, 64}, {32, 128}, {32, 128}, {48, 192}, {48, 192}, {64, 256}, {64, 256}};
        for (int f = 0; f < fires.length; f++) {
            net.at("fire" + (f + 2));
            x = f == 0 || f == 2 || f == 4 ? net.maxPoolCeil(x, 3, 2) : x;
            String s = net.relu(net.convBias(x, fires[f][0], Window.of(1, 1)));
            x = net.concat(net.relu(net.convBias(s, fires[f][1], Window.of(1, 1))), net.relu(net.convBias(s, fires[f][1], Window.of(3, 1))));
        }
        net.at("classifier");
        return net.flatten(net.globalPool(net.relu(net.convBias(x, 1000, Window.of(1, 1)))));
    }

    static String shuffleNetV2(Net net, String image, int[] blocks, int[] widths, int last) {
        String x = net.at("stem").maxPool(net.relu(net.conv(image, 24, 3, 2)), 3, 2, 1);
        for (int s = 0; s < blocks.length; s++) {
            for (int b = 0; b < blocks[s]; b++) {
                net.at("stage" + (s + 2) + "." + b);
                int half = widths[s] / 2;
                String left;
                String right;
                if (b == 0) {
                    left = net.relu(net.conv(net.depthwise(x, 3, 2), half, 1, 1));
                    right = branch(net, x, half, 2);
                } else {
                    left = net.slice(x, 0, half);
                    right = branch(net, net.slice(x, half, 2 * half), half, 1);
                }
                x = shuffle(net, net.concat(left, right));
            }
        }
        return net.at("head").relu(net.conv(x, last, 1, 1));
    }

    private static String branch(Net net, String x, int out, int stride) {
        String y = net.depthwise(net.relu(net.conv(x, out, 1, 1)), 3, stride);
        return net.relu(net.conv(y, out, 1, 1));
    }

    /** Channels of two groups in turn. */
    private static String shuffle(Net net, String x) {
        int h = net.height(x), w = net.width(x), c = net.channels(x);
        String turned = net.transpose(net.reshape(x, h * w, 2, c / 2), 0, 2, 1);
        return net.reshape(turned, 1, h, w, c);
    }

    static String denseNet(Net net, String image, int[] blocks, int growth) {
        String x = net.at("stem").maxPool(net.relu(net.conv(image, 2 * growth, 7, 2)), 3, 2, 1);
        for (int s = 0; s < blocks.length; s++) {
            for (int b = 0; b < blocks[s]; b++) {
                net.at("block" + (s + 1) + "." + b);
                String y = net.relu(net.conv(net.relu(net.batchNorm(x)), 4 * growth, 1, 1));
                x = net.concat(x, net.convPlain(y, growth, Window.of(3, 1)));
            }
            net.at("transition" + (s + 1));
            x = net.relu(net.batchNorm(x));
            if (s < blocks.length - 1) {
                x = net.avgPool(net.convPlain(x, net.channels(x) / 2, Window.of(1, 1)), 2, 2);
            }
        }
        return x;
    }

    static String mobileNetV1(Net net, String image) {
        int[][] blocks = {{1, 64}, {2, 128}, {1, 128}, {2, 256}, {1, 256}, {2, 512}, {1, 512}, {1, 512}, {1, 512}, {1, 512}, {1, 512},
                {2, 1024}, {1, 1024}};
        String x = net.at("stem").relu(net.conv(image, 32, 3, 2));
        for (int b = 0; b < blocks.length; b++) {
            net.at("layer" + (b + 2));
            x = net.relu(net.conv(net.relu(net.depthwise(x, 3, blocks[b][0])), blocks[b][1], 1, 1));
        }
        return x;
    }

    /** Convolutions of VGG-19 with batch norms, without the classifier. */
    static String vgg19(Net net, String image) {
        int[][] stages = {{64, 2}, {128, 2}, {256, 4}, {512, 4}, {512, 4}};
        String x = image;
        for (int s = 0; s < stages.length; s++) {
            net.at("stage" + s);
            for (int i = 0; i < stages[s][1]; i++) {
                x = net.relu(net.conv(x, stages[s][0], 3, 1));
            }
            x = net.maxPool(x, 2, 2, 0);
        }
        return x;
    }
}

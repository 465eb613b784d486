package org.autoneural.model.zoo;

import org.autoneural.model.zoo.Net.Window;

/** GoogLeNet (arXiv 1409.4842) and Inception v3 (1512.00567) as torchvision defines them, without the auxiliary classifiers. */
final class Inceptions {
    private Inceptions() {}

    private static String conv(Net net, String x, int out, Window w) {
        return net.relu(net.conv(x, out, w));
    }

    private static String conv1(Net net, String x, int out) {
        return conv(net, x, out, Window.of(1, 1));
    }

    static String googleNet(Net net, String image) {
        net.at("stem");
        String x = net.maxPoolCeil(conv(net, image, 64, Window.of(7, 2)), 3, 2);
        x = net.maxPoolCeil(conv(net, conv1(net, x, 64), 192, Window.of(3, 1)), 3, 2);
        // 1x1; 3x3 after 1x1; "5x5", which torchvision builds as 3x3, after 1x1; 1x1 after a pool
        int[][] modules = {{64, 96, 128, 16, 32, 32}, {128, 128, 192, 32, 96, 64}, {192, 96, 208, 16, 48, 64}, {160, 112, 224, 24, 64, 64},
                {128, 128, 256, 24, 64, 64}, {112, 144, 288, 32, 64, 64}, {256, 160, 320, 32, 128, 128}, {256, 160, 320, 32, 128, 128},
                {384, 192, 384, 48, 128, 128}};
        for (int i = 0; i < modules.length; i++) {
            net.at("inception" + i);
            x = i == 2 ? net.maxPoolCeil(x, 3, 2) : i == 7 ? net.maxPoolCeil(x, 2, 2) : x;
            int[] m = modules[i];
            x = net.concat(conv1(net, x, m[0]), conv(net, conv1(net, x, m[1]), m[2], Window.of(3, 1)),
                    conv(net, conv1(net, x, m[3]), m[4], Window.of(3, 1)), conv1(net, net.maxPool(x, 3, 1, 1), m[5]));
        }
        return x;
    }

    static String v3(Net net, String image) {
        net.at("stem");
        String x = conv(net, image, 32, Window.of(3, 2, 0));
        x = conv(net, conv(net, x, 32, Window.of(3, 1, 0)), 64, Window.of(3, 1));
        x = net.maxPool(x, 3, 2, 0);
        x = net.maxPool(conv(net, conv1(net, x, 80), 192, Window.of(3, 1, 0)), 3, 2, 0);
        for (int pool : new int[] {32, 64, 64}) {
            net.at("mixed5." + pool);
            x = net.concat(conv1(net, x, 64), conv(net, conv1(net, x, 48), 64, Window.of(5, 1)), threes(net, x, 1),
                    conv1(net, net.avgPoolSame3(x, 1), pool));
        }
        net.at("mixed6a");
        x = net.concat(conv(net, x, 384, Window.of(3, 2, 0)), threes(net, x, 2), net.maxPool(x, 3, 2, 0));
        for (int c : new int[] {128, 160, 160, 192}) {
            net.at("mixed6." + c);
            String seven = rows7(net, columns7(net, conv1(net, x, c), c), 192);
            String twice = rows7(net, conv1(net, x, c), c);
            twice = columns7(net, rows7(net, columns7(net, twice, c), c), 192);
            x = net.concat(conv1(net, x, 192), seven, twice, conv1(net, net.avgPoolSame3(x, 1), 192));
        }
        net.at("mixed7a");
        String three = conv(net, conv1(net, x, 192), 320, Window.of(3, 2, 0));
        String seven = rows7(net, columns7(net, conv1(net, x, 192), 192), 192);
        x = net.concat(three, conv(net, seven, 192, Window.of(3, 2, 0)), net.maxPool(x, 3, 2, 0));
        for (int i = 0; i < 2; i++) {
            net.at("mixed7." + i);
            String b3 = conv1(net, x, 384);
            String b33 = conv(net, conv1(net, x, 448), 384, Window.of(3, 1));
            x = net.concat(conv1(net, x, 320), split3(net, b3), split3(net, b33), conv1(net, net.avgPoolSame3(x, 1), 192));
        }
        return x;
    }

    private static String threes(Net net, String x, int stride) {
        String y = conv(net, conv1(net, x, 64), 96, Window.of(3, 1));
        return conv(net, y, 96, Window.of(3, stride, stride == 1 ? 1 : 0));
    }

    private static String columns7(Net net, String x, int out) {
        return conv(net, x, out, Window.of(1, 7, 0, 3));
    }

    private static String rows7(Net net, String x, int out) {
        return conv(net, x, out, Window.of(7, 1, 3, 0));
    }

    private static String split3(Net net, String x) {
        return net.concat(conv(net, x, 384, Window.of(1, 3, 0, 1)), conv(net, x, 384, Window.of(3, 1, 1, 0)));
    }
}

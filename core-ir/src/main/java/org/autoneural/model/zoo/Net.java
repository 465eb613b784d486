package org.autoneural.model.zoo;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Activation.Function;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.Bias;
import org.autoneural.ir.op.Clamp;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Pad;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.Scale;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.Transpose;
import org.autoneural.model.RandomWeights;

/**
 * A float network while it is being built: pictures are [1, H, W, C], texts [N, C]. Batch norms are folded into the
 * convolutions before them, as every compiler does; {@link #parameters} counts them as published, two a channel.
 */
final class Net {
    private final GraphBuilder graph;
    private String source = "";
    private int names;
    private long parameters;

    Net(String name) {
        graph = new GraphBuilder(name, Stage.FLOAT);
    }

    /** Names the module that the nodes from here on come from. */
    Net at(String module) {
        source = module;
        return this;
    }

    String input(int height, int width, int channels) {
        return graph.input("image", TensorType.f32(1, height, width, channels));
    }

    String ids(int tokens) {
        return graph.input("ids", TensorType.of(DType.S32, tokens));
    }

    Graph finish(String... outputs) {
        for (String output : outputs) {
            graph.output(output);
        }
        return graph.build();
    }

    /** Parameters so far, as published: weights, biases, and two a channel of every batch norm. */
    long parameters() {
        return parameters;
    }

    /** Counts parameters that stand in no tensor of the graph. */
    void count(long more) {
        parameters += more;
    }

    Shape shape(String value) {
        return graph.shape(value);
    }

    int channels(String value) {
        return shape(value).dim(-1);
    }

    int height(String value) {
        return shape(value).dim(1);
    }

    int width(String value) {
        return shape(value).dim(2);
    }

    private String add(Op op, String... operands) {
        String name = op.name() + names++;
        return graph.add(op, name, source, operands);
    }

    private String weight(int fanIn, int... dims) {
        return graph.constant("w" + names++, new RandomWeights(Shape.of(dims), names, (float) (1 / Math.sqrt(fanIn))));
    }

    /** A learned vector or table that is not a product's matrix. */
    String constant(int... dims) {
        String name = weight(1, dims);
        parameters += graph.shape(name).elements();
        return name;
    }

    // Convolutions

    /** What a convolution is beyond its operand and output channels; rows before columns. */
    record Window(int kernelH, int kernelW, int stride, int padH, int padW, int dilation, int groups) {
        /** A square kernel with padding that keeps the extents at stride 1. */
        static Window of(int kernel, int stride) {
            return new Window(kernel, kernel, stride, kernel / 2, kernel / 2, 1, 1);
        }

        static Window of(int kernel, int stride, int pad) {
            return new Window(kernel, kernel, stride, pad, pad, 1, 1);
        }

        static Window of(int kernelH, int kernelW, int padH, int padW) {
            return new Window(kernelH, kernelW, 1, padH, padW, 1, 1);
        }

        Window groups(int count) {
            return new Window(kernelH, kernelW, stride, padH, padW, dilation, count);
        }

        Window dilated(int by) {
            return new Window(kernelH, kernelW, stride, padH * by, padW * by, by, groups);
        }
    }

    /** Convolution and batch norm. */
    String conv(String x, int out, Window w) {
        parameters += 2L * out;
        return convolution(x, out, w, List.of(w.padH, w.padW, w.padH, w.padW), true);
    }

    String conv(String x, int out, int kernel, int stride) {
        return conv(x, out, Window.of(kernel, stride));
    }

    /** Convolution with a bias and no batch norm. */
    String convBias(String x, int out, Window w) {
        parameters += out;
        return convolution(x, out, w, List.of(w.padH, w.padW, w.padH, w.padW), true);
    }

    /** Convolution with neither. */
    String convPlain(String x, int out, Window w) {
        return convolution(x, out, w, List.of(w.padH, w.padW, w.padH, w.padW), false);
    }

    /** Depthwise convolution and batch norm. */
    String depthwise(String x, int kernel, int stride) {
        return conv(x, channels(x), Window.of(kernel, stride).groups(channels(x)));
    }

    private String convolution(String x, int out, Window w, List<Integer> pads, boolean bias) {
        int in = channels(x) / w.groups;
        parameters += (long) out * in * w.kernelH * w.kernelW;
        Conv2d op = new Conv2d(w.stride, w.stride, pads, w.dilation, w.dilation, w.groups, Layout.NHWC, Optional.empty());
        String weights = weight(in * w.kernelH * w.kernelW, out, w.kernelH, w.kernelW, in);
        return bias ? add(op, x, weights, weight(out, out)) : add(op, x, weights);
    }

    /** A transposed convolution of kernel 2 and stride 2: a product for each of the four pixels, then put in place. */
    String up2(String x, int out) {
        int h = height(x), w = width(x);
        parameters += out + 4L * channels(x) * out;
        String four = add(Linear.of(), x, weight(channels(x), 4 * out, channels(x)), weight(1, 4 * out));
        return pixelShuffle(four, 2, h, w, out);
    }

    /**
     * A transposed convolution of kernel 3 and stride 2 that doubles the extents, with batch norm: each of the four pixels sees one, two, two
     * or four of the nine weights.
     */
    String up3(String x, int out) {
        int h = height(x), w = width(x);
        parameters += 3L * out;
        String[] pixels = new String[4];
        for (int i = 0; i < 4; i++) {
            int below = i / 2, right = i % 2;
            pixels[i] = convolution(x, out, new Window(1 + below, 1 + right, 1, 0, 0, 1, 1), List.of(0, 0, below, right), true);
        }
        return pixelShuffle(concat(pixels), 2, h, w, out);
    }

    /** Depth to space: [1, h, w, by * by * out] to [1, by h, by w, out]. */
    String pixelShuffle(String x, int by, int h, int w, int out) {
        String split = add(Reshape.to(h, w, by, by * out), x);
        String rows = add(Transpose.of(0, 2, 1, 3), split);
        return add(Reshape.to(1, by * h, by * w, out), rows);
    }

    /** Space to depth: [1, H, W, C] to [1, H / by, W / by, by * by * C]. */
    String pixelUnshuffle(String x, int by) {
        int h = height(x) / by, w = width(x) / by, c = channels(x);
        String split = add(Reshape.to(h, by, w, by * c), x);
        return add(Reshape.to(1, h, w, by * by * c), add(Transpose.of(0, 2, 1, 3), split));
    }

    // Products and norms

    String linear(String x, int out) {
        parameters += out;
        return add(Linear.of(), x, matrix(x, out), weight(1, out));
    }

    String linearPlain(String x, int out) {
        return add(Linear.of(), x, matrix(x, out));
    }

    private String matrix(String x, int out) {
        parameters += (long) out * channels(x);
        return weight(channels(x), out, channels(x));
    }

    String layerNorm(String x, double epsilon) {
        parameters += 2L * channels(x);
        return add(LayerNorm.of(epsilon), x, weight(1, channels(x)), weight(1, channels(x)));
    }

    /** A batch norm that stands before a ReLU and folds into nothing. */
    String batchNorm(String x) {
        parameters += 2L * channels(x);
        int axis = shape(x).rank() - 1;
        return add(new Bias(axis), add(new Scale(axis), x, weight(1, channels(x))), weight(1, channels(x)));
    }

    /** Multiplies each channel by a learned number (layer scale). */
    String scale(String x) {
        return add(new Scale(shape(x).rank() - 1), x, constant(channels(x)));
    }

    /** Rows of a table [rows, width] for the ids. */
    String embedding(String ids, int rows, int width) {
        return add(Gather.of(), constant(rows, width), ids);
    }

    /**
     * Self-attention without its output product: q, k, v [N, C] in {@code heads} heads, the result [N, C of v]. The factor
     * 1/sqrt(d) is part of the weights.
     */
    String attention(String q, String k, String v, int heads) {
        String scores = add(MatMul.of(true, false), heads(q, heads), heads(k, heads));
        String mixed = add(MatMul.of(false, false), add(Softmax.of(false), scores), heads(v, heads));
        Shape y = shape(mixed);
        return add(Reshape.to(y.dim(1), y.dim(0) * y.dim(2)), add(Transpose.of(1, 0, 2), mixed));
    }

    private String heads(String x, int heads) {
        Shape in = shape(x);
        return add(Transpose.of(1, 0, 2), add(Reshape.to(in.dim(0), heads, in.dim(1) / heads), x));
    }

    // Element by element

    String relu(String x) {
        return add(new Clamp(0, Double.POSITIVE_INFINITY), x);
    }

    String relu6(String x) {
        return add(new Clamp(0, 6), x);
    }

    /** LeakyReLU, which the IR lacks: a function of one element stands for it, the same work. */
    String leaky(String x) {
        return act(x, Function.HARD_SWISH);
    }

    String act(String x, Function function) {
        return add(new Activation(function), x);
    }

    String sum(String a, String b) {
        return add(Add.of(), a, b);
    }

    String times(String a, String b) {
        return add(Mul.of(), a, b);
    }

    /** Multiplies every pixel of {@code x} by the one pixel {@code gate} [1, 1, 1, C]. */
    String gate(String x, String gate) {
        return times(x, add(new ResizeNearest(height(x), width(x), Layout.NHWC), gate));
    }

    /** Multiplies every channel of {@code x} by the map {@code gate} [1, H, W, 1]. */
    String gateMap(String x, String gate) {
        int h = height(x), w = width(x), c = channels(x);
        String spread = add(new ResizeNearest(h * w, c, Layout.NHWC), reshape(gate, 1, h * w, 1, 1));
        return times(x, reshape(spread, 1, h, w, c));
    }

    // Pools and movement

    String maxPool(String x, int kernel, int stride, int pad) {
        return add(MaxPool2d.of(kernel, stride, List.of(pad, pad, pad, pad)), x);
    }

    /** Without padding, the last window hanging over the edge (ceil mode). */
    String maxPoolCeil(String x, int kernel, int stride) {
        return add(MaxPool2d.of(kernel, stride, List.of(0, 0, over(height(x), kernel, stride), over(width(x), kernel, stride))), x);
    }

    private static int over(int n, int kernel, int stride) {
        int rest = (n - kernel) % stride;
        return rest == 0 ? 0 : stride - rest;
    }

    String avgPool(String x, int kernel, int stride) {
        return add(new AvgPool2d(kernel, kernel, stride, stride, Layout.NHWC, Optional.empty()), x);
    }

    /** Windows of 3 over a border of zeros, which count. */
    String avgPoolSame3(String x, int stride) {
        return avgPool(add(new Pad(List.of(0, 1, 1, 0), List.of(0, 1, 1, 0)), x), 3, stride);
    }

    /** Mean over the picture: [1, 1, 1, C]. */
    String globalPool(String x) {
        return add(AvgPool2d.of(height(x), width(x), Layout.NHWC), x);
    }

    String concat(String... parts) {
        String x = parts[0];
        for (int i = 1; i < parts.length; i++) {
            x = add(new Concat(shape(x).rank() - 1), x, parts[i]);
        }
        return x;
    }

    /** {@code before} above {@code x}: [1, C] and [N, C] to [N + 1, C]. */
    String stack(String before, String x) {
        return add(new Concat(0), before, x);
    }

    /** Channels {@code begin .. end-1}. */
    String slice(String x, int begin, int end) {
        return add(new Slice(shape(x).rank() - 1, begin, end), x);
    }

    /** Rows {@code begin .. end-1} of [N, C]. */
    String rows(String x, int begin, int end) {
        return add(new Slice(0, begin, end), x);
    }

    String reshape(String x, int... dims) {
        return add(Reshape.to(dims), x);
    }

    String transpose(String x, int... permutation) {
        return add(Transpose.of(permutation), x);
    }

    String resizeNearest(String x, int h, int w) {
        return add(new ResizeNearest(h, w, Layout.NHWC), x);
    }

    String resizeBilinear(String x, int h, int w) {
        return add(ResizeBilinear.of(h, w, Layout.NHWC), x);
    }

    /** A picture as rows: [1, H, W, C] to [H W, C]. */
    String flatten(String x) {
        return reshape(x, height(x) * width(x), channels(x));
    }

    /** The classifier that most networks end with: mean over the picture, then one product. */
    Graph classify(String x, int classes) {
        return finish(at("classifier").linear(flatten(globalPool(x)), classes));
    }
}

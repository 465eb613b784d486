package org.autoneural.benchmarks.layer;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.AccumulatorProof;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.NormRescale;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.PairRescale;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.TensorRescale;

/**
 * INTEGER programs of one node for a {@link Layer}: entry point {@code main}, inputs named {@code x}, {@code b} and {@code pos},
 * output {@code y}. Weights are bell-shaped like trained ones (their greatest values lie at four standard deviations), so that the
 * accumulator the compiler would prove is the one that is measured.
 */
public final class LayerPrograms {
    private static final int MULTIPLIER = 1 << 30;
    private static final int MIN = -32767;
    private static final int MAX = 32767;

    private LayerPrograms() {
    }

    public static Program of(Layer layer) {
        GraphBuilder g = new GraphBuilder("main", Stage.INTEGER);
        Random random = new Random(layer.ordinal());
        int rows = layer.rows();
        int depth = layer.depth();
        int columns = layer.columns();
        switch (layer.kind()) {
            case LINEAR, LINEAR_A8 -> {
                DType x = layer.kind() == Layer.Kind.LINEAR_A8 ? DType.S8 : DType.S16;
                Tensor w = weights(random, layer.weights(), columns, depth);
                finish(g, x, new Linear(Optional.of(rule(x, w))), channelOperands(g, g.input("x", TensorType.of(x, rows, depth)), w));
            }
            case CONV3 -> {
                Tensor w = weights(random, layer.weights(), columns, 3, 3, depth);
                finish(g, DType.S16, conv(1, rule(DType.S16, w), 1), channelOperands(g, picture(g, rows, depth), w));
            }
            case DEPTH3, DEPTH5 -> {
                int k = layer.kind() == Layer.Kind.DEPTH3 ? 3 : 5;
                Tensor w = weights(random, layer.weights(), depth, k, k, 1);
                finish(g, DType.S16, conv(depth, rule(DType.S16, w), k / 2), channelOperands(g, picture(g, rows, depth), w));
            }
            case SCORES -> finish(g, DType.S16, product(true, true, depth), g.input("x", TensorType.of(DType.S16, 32, rows, depth)),
                    g.input("b", TensorType.of(DType.S8, 8, columns, depth)), position(g));
            case MIX -> finish(g, DType.S16, product(false, true, depth), g.input("x", TensorType.of(DType.S16, 32, rows, depth)),
                    g.input("b", TensorType.of(DType.S8, 8, depth, columns)), position(g));
            case VISION_SCORES -> finish(g, DType.S16, product(true, false, depth), g.input("x", TensorType.of(DType.S16, 12, rows, depth)),
                    g.input("b", TensorType.of(DType.S8, 1, columns, depth)));
            case RMS_NORM -> finish(g, DType.S16, new RmsNorm(1e-5, 1, Optional.of(new NormRescale(1000, MULTIPLIER, 24, 0, 0, MIN, MAX))),
                    matrix(g, "x", rows, depth), g.constant("gamma", ofShorts(random, depth)));
            case SOFTMAX -> finish(g, DType.S16, new Softmax(true, Optional.of(new TensorRescale(MULTIPLIER, 36, Rounding.SINGLE, 0, 0, 0, MAX))),
                    g.input("x", TensorType.of(DType.S16, 32, rows, depth)), position(g));
            case TABLE -> finish(g, DType.S16, new Activation(Activation.Function.SILU), matrix(g, "x", rows, depth),
                    g.constant("table", ofShorts(random, (1 << 10) + 1)));
            case MUL -> finish(g, DType.S16, new Mul(Optional.of(rescale(Accumulator.I32_WRAP, 45))), matrix(g, "x", rows, depth),
                    matrix(g, "b", rows, depth));
            case ADD -> finish(g, DType.S16, new Add(Optional.of(new PairRescale(MULTIPLIER, MULTIPLIER, 31, 0, 0, 0, MIN, MAX))),
                    matrix(g, "x", rows, depth), matrix(g, "b", rows, depth));
        }
        return new Program(List.of(g.build()));
    }

    /** The last position at which all rows of a causal layer still fit a cache of {@code columns}, or {@code depth} for sums over it. */
    public static int position(Layer layer) {
        int context = layer.kind() == Layer.Kind.SCORES ? layer.columns() : layer.depth();
        return context - layer.rows();
    }

    private static void finish(GraphBuilder g, DType y, Op op, String... operands) {
        Shape shape = op.infer(List.of(operands).stream().map(g::type).toList()).get(0).shape();
        g.add(op, List.of("y"), List.of(new TensorType(y, shape, Optional.empty())), "layer", operands);
        g.output("y");
    }

    private static String matrix(GraphBuilder g, String name, int rows, int depth) {
        return g.input(name, TensorType.of(DType.S16, rows, depth));
    }

    private static String picture(GraphBuilder g, int size, int channels) {
        return g.input("x", TensorType.of(DType.S16, 1, size, size, channels));
    }

    private static String position(GraphBuilder g) {
        return g.input("pos", TensorType.of(DType.S32, 1));
    }

    private static Conv2d conv(int groups, ChannelRescale rule, int pad) {
        return new Conv2d(1, 1, List.of(pad, pad, pad, pad), 1, 1, groups, Layout.NHWC, Optional.of(rule));
    }

    private static ChannelRescale rule(DType x, Tensor w) {
        return new ChannelRescale(AccumulatorProof.of(x, 0, w, Optional.empty()).narrowest().orElseThrow(), Rounding.SINGLE, 0, 0,
                x == DType.S8 ? -128 : MIN, x == DType.S8 ? 127 : MAX);
    }

    private static MatMul product(boolean transposed, boolean causal, int depth) {
        Accumulator accumulator = AccumulatorProof.ofProducts(DType.S16, 0, DType.S8, 0, depth).narrowest().orElseThrow();
        return new MatMul(transposed, causal, Optional.of(rescale(accumulator, 40)));
    }

    private static ProductRescale rescale(Accumulator accumulator, int shift) {
        return new ProductRescale(accumulator, MULTIPLIER, shift, Rounding.SINGLE, 0, 0, 0, MIN, MAX);
    }

    private static String[] channelOperands(GraphBuilder g, String x, Tensor w) {
        int channels = w.shape().dim(0);
        int[] multipliers = new int[channels];
        int[] shifts = new int[channels];
        Arrays.fill(multipliers, MULTIPLIER);
        Arrays.fill(shifts, 42);
        return new String[] {x, g.constant("w", w), g.constant("bias", Tensor.zeros(DType.S32, Shape.of(channels))),
            g.constant("multiplier", Tensor.ofInts(DType.S32, Shape.of(channels), multipliers)),
            g.constant("shift", Tensor.ofInts(DType.S8, Shape.of(channels), shifts))};
    }

    private static Tensor weights(Random random, DType type, int... dims) {
        Tensor w = Tensor.zeros(type, Shape.of(dims));
        double deviation = type.max() / 4.0;
        for (long i = 0; i < w.elements(); i++) {
            w.setLong((int) i, Math.max(type.min(), Math.min(type.max(), Math.round(random.nextGaussian() * deviation))));
        }
        return w;
    }

    private static Tensor ofShorts(Random random, int n) {
        return Tensor.ofInts(DType.S16, Shape.of(n), random.ints(n, MIN, MAX + 1).toArray());
    }
}

package org.autoneural.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.PairRescale;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.TensorRescale;

/** Random one-node INTEGER graphs with adversarial values; everything follows from one seed. */
final class Cases {
    /** How values are chosen. */
    enum Fill {
        RANDOM, BELL, ALL_MIN, ALL_MAX, ALTERNATING, SPARSE
    }

    /** A graph and values for its inputs, of which those in {@code fixed} must stay as they are. */
    record Case(Graph graph, Map<String, Tensor> inputs) {}

    final Random random;
    final GraphBuilder graph = new GraphBuilder("main", Stage.INTEGER);
    final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private int names;

    Cases(long seed) {
        random = new Random(seed);
    }

    int pick(int... from) {
        return from[random.nextInt(from.length)];
    }

    int between(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    DType activation() {
        return random.nextInt(3) == 0 ? DType.S8 : DType.S16;
    }

    DType weight() {
        return random.nextBoolean() ? DType.S4 : DType.S8;
    }

    /** Zero point of an activation type: 0 for s16, any for s8. */
    int zero(DType type) {
        return type == DType.S8 ? between(-128, 127) : 0;
    }

    Tensor tensor(DType type, int... dims) {
        return tensor(type, Fill.values()[random.nextInt(Fill.values().length)], dims);
    }

    Tensor tensor(DType type, Fill fill, int... dims) {
        Tensor t = Tensor.zeros(type, Shape.of(dims));
        long span = type.max() - type.min() + 1;
        for (int i = 0; i < t.elements(); i++) {
            t.setLong(i, switch (fill) {
                case RANDOM -> type.min() + (long) (random.nextDouble() * span);
                case BELL -> Math.max(type.min(), Math.min(type.max(), Math.round(random.nextGaussian() * span / 16)));
                case ALL_MIN -> type.min();
                case ALL_MAX -> type.max();
                case ALTERNATING -> i % 2 == 0 ? type.min() : type.max();
                case SPARSE -> random.nextInt(8) == 0 ? type.min() : type == DType.U8 ? 0 : 1;
            });
        }
        return t;
    }

    String input(DType type, int... dims) {
        String name = "in" + names++;
        inputs.put(name, tensor(type, dims));
        return graph.input(name, TensorType.of(type, dims));
    }

    String index(String name, int value) {
        inputs.put(name, Tensor.index(value));
        return graph.input(name, TensorType.of(DType.S32, 1));
    }

    String constant(DType type, int... dims) {
        return constant(tensor(type, dims));
    }

    String constant(Tensor tensor) {
        return graph.constant("const" + names++, tensor);
    }

    Accumulator accumulator() {
        Accumulator[] all = Accumulator.values();
        return all[random.nextInt(all.length)];
    }

    Rounding rounding() {
        return pick(0, 0, 1) == 0 ? Rounding.SINGLE : random.nextBoolean() ? Rounding.HALF_EVEN : Rounding.TOWARD_ZERO;
    }

    /** Any rounding that sums of this width can have: DOUBLE is defined on 32 bits only. */
    Rounding rounding(Accumulator accumulator) {
        return accumulator.bits() == 32 && random.nextInt(3) == 0 ? Rounding.DOUBLE : rounding();
    }

    int multiplier() {
        return (1 << 30) + random.nextInt(1 << 30);
    }

    int[] bounds(DType type) {
        int min = (int) (type == DType.S16 ? -32767 : type.min());
        return random.nextInt(4) == 0 ? new int[] {zero(type), (int) type.max()} : new int[] {min, (int) type.max()};
    }

    ChannelRescale channelRescale(DType x, DType y) {
        int[] b = bounds(y);
        Accumulator accumulator = accumulator();
        return new ChannelRescale(accumulator, rounding(accumulator), zero(x), zero(y), b[0], b[1]);
    }

    ProductRescale productRescale(DType a, DType b, DType y, int shift) {
        int[] bounds = bounds(y);
        Accumulator accumulator = accumulator();
        return new ProductRescale(accumulator, multiplier(), shift, rounding(accumulator), zero(a), zero(b), zero(y), bounds[0], bounds[1]);
    }

    TensorRescale tensorRescale(DType x, DType y, int shift) {
        int[] b = bounds(y);
        return new TensorRescale(multiplier(), shift, rounding(), zero(x), zero(y), b[0], b[1]);
    }

    PairRescale pairRescale(DType a, DType b, DType y) {
        int[] bounds = bounds(y);
        if (random.nextBoolean()) {
            // The least bits of the sum show in the result.
            return new PairRescale(between(1, 1 << 18), between(-1 << 18, 1 << 18), between(17, 19), zero(a), zero(b), zero(y), bounds[0], bounds[1]);
        }
        return new PairRescale(multiplier(), random.nextBoolean() ? multiplier() : -multiplier(), between(29, 40), zero(a), zero(b),
                zero(y), bounds[0], bounds[1]);
    }

    /** Multipliers s32 [O] and shifts s8 [O] around {@code shift}. */
    String[] multipliers(int channels, int shift) {
        int[] m = new int[channels];
        int[] s = new int[channels];
        for (int i = 0; i < channels; i++) {
            m[i] = multiplier();
            s[i] = shift + between(0, 8);
        }
        return new String[] {constant(Tensor.ofInts(DType.S32, Shape.of(channels), m)), constant(Tensor.ofInts(DType.S8, Shape.of(channels), s))};
    }

    /** Bias of 32 or 38 bits. */
    String bias(int channels) {
        return random.nextBoolean() ? constant(tensor(DType.S32, Fill.RANDOM, channels))
                : constant(Tensor.ofLongs(Shape.of(channels), random.longs(channels, -1L << 37, 1L << 37).toArray()));
    }

    /** x, w, bias, multiplier, shift. */
    String[] operands(List<String> first, int channels, int shift) {
        List<String> all = new ArrayList<>(first);
        all.add(bias(channels));
        all.addAll(List.of(multipliers(channels, shift)));
        return all.toArray(String[]::new);
    }

    /** Adds the last node, whose result has the inferred shape and the type {@code y}, as the output. */
    Case finish(Op op, DType y, String... operands) {
        return finish(op, List.of(y), operands);
    }

    Case finish(Op op, List<DType> results, String... operands) {
        List<TensorType> in = List.of(operands).stream().map(graph::type).toList();
        List<TensorType> inferred = op.infer(in);
        List<String> outs = new ArrayList<>();
        List<TensorType> types = new ArrayList<>();
        for (int i = 0; i < inferred.size(); i++) {
            outs.add("y" + i);
            types.add(TensorType.of(results.get(i), inferred.get(i).shape()));
        }
        graph.add(op, outs, types, "case", operands);
        outs.forEach(graph::output);
        return new Case(graph.build(), inputs);
    }
}

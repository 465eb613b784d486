package org.autoneural.quantizer.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.autoneural.ir.DType;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.ChannelMultipliers;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Op;

/** Ops with constant weights and one multiplier a channel. A bias operand is always given, zeros where there is none. */
final class WeightedLowering {
    private WeightedLowering() {}

    static void linear(Node node, Emitter out) {
        sumOfProducts(node, out, 1, r -> new Linear(Optional.of(r)));
    }

    static void conv2d(Node node, Emitter out) {
        Conv2d op = (Conv2d) node.op();
        sumOfProducts(node, out, 1, r -> new Conv2d(op.strideH(), op.strideW(), op.pads(), op.dilationH(), op.dilationW(),
                op.groups(), op.layout(), Optional.of(r)));
    }

    static void causalConv1d(Node node, Emitter out) {
        sumOfProducts(node, out, 3, r -> new CausalConv1d(Optional.of(r)));
    }

    private static void sumOfProducts(Node node, Emitter out, int weight, Function<ChannelRescale, Op> op) {
        QuantParams x = out.quant(node.input(0));
        QuantParams w = out.quant(node.input(weight));
        QuantParams y = out.quant(node.output());
        int channels = out.shape(node.input(weight)).dim(0);
        List<String> operands = new ArrayList<>();
        for (int i = 0; i <= weight; i++) {
            operands.add(out.operand(node.input(i)));
        }
        Tensor bias = node.inputs().size() > weight + 1 ? bias(node, out, weight + 1, x, w)
                : Tensor.zeros(DType.S32, Shape.of(channels));
        String weightName = node.input(weight);
        operands.add(node.inputs().size() > weight + 1
                ? out.constant(node.input(weight + 1) + ".q", node.name() + ".bias.q", bias)
                : out.constant(weightName + ".bias", node.name() + ".bias", bias));
        operands.addAll(multipliers(node, out, weightName, x.scale(), w, y.scale()));
        Accumulator accumulator = out.proof(x, out.integers(weightName), bias).narrowest()
                .orElseThrow(() -> new IllegalArgumentException("the sum over %" + weightName + " can leave 64 bits"));
        out.emit(node, op.apply(rescale(accumulator, x.zeroPoint(), y)), operands);
    }

    static void gather(Node node, Emitter out) {
        QuantParams y = out.quant(node.output());
        List<String> operands = new ArrayList<>(node.inputs().stream().map(out::operand).toList());
        operands.addAll(multipliers(node, out, node.input(0), 1, out.quant(node.input(0)), y.scale()));
        out.emit(node, new Gather(Optional.of(rescale(Accumulator.I32_WRAP, 0, y))), operands);
    }

    private static ChannelRescale rescale(Accumulator accumulator, int zeroIn, QuantParams y) {
        return new ChannelRescale(accumulator, Rounding.SINGLE, zeroIn, y.zeroPoint(), y.qMin(), y.qMax());
    }

    /** Names of the constants multiplier s32 [C] and shift s8 [C] of {@code scaleX * scale of w[c] / scaleY}. */
    private static List<String> multipliers(Node node, Emitter out, String weight, double scaleX, QuantParams w, double scaleY) {
        int channels = out.shape(weight).dim(0);
        double[] ratios = new double[channels];
        Arrays.setAll(ratios, c -> scaleX * w.scale(c) / scaleY);
        ChannelMultipliers m = MultiplierEncoder.encodeChannels(ratios);
        Shape shape = Shape.of(channels);
        return List.of(
                out.constant(weight + ".multiplier", node.name() + ".multiplier", Tensor.ofInts(DType.S32, shape, m.multiplier())),
                out.constant(weight + ".shift", node.name() + ".shift", Tensor.ofInts(DType.S8, shape, m.shift())));
    }

    /** In steps of the accumulator. */
    private static Tensor bias(Node node, Emitter out, int operand, QuantParams x, QuantParams w) {
        String name = node.input(operand);
        float[] values = out.real(name).toFloats();
        Tensor bias = Tensor.zeros(out.quant(name).storage(), out.shape(name));
        for (int c = 0; c < values.length; c++) {
            double steps = Math.rint(values[c] / (x.scale() * w.scale(c)));
            if (!(Math.abs(steps) < 0x1p62)) {
                throw new IllegalArgumentException("bias %" + name + " of channel " + c + " is " + values[c] + ", which is " + steps
                        + " steps of the accumulator (allowed: below 2^62)");
            }
            bias.setLong(c, (long) steps);
        }
        return bias;
    }
}

package org.autoneural.quantizer.lower;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.math.encode.MultiplierPair;
import org.autoneural.ir.math.encode.TableEncoder;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Clamp;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.PairRescale;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.TensorRescale;

/** Ops that work element by element. */
final class ElementLowering {
    private ElementLowering() {}

    static void add(Node node, Emitter out) {
        QuantParams a = out.quant(node.input(0));
        QuantParams b = out.quant(node.input(1));
        QuantParams y = out.quant(node.output());
        MultiplierPair m = MultiplierEncoder.encodePair(a.scale() / y.scale(), b.scale() / y.scale());
        out.emit(node, new Add(Optional.of(new PairRescale(m.multiplierA(), m.multiplierB(), m.shift(), a.zeroPoint(), b.zeroPoint(),
                y.zeroPoint(), y.qMin(), y.qMax()))));
    }

    /** The table has the operand's type; its entries lie in the range of the result. */
    static void activation(Node node, Emitter out) {
        Activation op = (Activation) node.op();
        QuantParams y = out.quant(node.output());
        // a table of 8-bit entries cannot give 16 bits: the operand is widened first, which is exact
        QuantParams narrow = out.quant(node.input(0));
        QuantParams x = narrow.storage() == DType.S8 && y.storage() == DType.S16
                ? QuantParams.perTensor(DType.S16, narrow.scale() / 128, 0, narrow.origin()) : narrow;
        int[] entries;
        if (x.storage() == DType.S8) {
            byte[] table = TableEncoder.encode8(op::apply, x.scale(), x.zeroPoint(), y.scale(), y.zeroPoint(), y.qMin(), y.qMax()).entries();
            entries = new int[table.length];
            Arrays.setAll(entries, i -> table[i]);
        } else {
            short[] table = TableEncoder.encode16(op::apply, x.scale(), x.zeroPoint(), y.scale(), y.zeroPoint(), y.qMin(), y.qMax()).entries();
            entries = new int[table.length];
            Arrays.setAll(entries, i -> table[i]);
        }
        String name = node.name() + ".table";
        String table = out.constant(name, name, Tensor.ofInts(x.storage(), Shape.of(entries.length), entries));
        out.emit(node, op, List.of(out.operandAs(node, 0, x), table));
    }

    /** A requantize whose range is narrowed to the bounds. */
    static void clamp(Node node, Emitter out) {
        Clamp op = (Clamp) node.op();
        QuantParams x = out.quant(node.input(0));
        QuantParams y = out.quant(node.output());
        TensorRescale r = Emitter.rescale(x.scale() / y.scale(), x, y);
        out.emit(node, new Requantize(new TensorRescale(r.multiplier(), r.shift(), r.rounding(), r.zeroIn(), r.zeroOut(),
                bound(op.low(), y), bound(op.high(), y))));
    }

    /** The stored integer nearest to {@code value}, which may be infinite. */
    private static int bound(double value, QuantParams y) {
        return (int) Math.max(y.qMin(), Math.min(y.qMax(), y.zeroPoint() + Math.rint(value / y.scale())));
    }

    /** Multiplier and bias in steps of {@code scale of y * 2^-shift}; the bias holds the zero point, too. */
    static void imageNormalize(Node node, Emitter out) {
        ImageNormalize op = (ImageNormalize) node.op();
        QuantParams y = out.quant(node.output());
        double step = out.quant(node.input(1)).scale();
        int shift = Math.getExponent(y.scale() / step);
        if (shift < 1 || shift > 40 || Math.scalb(step, shift) != y.scale()) {
            throw new IllegalArgumentException("the picture's scale has steps of " + step + " for a result in steps of " + y.scale()
                    + " (allowed: the result's, divided by a power of two from 2 to 2^40)");
        }
        float[] scale = out.real(node.input(1)).toFloats();
        float[] offset = out.real(node.input(2)).toFloats();
        Tensor multiplier = Tensor.zeros(DType.S32, Shape.of(scale.length));
        Tensor bias = Tensor.zeros(DType.S64, Shape.of(offset.length));
        for (int c = 0; c < scale.length; c++) {
            multiplier.setLong(c, (long) Math.rint(scale[c] / step));
            bias.setLong(c, (long) Math.rint(offset[c] / step) + ((long) y.zeroPoint() << shift));
        }
        List<String> operands = List.of(out.operand(node.input(0)),
                out.constant(node.name() + ".multiplier", node.name() + ".multiplier", multiplier),
                out.constant(node.name() + ".bias", node.name() + ".bias", bias));
        out.emit(node, new ImageNormalize(op.layout(), Optional.of(new ImageNormalize.Integers(shift, y.qMin(), y.qMax()))), operands);
    }
}

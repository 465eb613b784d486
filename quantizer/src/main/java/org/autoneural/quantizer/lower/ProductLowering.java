package org.autoneural.quantizer.lower;

import java.util.Optional;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.op.AccumulatorProof;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.ProductRescale;

/** Products of two activations. */
final class ProductLowering {
    private ProductLowering() {}

    static void matMul(Node node, Emitter out) {
        MatMul op = (MatMul) node.op();
        out.emit(node, new MatMul(op.transposeB(), op.causal(), Optional.of(rescale(node, out, out.shape(node.input(0)).dim(2)))));
    }

    static void mul(Node node, Emitter out) {
        out.emit(node, new Mul(Optional.of(rescale(node, out, 1))));
    }

    private static ProductRescale rescale(Node node, Emitter out, int terms) {
        QuantParams a = out.quant(node.input(0));
        QuantParams b = out.quant(node.input(1));
        QuantParams y = out.quant(node.output());
        Multiplier m = MultiplierEncoder.encode(a.scale() * b.scale() / y.scale());
        Accumulator accumulator = AccumulatorProof.ofProducts(a.storage(), a.zeroPoint(), b.storage(), b.zeroPoint(), terms)
                .narrowest().orElseThrow(() -> new IllegalArgumentException("a sum of " + terms + " products can leave 64 bits"));
        return new ProductRescale(accumulator, m.multiplier(), m.shift(), Rounding.SINGLE, a.zeroPoint(), b.zeroPoint(),
                y.zeroPoint(), y.qMin(), y.qMax());
    }
}

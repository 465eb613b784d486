package org.autoneural.quantizer.lower;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.SoftmaxEncoder;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.TensorRescale;

/** Softmax, rotary embedding and the cache. */
final class AttentionLowering {
    private AttentionLowering() {}

    static void softmax(Node node, Emitter out) {
        QuantParams x = out.quant(node.input(0));
        QuantParams y = out.quant(node.output());
        Multiplier m = SoftmaxEncoder.encode(x.scale());
        out.emit(node, new Softmax(((Softmax) node.op()).causal(), Optional.of(new TensorRescale(m.multiplier(), m.shift(),
                Rounding.SINGLE, x.zeroPoint(), y.zeroPoint(), y.qMin(), y.qMax()))));
    }

    static void rope(Node node, Emitter out) {
        QuantParams x = out.quant(node.input(0));
        QuantParams y = out.quant(node.output());
        double tableScale = out.quant(node.input(1)).scale();
        out.emit(node, new Rope(Optional.of(Emitter.rescale(x.scale() * tableScale / y.scale(), x, y))));
    }

    /** Fresh rows come in the cache's encoding. */
    static void kvAppend(Node node, Emitter out) {
        QuantParams cache = out.quant(node.output());
        out.emit(node, new KvAppend(), List.of(out.operand(node.input(0)), out.operandAs(node, 1, cache),
                out.operand(node.input(2)), out.operand(node.input(3))));
    }
}

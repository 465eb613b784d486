package org.autoneural.quantizer.lower;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.math.encode.NormEncoder;
import org.autoneural.ir.math.encode.NormParams;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.NormRescale;
import org.autoneural.ir.op.RmsNorm;

/** Norms over the innermost axis. */
final class NormLowering {
    private NormLowering() {}

    static void rmsNorm(Node node, Emitter out) {
        RmsNorm op = (RmsNorm) node.op();
        QuantParams x = out.quant(node.input(0));
        QuantParams y = out.quant(node.output());
        NormParams n = NormEncoder.rms(out.shape(node.input(1)).dim(0), op.epsilon(), x.scale(), out.quant(node.input(1)).scale(), y.scale());
        out.emit(node, new RmsNorm(op.epsilon(), op.axis(), Optional.of(rescale(n, x, y))));
    }

    static void layerNorm(Node node, Emitter out) {
        LayerNorm op = (LayerNorm) node.op();
        QuantParams x = out.quant(node.input(0));
        QuantParams y = out.quant(node.output());
        int length = out.shape(node.input(1)).dim(0);
        NormParams n = NormEncoder.layer(length, op.epsilon(), x.scale(), out.quant(node.input(1)).scale(), y.scale());
        Tensor beta = Tensor.ofInts(DType.S32, Shape.of(length), NormEncoder.beta(out.real(node.input(2)).toFloats(), y.scale()));
        String betaName = out.constant(node.input(2) + ".q", node.name() + ".beta.q", beta);
        out.emit(node, new LayerNorm(op.epsilon(), Optional.of(rescale(n, x, y))),
                List.of(out.operand(node.input(0)), out.operand(node.input(1)), betaName));
    }

    private static NormRescale rescale(NormParams n, QuantParams x, QuantParams y) {
        return new NormRescale(n.epsInt(), n.multiplier(), n.shift(), x.zeroPoint(), y.zeroPoint(), y.qMin(), y.qMax());
    }
}

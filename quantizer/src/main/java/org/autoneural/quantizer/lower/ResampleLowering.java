package org.autoneural.quantizer.lower;

import java.util.Optional;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.TensorRescale;

/** Ops that mix neighbouring pixels. */
final class ResampleLowering {
    private ResampleLowering() {}

    static void avgPool2d(Node node, Emitter out) {
        AvgPool2d op = (AvgPool2d) node.op();
        out.emit(node, new AvgPool2d(op.kernelH(), op.kernelW(), op.strideH(), op.strideW(), op.layout(),
                Optional.of(mean(node, out, (double) op.kernelH() * op.kernelW()))));
    }

    /** The exact sum has the common denominator 4 * height * width. */
    static void resizeBilinear(Node node, Emitter out) {
        ResizeBilinear op = (ResizeBilinear) node.op();
        out.emit(node, new ResizeBilinear(op.height(), op.width(), op.layout(),
                Optional.of(mean(node, out, 4.0 * op.height() * op.width()))));
    }

    private static TensorRescale mean(Node node, Emitter out, double divisor) {
        QuantParams x = out.quant(node.input(0));
        QuantParams y = out.quant(node.output());
        return Emitter.rescale(x.scale() / (y.scale() * divisor), x, y);
    }
}

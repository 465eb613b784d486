package org.autoneural.quantizer.lower;

import java.util.List;
import org.autoneural.ir.DType;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.op.MaxPool2d;

/** Data movement: integers are copied, so operands and result need one encoding. */
final class MovementLowering {
    private MovementLowering() {}

    static void move(Node node, Emitter out) {
        if (out.isReal(node.output()) && !out.quant(node.input(0)).sameEncoding(out.quant(node.output()))) {
            out.emitThenRequantize(node, node.op(), out.quant(node.input(0)));
        } else {
            out.emit(node, node.op());
        }
    }

    /** The results are some of the operand's integers; no bounds but those of the type. */
    static void maxPool2d(Node node, Emitter out) {
        MaxPool2d op = (MaxPool2d) node.op();
        DType type = out.quant(node.input(0)).storage();
        move(node.withOp(new MaxPool2d(op.kernelH(), op.kernelW(), op.strideH(), op.strideW(), op.pads(), (int) type.min(),
                (int) type.max())), out);
    }

    static void concat(Node node, Emitter out) {
        if (!out.isReal(node.output())) {
            out.emit(node, node.op());
            return;
        }
        QuantParams y = out.quant(node.output());
        out.emit(node, node.op(), List.of(out.operandAs(node, 0, y), out.operandAs(node, 1, y)));
    }

    static void selectRows(Node node, Emitter out) {
        if (!out.isReal(node.output())) {
            out.emit(node, node.op());
            return;
        }
        QuantParams y = out.quant(node.output());
        out.emit(node, node.op(), List.of(out.operand(node.input(0)), out.operandAs(node, 1, y), out.operandAs(node, 2, y)));
    }
}

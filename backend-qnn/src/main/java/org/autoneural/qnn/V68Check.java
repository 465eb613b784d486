package org.autoneural.qnn;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.NodeCheck;
import org.autoneural.ir.op.RmsNorm;

/** Holds an INTEGER program against {@link V68}: codes QNN001 to QNN007. */
final class V68Check {
    private final List<Diagnostic> findings = new ArrayList<>();

    private V68Check() {
    }

    static List<Diagnostic> of(Program program) {
        V68Check check = new V68Check();
        for (Graph graph : program.entryPoints()) {
            check.graph(graph);
        }
        return check.findings;
    }

    private void graph(Graph graph) {
        if (graph.stage() != Stage.INTEGER) {
            findings.add(Diagnostic.error("QNN001", "graph " + graph.name(), "stage " + graph.stage().text(), "stage integer",
                    "quantize and lower the graph first"));
            return;
        }
        for (Node node : graph.nodes()) {
            node(graph, node);
        }
        long total = graph.constants().values().stream().mapToLong(data -> data.dtype().sizeBytes(data.elements())).sum();
        if (total >= V68.CONTEXT_BYTES) {
            findings.add(Diagnostic.error("QNN007", "graph " + graph.name(), total + " bytes of constants",
                    "less than " + V68.CONTEXT_BYTES + " in one context (V68-CONTEXT)", "use fewer bits for the weights or cut the graph"));
        }
    }

    private void node(Graph graph, Node node) {
        NodeCheck check = new NodeCheck(graph, node, findings::add);
        int maxRank = node.op() instanceof MatMul || node.op() instanceof Linear ? V68.MAX_PRODUCT_RANK : V68.MAX_RANK;
        for (TensorType type : check.ins()) {
            check.require(type.shape().rank() <= maxRank, "QNN002", type, "at most " + maxRank + " axes (V68-RANK)", "reshape it first");
        }
        if (node.op() instanceof MatMul) {
            check.require(check.in(1).dtype() == DType.S8, "QNN003", "second operand %" + node.input(1) + " of " + check.in(1),
                    "s8 (V68-MATMUL)", "quantize keys and values to 8 bits");
        }
        if ((node.op() instanceof RmsNorm || node.op() instanceof LayerNorm) && !hasEightBits(graph.constants().get(node.input(1)))) {
            findings.add(new Diagnostic("QNN004", Diagnostic.Severity.WARNING, check.place(), "gain %" + node.input(1) + " of " + check.in(1),
                    "8 bits (V68-GAMMA)", "the device code generator will have to round it to 8 bits; results will differ from the simulator"));
        }
        if (node.op() instanceof Conv2d conv) {
            depthwise(check, conv);
        }
        if (node.op() instanceof Activation activation) {
            unitScale(check, activation);
        }
    }

    /** Whether the values of a gain, whatever their container, are those of s8. */
    private static boolean hasEightBits(TensorData gain) {
        for (int i = 0; gain != null && i < gain.elements(); i++) {
            if (gain.getLong(i) < DType.S8.min() || gain.getLong(i) > DType.S8.max()) {
                return false;
            }
        }
        return gain != null;
    }

    private static void depthwise(NodeCheck check, Conv2d conv) {
        boolean plain = conv.dilationH() == 1 && conv.dilationW() == 1 || conv.strideH() == 1 && conv.strideW() == 1;
        boolean special = conv.dilationH() == 2 && conv.dilationW() == 2 && conv.strideH() == 2 && conv.strideW() == 2
                && conv.kernelH(check.in(1).shape()) == 3 && conv.kernelW(check.in(1).shape()) == 3;
        check.require(conv.groups() == 1 || plain || special, "QNN005",
                "grouped convolution with stride " + conv.strideH() + "x" + conv.strideW() + " and dilation " + conv.dilationH() + "x" + conv.dilationW(),
                "dilation at stride 1, or 3x3 with stride 2 and dilation 2 (V68-DEPTHWISE)", "");
    }

    private static void unitScale(NodeCheck check, Activation activation) {
        boolean bounded = activation.function() == Activation.Function.SIGMOID || activation.function() == Activation.Function.TANH;
        TensorType y = check.out(0);
        if (bounded && y.dtype() == DType.S16 && y.quant().isPresent()) {
            QuantParams q = y.quant().get();
            check.require(q.scale() == Math.scalb(1.0, V68.UNIT_SCALE_LOG2) && q.zeroPoint() == 0, "QNN006", "result in " + q,
                    "scale 2^-15, zero 0 (V68-UNIT-SCALE)", "fix the encoding of this result in the recipe");
        }
    }
}

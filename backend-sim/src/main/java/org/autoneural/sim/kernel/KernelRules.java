package org.autoneural.sim.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.autoneural.backend.Diagnostic;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Stage;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.Bias;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Clamp;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.NodeCheck;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Scale;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.TfliteSoftmax16;
import org.autoneural.sim.plan.Arena;

/** What the kernels ask of a graph beyond what the verifier holds: codes SIM001 to SIM007. */
public final class KernelRules {
    private static final Set<DType> ACTIVATIONS = Set.of(DType.S8, DType.S16);

    private KernelRules() {
    }

    /** Everything in {@code graph} for which there is no kernel; empty when it can run. */
    public static List<Diagnostic> check(Graph graph) {
        List<Diagnostic> findings = new ArrayList<>();
        if (graph.stage() != Stage.INTEGER) {
            findings.add(Diagnostic.error("SIM001", "graph " + graph.name(), "stage " + graph.stage().text(), "stage integer",
                    "quantize and lower the graph first"));
            return findings;
        }
        for (Node node : graph.nodes()) {
            check(new NodeCheck(graph, node, findings::add), node);
        }
        for (String output : graph.outputs()) {
            if (graph.isConstant(output)) {
                findings.add(Diagnostic.error("SIM007", "graph " + graph.name() + ", output %" + output, "a constant",
                        "a value that a node computes or an input", "leave it out of the outputs"));
            }
        }
        return findings;
    }

    private static void check(NodeCheck check, Node node) {
        Op op = node.op();
        boolean has = !(op instanceof Bias || op instanceof Scale || op instanceof Clamp);
        check.require(has, "SIM002", "op " + op.name(), "ops of the INTEGER stage", "run the standard passes and the lowering");
        if (!has) {
            return;
        }
        for (int i : constants(op)) {
            if (i < node.inputs().size()) {
                check.require(check.constant(i).isPresent(), "SIM003", "operand %" + node.input(i) + " that is computed",
                        "a constant", "fold it before compiling");
            }
        }
        if (op instanceof Linear || op instanceof Conv2d) {
            restConstant(check, node, 2);
        } else if (op instanceof CausalConv1d) {
            restConstant(check, node, 4);
        }
        Layout layout = layout(op);
        check.require(layout == Layout.NHWC, "SIM004", "layout " + layout, "layout NHWC", "run pass to-nhwc");
        if (op instanceof RmsNorm norm) {
            check.require(norm.axis() == check.in(0).shape().rank() - 1, "SIM004", "axis " + norm.axis() + " of " + check.in(0).shape(),
                    "the innermost axis", "run pass to-nhwc");
        }
        types(check, node, op);
    }

    /** Operands that must be constants, whatever else is given. */
    private static int[] constants(Op op) {
        if (op instanceof Linear || op instanceof Conv2d || op instanceof Activation || op instanceof RmsNorm) {
            return new int[] {1};
        }
        if (op instanceof CausalConv1d) {
            return new int[] {3};
        }
        if (op instanceof Gather) {
            return new int[] {0, 2, 3};
        }
        if (op instanceof ImageNormalize || op instanceof LayerNorm || op instanceof TfliteSoftmax16) {
            return new int[] {1, 2};
        }
        return new int[0];
    }

    private static void restConstant(NodeCheck check, Node node, int from) {
        for (int i = from; i < node.inputs().size(); i++) {
            check.require(check.constant(i).isPresent(), "SIM003", "operand %" + node.input(i) + " that is computed",
                    "a constant", "fold it before compiling");
        }
    }

    /** NHWC for ops without a layout. */
    private static Layout layout(Op op) {
        if (op instanceof Conv2d conv) {
            return conv.layout();
        }
        if (op instanceof AvgPool2d pool) {
            return pool.layout();
        }
        if (op instanceof ResizeBilinear resize) {
            return resize.layout();
        }
        if (op instanceof ResizeNearest resize) {
            return resize.layout();
        }
        return op instanceof ImageNormalize normalize ? normalize.layout() : Layout.NHWC;
    }

    private static void types(NodeCheck check, Node node, Op op) {
        for (int i = 0; i < node.inputs().size(); i++) {
            if (check.constant(i).isEmpty()) {
                memory(check, "%" + node.input(i), check.in(i).dtype());
            }
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            memory(check, "%" + node.outputs().get(i), check.out(i).dtype());
        }
        if (op instanceof MatMul) {
            check.require(ACTIVATIONS.contains(check.in(1).dtype()), "SIM006", "second operand %" + node.input(1) + " of " + check.in(1),
                    "s8 or s16", "quantize it");
        }
        if (op instanceof Softmax) {
            check.require(ACTIVATIONS.contains(check.in(0).dtype()) && (check.in(0).dtype() == DType.S16 || check.out(0).dtype() == DType.S8),
                    "SIM005", check.in(0) + " to " + check.out(0), "s16 to s16, s16 to s8 or s8 to s8", "");
        }
    }

    private static void memory(NodeCheck check, String value, DType type) {
        check.require(Arena.of(type).isPresent(), "SIM005", value + " of " + type.text(), "s8, u8, s16 or s32", "");
    }
}

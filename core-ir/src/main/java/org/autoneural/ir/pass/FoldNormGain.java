package org.autoneural.ir.pass;

import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.RmsNorm;

/**
 * Folds the gain of an RMS norm into the input channels of the convolutions and linears that read it, exactly (model.md
 * B.9), and leaves a gain of ones. Legal only when nothing else reads the norm and every weight belongs to its node alone (a
 * tied embedding does not).
 */
public final class FoldNormGain implements Pass {
    @Override
    public String name() {
        return "fold-norm-gain";
    }

    @Override
    public String summary() {
        return "Folds the gain of an RMS norm into the projections that read it, where legal";
    }

    @Override
    public Graph run(Graph graph) {
        GraphRewriter rewriter = new GraphRewriter(graph);
        boolean changed = false;
        for (Node norm : graph.nodes()) {
            if (!(norm.op() instanceof RmsNorm rms) || !Uses.ownConstant(graph, norm.input(1))
                    || graph.outputs().contains(norm.output()) || graph.consumers(norm.output()).isEmpty()) {
                continue;
            }
            float[] gain = graph.constants().get(norm.input(1)).toFloats();
            List<Node> readers = graph.consumers(norm.output());
            boolean ones = true;
            for (float g : gain) {
                ones &= g == 1;
            }
            if (ones || !readers.stream().allMatch(r -> accepts(graph, r, norm.output(), rms.axis()))) {
                continue;
            }
            for (Node reader : readers) {
                TensorData w = graph.constants().get(reader.input(1));
                rewriter.constant(reader.input(1), TensorViews.scaled(w, inputAxis(reader, gain.length), gain));
            }
            float[] unit = new float[gain.length];
            Arrays.fill(unit, 1);
            rewriter.constant(norm.input(1), Tensor.ofFloats(Shape.of(unit.length), unit));
            changed = true;
        }
        return changed ? rewriter.build() : graph;
    }

    private static boolean accepts(Graph graph, Node reader, String value, int axis) {
        if (reader.inputs().size() < 2 || reader.inputs().lastIndexOf(value) != 0
                || !Uses.ownConstant(graph, reader.input(1))) {
            return false;
        }
        int channels = graph.type(value).shape().dim(axis);
        if (reader.op() instanceof Conv2d conv) {
            // Depthwise: one filter a channel; with several the weight's axis 0 is longer than the gain.
            boolean depthwise = conv.groups() == channels && graph.type(reader.input(1)).shape().dim(0) == channels;
            return conv.layout().channelAxis() == axis && (conv.groups() == 1 || depthwise);
        }
        return reader.op() instanceof Linear && axis == graph.type(value).shape().rank() - 1;
    }

    /** Axis of the weight that runs over the input channels; a depthwise weight [C, 1, kh, kw] has them on axis 0. */
    private static int inputAxis(Node reader, int channels) {
        if (reader.op() instanceof Conv2d conv) {
            return conv.groups() == channels && channels > 1 ? 0 : conv.layout().channelAxis();
        }
        return 1;
    }
}

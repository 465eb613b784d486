package org.autoneural.quantizer.optimize;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;

/**
 * A linear layer or convolution whose weight no other op reads: {@code y = W x + b} on rows (patches) of its input. Entry
 * points that share the weight share the layer.
 *
 * @param weight name of the constant weight [outputs, ...]
 * @param x      name of the input
 * @param xShape shape of the input where the weight is first read; of the last axis alone matters for a linear layer
 * @param node   the node that first reads the weight
 * @param data   values of the weight
 * @param vision whether entry point {@code vision} reads it
 */
public record Layer(String weight, String x, Shape xShape, Node node, TensorData data, boolean vision) {
    /** Output channels. */
    public int outputs() {
        return data.shape().dim(0);
    }

    /** Channel groups: 1 but for grouped and depthwise convolutions. */
    public int groups() {
        return node.op() instanceof Conv2d conv ? conv.groups() : 1;
    }

    /** Weights of one output channel. */
    public int inputs() {
        return data.shape().inner(0);
    }

    /** The group of an output channel. */
    int group(int output) {
        return output / (outputs() / groups());
    }

    /** Name of the bias; empty where there is none. */
    public Optional<String> bias() {
        return node.inputs().size() > 2 ? Optional.of(node.input(2)) : Optional.empty();
    }

    /** All layers of a FLOAT program in the order of its graphs, convolutions of layout NHWC only. */
    public static List<Layer> of(Program program) {
        Map<String, Layer> layers = new LinkedHashMap<>();
        Set<String> shared = new HashSet<>();
        for (Graph g : program.entryPoints()) {
            for (Node n : g.nodes()) {
                boolean weighted = n.op() instanceof Linear || n.op() instanceof Conv2d conv && conv.layout() == Layout.NHWC;
                for (int i = 0; i < n.inputs().size(); i++) {
                    String v = n.input(i);
                    if (!g.isConstant(v)) {
                        continue;
                    }
                    Layer layer = weighted && i == 1
                            ? new Layer(v, n.input(0), g.type(n.input(0)).shape(), n, g.constants().get(v), g.name().equals("vision")) : null;
                    Layer before = layers.get(v);
                    if (layer != null && before == null) {
                        layers.put(v, layer);
                    } else if (before != null && (layer == null || !before.node().op().equals(n.op()) || !before.x().equals(layer.x()))) {
                        shared.add(v);
                    } else if (layer == null) {
                        shared.add(v);
                    }
                }
            }
        }
        List<Layer> own = new ArrayList<>(layers.values());
        own.removeIf(l -> shared.contains(l.weight()));
        return own;
    }

    /** The weights of one output channel. */
    float[] row(int output) {
        float[] row = new float[inputs()];
        data.readFloats((long) output * row.length, row, 0, row.length);
        return row;
    }
}

package org.autoneural.sim;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.StorageLayout;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.Linear;

/**
 * Chooses how a compiled program stores its weights: as tiles ({@link StorageLayout#TILE32}) where a matrix kernel reads them, which
 * is a linear layer or a convolution of one group; row-major otherwise. A gather reads either, so a tied embedding is tiles, once.
 */
final class WeightLayout {
    private WeightLayout() {
    }

    /** {@code program} with its weights in their layouts; nothing is packed before the bytes are asked for. */
    static Program choose(Program program) {
        Map<TensorData, TensorData> stored = new IdentityHashMap<>();
        List<Graph> graphs = new ArrayList<>();
        for (Graph graph : program.entryPoints()) {
            Map<String, TensorData> constants = new LinkedHashMap<>(graph.constants());
            constants.replaceAll((name, data) -> isTiled(program, name)
                    ? stored.computeIfAbsent(data, d -> TensorViews.stored(d, StorageLayout.TILE32)) : data);
            graphs.add(new Graph(graph.name(), graph.stage(), graph.inputs(), graph.outputs(), graph.states(), graph.nodes(), graph.types(),
                    constants));
        }
        return new Program(graphs);
    }

    /** A constant of one name is one tensor in all entry points: all of its readers count. */
    private static boolean isTiled(Program program, String constant) {
        boolean tiles = false;
        for (Graph graph : program.entryPoints()) {
            if (!graph.isConstant(constant)) {
                continue;
            }
            for (Node node : graph.consumers(constant)) {
                boolean matrix = isMatrix(node) && node.inputs().indexOf(constant) == 1;
                if (!matrix && !(node.op() instanceof Gather && node.inputs().indexOf(constant) == 0)) {
                    return false;
                }
                tiles |= matrix;
            }
        }
        return tiles;
    }

    private static boolean isMatrix(Node node) {
        return node.op() instanceof Linear || node.op() instanceof Conv2d conv && conv.groups() == 1;
    }
}

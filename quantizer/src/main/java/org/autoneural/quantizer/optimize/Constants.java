package org.autoneural.quantizer.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.TensorData;

/** A program with other constants. */
public final class Constants {
    private Constants() {}

    /** {@code program} with other values for the constants of {@code values}, in every entry point that has them. */
    public static Program replace(Program program, Map<String, ? extends TensorData> values) {
        return replace(program, values, Map.of());
    }

    /**
     * As {@link #replace(Program, Map)}, and the nodes that read weight w get bias {@code biases.get(w)} in place of their own or
     * of none.
     */
    static Program replace(Program program, Map<String, ? extends TensorData> values, Map<String, TensorData> biases) {
        return new Program(program.entryPoints().stream().map(g -> replace(g, values, biases)).toList());
    }

    private static Graph replace(Graph g, Map<String, ? extends TensorData> values, Map<String, TensorData> biases) {
        GraphRewriter rewriter = new GraphRewriter(g);
        values.forEach((name, data) -> {
            if (g.isConstant(name)) {
                rewriter.constant(name, data);
            }
        });
        for (Node n : g.nodes()) {
            TensorData bias = n.inputs().size() > 1 ? biases.get(n.input(1)) : null;
            if (bias != null) {
                List<String> inputs = new ArrayList<>(n.inputs().subList(0, 2));
                inputs.add(rewriter.constant(n.input(1) + ".corrected_bias", bias));
                rewriter.replace(n, n.withInputs(inputs));
            }
        }
        return rewriter.build();
    }
}

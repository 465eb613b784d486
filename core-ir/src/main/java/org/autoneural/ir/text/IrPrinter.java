package org.autoneural.ir.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Prints a graph as text that {@link IrParser} reads back.
 *
 * <pre>
 * graph @decode integer {
 *   input %x : s16[1,4] {s16, 0.001, zero 0, observer}
 *   const %w : s4[2,4] {s4, axis 0, [0.1, 0.2], zero 0, observer} = [1, 2, 3, 4, -1, -2, -3, -4]
 *   const %table : s16[513] = external
 *   %y = linear(%x, %w, ...) {integer={...}} : s16[1,2] {...} from "model.layers.0.mlp"
 *   output %y
 *   state %past -> %next
 * }
 * </pre>
 * Constants of up to {@value #INLINE} elements are printed whole, larger ones as {@code external}: their data travels
 * beside the text (in the artifact's segments, say).
 */
public final class IrPrinter {
    /** Largest constant printed with its elements. */
    public static final int INLINE = 16;

    private IrPrinter() {}

    /** The textual form of {@code graph}; {@code IrParser} reads it back. Larger constants stand as {@code external}, without their data. */
    public static String print(Graph graph) {
        StringBuilder s = new StringBuilder();
        s.append("graph @").append(graph.name()).append(' ').append(graph.stage().text()).append(" {\n");
        for (String input : graph.inputs()) {
            s.append("  input %").append(input).append(" : ").append(type(graph.type(input))).append('\n');
        }
        graph.constants().forEach((name, data) -> s.append("  const %").append(name).append(" : ")
                .append(type(graph.type(name))).append(" = ").append(elements(data)).append('\n'));
        for (Node node : graph.nodes()) {
            s.append("  ").append(print(graph, node)).append('\n');
        }
        for (String output : graph.outputs()) {
            s.append("  output %").append(output).append('\n');
        }
        for (StateBinding state : graph.states()) {
            s.append("  state %").append(state.input()).append(" -> %").append(state.output()).append('\n');
        }
        return s.append("}\n").toString();
    }

    /** One node on one line. */
    public static String print(Graph graph, Node node) {
        String attributes = Attributes.print(node.op());
        return names(node.outputs()) + " = " + node.op().name() + "(" + names(node.inputs()) + ")"
                + (attributes.isEmpty() ? "" : " " + attributes) + " : "
                + node.outputs().stream().map(v -> type(graph.type(v))).collect(Collectors.joining(", "))
                + (node.source().isEmpty() ? "" : " from \"" + node.source().replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }

    /** {@code s16[1,4] {s16, 0.001, zero 0, observer}} */
    public static String type(TensorType type) {
        return type + type.quant().map(q -> " " + encoding(q)).orElse("");
    }

    private static String encoding(QuantParams q) {
        String scale = q.isPerChannel() ? "axis " + q.axis() + ", " + Arrays.toString(q.scales()) : String.valueOf(q.scale());
        return "{" + q.storage().text() + ", " + scale + ", zero " + q.zeroPoint() + ", "
                + q.origin().name().toLowerCase(Locale.ROOT) + "}";
    }

    private static String elements(TensorData data) {
        if (data.elements() > INLINE) {
            return "external";
        }
        StringBuilder s = new StringBuilder("[");
        for (int i = 0; i < data.elements(); i++) {
            s.append(i == 0 ? "" : ", ").append(data.dtype().isFloat() ? String.valueOf(data.getFloat(i)) : String.valueOf(data.getLong(i)));
        }
        return s.append("]").toString();
    }

    private static String names(List<String> values) {
        return values.stream().map(v -> "%" + v).collect(Collectors.joining(", "));
    }
}

package org.autoneural.sim.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.StridedSlice;
import org.autoneural.ir.op.Transpose;

/**
 * The values of a graph that have a row for each token of a chunk, and of these rows none at or beyond {@code n_valid} changes an output
 * or a state. Since such rows need not be there, the graph means the same for a shorter chunk.
 *
 * <p>Found backwards, from how the ops are defined. By definition {@link KvAppend} reads no fresh row at or beyond n_valid, nor does
 * {@link LastRow}, nor the new state of {@link CausalConv1d}. An op whose row i is made of its operands' rows i alone, or of rows up to i,
 * needs of these what is needed of its result. Everything else needs a value whole: an output, a state, an op that is not listed here, a reader for
 * which the rows lie along another axis. Constants stay as they are, so that an op that adds one to rows keeps all of them.
 */
public final class PaddingRows {
    /** In the place of an axis: all of the value is needed. */
    private static final int WHOLE = -1;

    private final Graph graph;
    private final Count count;
    /** Of each value with rows the axis along which they lie, in order of definition. */
    private final Map<String, Integer> axes;

    /** Which input says how many rows count, and of how many. */
    private record Count(String input, int rows) {}

    private PaddingRows(Graph graph, Count count, Map<String, Integer> axes) {
        this.graph = graph;
        this.count = count;
        this.axes = axes;
    }

    /** Those of {@code graph}; empty if it takes no chunks, or its ops disagree on what a chunk is. */
    public static Optional<PaddingRows> of(Graph graph) {
        Set<Count> counts = new HashSet<>();
        graph.nodes().forEach(node -> count(graph, node).ifPresent(counts::add));
        if (counts.size() != 1) {
            return Optional.empty();
        }
        Count count = counts.iterator().next();
        return count.rows() > 1 && graph.inputs().contains(count.input()) ? Optional.of(new PaddingRows(graph, count, axes(graph)))
                : Optional.empty();
    }

    private static Optional<Count> count(Graph graph, Node node) {
        int rows = node.op() instanceof KvAppend ? 1 : node.op() instanceof CausalConv1d || node.op() instanceof LastRow ? 0 : -1;
        int valid = node.op() instanceof KvAppend ? 3 : node.op() instanceof CausalConv1d ? 2 : 1;
        return rows < 0 ? Optional.empty() : Optional.of(new Count(node.input(valid), graph.type(node.input(rows)).shape().dim(0)));
    }

    private static Map<String, Integer> axes(Graph graph) {
        Set<String> whole = new HashSet<>(graph.outputs());
        graph.states().forEach(s -> whole.add(s.input()));
        while (true) {
            Map<String, Integer> needed = needed(graph, whole);
            // A node whose result is to be shorter must have all its rows shorter: else it needs them whole, and so do those before it.
            if (!whole.addAll(stubborn(graph, needed))) {
                Map<String, Integer> axes = new LinkedHashMap<>();
                graph.inputs().forEach(v -> put(axes, v, needed));
                graph.nodes().forEach(node -> node.outputs().forEach(v -> put(axes, v, needed)));
                return axes;
            }
        }
    }

    private static void put(Map<String, Integer> axes, String value, Map<String, Integer> needed) {
        int axis = needed.getOrDefault(value, WHOLE);
        if (axis != WHOLE) {
            axes.put(value, axis);
        }
    }

    /** Of each value that is read, the axis along which its readers need rows below n_valid alone, or {@link #WHOLE}. */
    private static Map<String, Integer> needed(Graph graph, Set<String> whole) {
        Map<String, Integer> needed = new HashMap<>();
        whole.forEach(v -> needed.put(v, WHOLE));
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            int[] read = read(graph, node, needed.getOrDefault(node.outputs().get(0), WHOLE));
            for (int k = 0; k < read.length; k++) {
                needed.merge(node.input(k), read[k], (a, b) -> a.equals(b) ? a : WHOLE);
            }
        }
        return needed;
    }

    /** The values that cannot be shorter although their readers would not mind. */
    private static Set<String> stubborn(Graph graph, Map<String, Integer> needed) {
        Set<String> found = new HashSet<>();
        for (String v : graph.inputs()) {
            int axis = needed.getOrDefault(v, WHOLE);
            // The rows of a shorter chunk are the first of what the caller fills in.
            if (axis != WHOLE && graph.type(v).shape().outer(axis) != 1) {
                found.add(v);
            }
        }
        for (Node node : graph.nodes()) {
            for (int r = 0; r < node.outputs().size(); r++) {
                int axis = needed.getOrDefault(node.outputs().get(r), WHOLE);
                if (axis != WHOLE && !(r == 0 && isShortened(graph, node, axis, needed))) {
                    found.add(node.outputs().get(r));
                }
            }
        }
        return found;
    }

    private static boolean isShortened(Graph graph, Node node, int axis, Map<String, Integer> needed) {
        if (node.op() instanceof KvAppend || node.op() instanceof LastRow) {
            return false;
        }
        int[] read = read(graph, node, axis);
        boolean any = false;
        for (int k = 0; k < read.length; k++) {
            if (read[k] != WHOLE) {
                any = true;
                if (graph.isConstant(node.input(k)) || needed.get(node.input(k)) != read[k]) {
                    return false;
                }
            }
        }
        return any;
    }

    /**
     * For each operand the axis along which {@code node} reads rows below n_valid alone, or {@link #WHOLE}.
     *
     * @param axis of the first result, along which rows below n_valid alone are needed, or {@link #WHOLE}
     */
    private static int[] read(Graph graph, Node node, int axis) {
        Op op = node.op();
        if (op instanceof KvAppend) {
            return of(node, 1, 0);
        }
        if (op instanceof LastRow) {
            return of(node, 0, 0);
        }
        if (axis == WHOLE) {
            return of(node, 0, WHOLE);
        }
        Shape y = graph.type(node.outputs().get(0)).shape();
        boolean innermost = axis == y.rank() - 1;
        if (op instanceof Add || op instanceof Mul || op instanceof Concat concat && axis != concat.axis()) {
            return new int[] {axis, axis};
        }
        if (op instanceof SelectRows && axis == 0) {
            return new int[] {0, 0, 0};
        }
        if (op instanceof Gather && axis == 0) {
            return of(node, 1, 0);
        }
        if (op instanceof Transpose transpose) {
            return of(node, 0, transpose.permutation().get(axis));
        }
        if (op instanceof Reshape) {
            return of(node, 0, sameAxis(graph.type(node.input(0)).shape(), y, axis));
        }
        boolean byRow = op instanceof Activation || op instanceof Requantize || op instanceof RmsNorm norm && axis != norm.axis()
                || op instanceof Slice slice && axis != slice.axis() || op instanceof StridedSlice strided && axis != strided.axis()
                || (op instanceof LayerNorm || op instanceof Softmax || op instanceof Linear) && !innermost
                || (op instanceof Rope || op instanceof CausalConv1d) && axis == 0 || op instanceof MatMul && axis == 1;
        return of(node, 0, byRow ? axis : WHOLE);
    }

    private static int[] of(Node node, int operand, int axis) {
        int[] read = new int[node.inputs().size()];
        Arrays.fill(read, WHOLE);
        read[operand] = axis;
        return read;
    }

    /** The axis of {@code x} whose indices are those of {@code axis} of {@code y}, which has the same elements. */
    private static int sameAxis(Shape x, Shape y, int axis) {
        for (int a = 0; a < x.rank(); a++) {
            if (x.dim(a) == y.dim(axis) && x.outer(a) == y.outer(axis)) {
                return a;
            }
        }
        return WHOLE;
    }

    /** The input s32 [1] that says how many rows count. */
    public String count() {
        return count.input();
    }

    /** Rows of a whole chunk, at least 2. */
    public int rows() {
        return count.rows();
    }

    /**
     * The graph for a chunk of fewer rows. Run with the first {@code rows} rows of each input that has rows, and n_valid at most that, it
     * gives every output and every state the same bits.
     *
     * @param rows 1 to {@link #rows}
     */
    public Graph shortened(int rows) {
        Map<String, TensorType> types = new LinkedHashMap<>(graph.types());
        axes.forEach((value, axis) -> types.computeIfPresent(value, (v, type) -> type.withShape(type.shape().with(axis, rows))));
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            String y = node.outputs().get(0);
            boolean changed = node.op() instanceof Reshape && axes.containsKey(y);
            nodes.add(changed ? new Node(new Reshape(types.get(y).shape().dims()), node.inputs(), node.outputs(), node.source()) : node);
        }
        return new Graph(graph.name(), graph.stage(), graph.inputs(), graph.outputs(), graph.states(), nodes, types, graph.constants());
    }

    /** A line for each input and result: its type, and the axis along which its rows lie, if it has any. */
    public String text() {
        StringBuilder out = new StringBuilder("rows at or beyond %" + count.input() + " of " + count.rows() + "\n");
        graph.inputs().forEach(v -> line(out, v));
        graph.nodes().forEach(node -> node.outputs().forEach(v -> line(out, v)));
        return out.toString();
    }

    private void line(StringBuilder out, String value) {
        out.append(axes.containsKey(value) ? "  not needed, axis " + axes.get(value) : "  needed            ").append("  %").append(value)
                .append(" : ").append(graph.type(value)).append('\n');
    }
}

package org.autoneural.sim.cost;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.Bias;
import org.autoneural.ir.op.Clamp;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Scale;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;

/**
 * Where the values of a graph lie, decided front to back: on chip when there is room until their last use; strip by strip when
 * their readers follow closely and need only neighbouring rows (a cascade); otherwise in external memory, where graph inputs,
 * outputs and states always are. Views share the place of what they view.
 */
final class OnChipMemory {
    /** A cascade reaches over this many nodes: a residual block. */
    private static final int CASCADE_NODES = 6;
    /** Rows of a strip, with those that neighbouring strips share. */
    private static final int STRIP_ROWS = 10;

    /** Where a value lies. */
    enum Place {
        ON_CHIP, STRIPS, EXTERNAL
    }

    private final Graph graph;
    private final Widths widths;
    private final long room;
    private final int granule;
    private final Map<String, String> roots = new HashMap<>();
    private final Map<String, Integer> lastUse = new HashMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private final long[] liveBytes;

    OnChipMemory(Graph graph, Widths widths, Architecture architecture) {
        this.graph = graph;
        this.widths = widths;
        room = architecture.roomBytes();
        granule = architecture.tileChannels();
        liveBytes = new long[graph.nodes().size()];
        findRoots();
        place();
    }

    /** True iff {@code node} costs nothing: its result is a view, or its bounds are applied by the op before it. */
    boolean isFree(Node node) {
        Op op = node.op();
        if (op instanceof Reshape) {
            return true;
        }
        if (op instanceof Concat c) {
            // Whole granules are written in place by the ops before.
            return c.axis() != graph.type(node.output()).shape().rank() - 1
                    || node.inputs().stream().allMatch(v -> graph.type(v).shape().dim(-1) % granule == 0);
        }
        if (op instanceof ResizeNearest) {
            // One pixel spread over a map is read as often as needed by the op after it.
            Shape x = graph.type(node.input(0)).shape();
            return x.elements() == (long) x.dim(0) * Math.max(x.dim(1), x.dim(3));
        }
        if (op instanceof Bias) {
            // A batch norm is one op.
            return graph.producer(node.input(0)).map(p -> p.op() instanceof Scale).orElse(false);
        }
        // A ReLU is part of the conversion of sums to results.
        return (op instanceof Clamp || op instanceof Requantize) && graph.consumers(node.input(0)).size() == 1
                && graph.producer(node.input(0)).map(p -> p.op() instanceof Conv2d || p.op() instanceof Linear
                        || p.op() instanceof Add || p.op() instanceof MatMul || p.op() instanceof Scale || p.op() instanceof Bias).orElse(false);
    }

    private void findRoots() {
        List<Node> nodes = graph.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            for (String v : node.inputs()) {
                lastUse.merge(root(v), i, Math::max);
            }
            if (node.op() instanceof KvAppend || isFree(node) && !(node.op() instanceof Concat)) {
                roots.put(node.output(), root(node.input(0)));
            }
        }
    }

    /** The value whose place {@code value} shares. */
    String root(String value) {
        return roots.getOrDefault(value, value);
    }

    private void place() {
        graph.inputs().forEach(v -> places.put(v, Place.EXTERNAL));
        Set<String> live = new HashSet<>();
        long used = 0;
        long cascadeWeights = 0;
        List<Node> nodes = graph.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            long weights = 0;
            for (String v : node.inputs()) {
                weights += graph.isConstant(v) && !(node.op() instanceof Gather) ? widths.bytes(v) : 0;
            }
            boolean strips = false;
            for (String v : node.outputs()) {
                if (!root(v).equals(v)) {
                    continue;
                }
                long bytes = widths.bytes(v);
                if (used + bytes + Math.min(weights, room / 4) <= room) {
                    places.put(v, Place.ON_CHIP);
                    live.add(v);
                    used += bytes;
                } else if (cascades(i, v) && used + stripBytes(v) + cascadeWeights + weights <= room) {
                    places.put(v, Place.STRIPS);
                    strips = true;
                } else {
                    places.put(v, Place.EXTERNAL);
                }
            }
            cascadeWeights = strips ? cascadeWeights + weights : 0;
            liveBytes[i] = used;
            for (String v : Set.copyOf(live)) {
                if (lastUse.getOrDefault(v, i) <= i) {
                    live.remove(v);
                    used -= widths.bytes(v);
                }
            }
        }
    }

    private boolean cascades(int producer, String value) {
        int last = lastUse.getOrDefault(value, producer);
        if (last == producer || graph.outputs().contains(value)) {
            return false;
        }
        int issued = 0;
        for (int i = producer; i <= last; i++) {
            Node node = graph.nodes().get(i);
            if (!isFree(node)) {
                issued++;
                if (!byRows(node)) {
                    return false;
                }
            }
        }
        return issued <= CASCADE_NODES;
    }

    /** True iff a few rows of the result need a few rows of the first operand only. */
    static boolean byRows(Node node) {
        Op op = node.op();
        if (op instanceof AvgPool2d p) {
            return p.kernelH() <= STRIP_ROWS;
        }
        return op instanceof Conv2d || op instanceof Linear || op instanceof Add || op instanceof Mul || op instanceof Activation
                || op instanceof Clamp || op instanceof Requantize || op instanceof Scale || op instanceof Bias || op instanceof RmsNorm
                || op instanceof LayerNorm || op instanceof Softmax || op instanceof MatMul || op instanceof MaxPool2d
                || op instanceof ResizeNearest || op instanceof ResizeBilinear || op instanceof Concat || op instanceof Slice;
    }

    private long stripBytes(String value) {
        Shape shape = graph.type(value).shape();
        int rows = shape.rank() == 4 ? shape.dim(1) : shape.rank() == 3 ? shape.dim(0) * shape.dim(1) : shape.dim(0);
        return widths.bytes(value) * Math.min(rows, STRIP_ROWS) / Math.max(1, rows);
    }

    /** Place of {@code value}, which is no constant. */
    Place place(String value) {
        return places.get(root(value));
    }

    boolean isExternal(String value) {
        return place(value) == Place.EXTERNAL;
    }

    /** Bytes on chip while node {@code i} runs, its tiles left out. */
    long liveBytes(int i) {
        return liveBytes[i];
    }
}

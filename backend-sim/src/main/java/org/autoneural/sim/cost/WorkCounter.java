package org.autoneural.sim.cost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.autoneural.backend.Precision;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Cost;
import org.autoneural.ir.op.Engine;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.Transpose;

/** Counts the work of a graph on an {@link Architecture}. */
final class WorkCounter {
    private final Architecture architecture;
    private final Graph graph;
    private final Widths widths;
    private final OnChipMemory memory;
    private final Map<String, Integer> producers = new HashMap<>();

    private WorkCounter(Architecture architecture, Graph graph, Optional<Precision> precision) {
        this.architecture = architecture;
        this.graph = graph;
        widths = new Widths(graph, precision);
        memory = new OnChipMemory(graph, widths, architecture);
    }

    /** @param precision how a FLOAT graph is stored; empty for an INTEGER graph */
    static WorkTable count(Architecture architecture, Graph graph, Optional<Precision> precision) {
        WorkCounter counter = new WorkCounter(architecture, graph, precision);
        List<NodeWork> nodes = new ArrayList<>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            nodes.add(counter.node(i));
        }
        return WorkTable.of(graph.name(), nodes);
    }

    private NodeWork node(int i) {
        Node node = graph.nodes().get(i);
        Op op = node.op();
        boolean free = memory.isFree(node);
        TreeSet<Integer> after = new TreeSet<>();
        node.inputs().forEach(v -> Optional.ofNullable(producers.get(v)).ifPresent(after::add));
        node.outputs().forEach(v -> producers.put(v, i));
        Cost cost = op.cost(graph.types(node.inputs()), graph.types(node.outputs()));
        MacClass macClass = widths.macClass(node.input(0), node.inputs().get(node.inputs().size() > 1 ? 1 : 0));
        if (free) {
            return new NodeWork(node, cost.engine(), true, false, macClass, 0, 0, 0, false, 0, 0, 0, 0, memory.liveBytes(i), List.copyOf(after));
        }
        boolean depthwise = isDepthwise(node);
        Engine engine = depthwise || cost.engine() == Engine.MEMORY ? Engine.VECTOR : cost.engine();
        Tiling tiling = tiling(i, node);
        long weights = weightBytes(node);
        long written = writtenBytes(node);
        long read = Math.max(0, tiling.ddrBytes() - weights - written);
        boolean matrix = engine == Engine.MATRIX;
        return new NodeWork(node, engine, false, isFused(node), macClass, cost.macs(), matrix ? paddedMacs(node) : 0,
                (matrix ? results(node, macClass) : vectors(node, depthwise)) + conversions(node), depthwise, weights, read, written,
                tiling.firstBytes(), memory.liveBytes(i) + tiling.onChipBytes(), List.copyOf(after));
    }

    private boolean isDepthwise(Node node) {
        return node.op() instanceof Conv2d c && c.groups() > 1 && c.groups() == graph.type(node.input(0)).shape().dim(c.layout().channelAxis());
    }

    /** True iff {@code node} is an activation function and the only reader of a convolution's or product's result. */
    private boolean isFused(Node node) {
        return node.op() instanceof Activation && graph.consumers(node.input(0)).size() == 1
                && graph.producer(node.input(0)).map(p -> p.op() instanceof Conv2d || p.op() instanceof Linear).orElse(false);
    }

    // Work of the engines

    private static long pad(long n, int granule) {
        return (n + granule - 1) / granule * granule;
    }

    private long paddedMacs(Node node) {
        Shape y = graph.type(node.output()).shape();
        int columns = tileColumns(node.input(0));
        int channels = architecture.tileChannels();
        if (node.op() instanceof Conv2d c) {
            Shape w = graph.type(node.input(1)).shape();
            int cg = w.dim(c.layout().channelAxis());
            long taps = (long) c.kernelH(w) * c.kernelW(w);
            // Few channels (a picture): the columns of the kernel stand beside each other in the granule.
            long depth = cg <= 4 ? pad((long) cg * c.kernelW(w), channels) * c.kernelH(w) : pad(cg, channels) * taps;
            return y.dim(0) * pad(y.dim(c.layout().heightAxis()), architecture.tileRows()) * pad(y.dim(c.layout().widthAxis()), columns)
                    * pad(w.dim(0), channels) * depth;
        } else if (node.op() instanceof Linear) {
            Shape w = graph.type(node.input(1)).shape();
            long rows = y.rank() == 4 ? y.dim(0) * pad(y.dim(1), architecture.tileRows()) * pad(y.dim(2), columns)
                    : pad(y.elements() / y.dim(-1), architecture.matrixRows());
            return rows * pad(w.dim(0), channels) * pad(w.dim(1), channels);
        } else if (node.op() instanceof MatMul) {
            return y.dim(0) * pad(y.dim(1), architecture.matrixRows()) * pad(y.dim(2), channels)
                    * pad(graph.type(node.input(0)).shape().dim(2), channels);
        }
        throw new IllegalStateException("no rule for the granules of " + node.op().name());
    }

    /** Instructions that turn the array's sums into results: one for each register of them and each sum that becomes one result. */
    private double results(Node node, MacClass macClass) {
        return (double) macClass.sums() * paddedBytes(node.output()) / architecture.vectorBytes();
    }

    /**
     * Instructions of the vector unit: registers of result times instructions for each. Only depthwise convolutions need whole granules;
     * a map of few channels is worked on as it lies.
     */
    private double vectors(Node node, boolean depthwise) {
        Op op = node.op();
        long bytes = 0;
        for (String v : node.outputs()) {
            bytes += graph.states().stream().anyMatch(s -> s.output().equals(v)) && op instanceof KvAppend ? 0 : depthwise ? paddedBytes(v) : widths.bytes(v);
        }
        double each;
        if (depthwise) {
            Shape w = graph.type(node.input(1)).shape();
            each = ((Conv2d) op).kernelH(w) * (double) ((Conv2d) op).kernelW(w);
        } else if (op instanceof CausalConv1d) {
            each = graph.type(node.input(3)).shape().dim(1);
        } else if (op instanceof AvgPool2d p) {
            // One sum for each pixel of the operand in each window that holds it.
            bytes = widths.bytes(node.input(0));
            each = Math.max(1, (double) p.kernelH() * p.kernelW() / (p.strideH() * p.strideW()));
        } else if (op instanceof MaxPool2d p) {
            each = p.kernelH() + p.kernelW(); // rows, then columns
        } else if (op instanceof Softmax) {
            each = 8;
        } else if (op instanceof RmsNorm || op instanceof LayerNorm) {
            each = 5;
        } else if (op instanceof ResizeBilinear || op instanceof Rope) {
            each = 4;
        } else if (op instanceof Activation) {
            each = 3;
        } else if (op instanceof Transpose || op instanceof Mul) {
            each = 2;
        } else {
            each = 1;
        }
        return each * bytes / architecture.vectorBytes();
    }

    /** Instructions that bring pictures which come from outside into granules. */
    private double conversions(Node node) {
        return node.inputs().stream().filter(v -> graph.inputs().contains(v) && graph.type(v).shape().rank() == 4)
                .mapToDouble(v -> (double) paddedBytes(v) / architecture.vectorBytes()).sum();
    }

    /** Bytes of {@code value} in whole granules. */
    private long paddedBytes(String value) {
        Shape shape = graph.type(value).shape();
        if (shape.rank() == 0) {
            return 1;
        }
        long outer = shape.elements() / Math.max(1, shape.dim(-1));
        if (shape.rank() == 4) {
            outer = shape.dim(0) * pad(shape.dim(1), architecture.tileRows()) * pad(shape.dim(2), tileColumns(value));
        }
        return outer * pad(shape.dim(-1), architecture.tileChannels()) * widths.bits(value) / 8;
    }

    private int tileColumns(String value) {
        return widths.bits(value) <= 8 ? architecture.tileColumns8() : architecture.tileColumns16();
    }

    // Memory

    private long weightBytes(Node node) {
        long bytes = 0;
        for (int k = 0; k < node.inputs().size(); k++) {
            String v = node.input(k);
            if (!graph.isConstant(v)) {
                continue;
            }
            if (node.op() instanceof Gather) {
                // Only the rows that are asked for.
                Shape table = graph.type(v).shape();
                bytes += k == 1 ? 0 : widths.bytes(v) / table.dim(0) * graph.type(node.input(1)).shape().elements();
            } else if (node.op() instanceof Rope) {
                bytes += widths.bytes(v) / graph.type(v).shape().dim(0) * graph.type(node.input(0)).shape().dim(0);
            } else {
                bytes += widths.bytes(v);
            }
        }
        return bytes;
    }

    private long writtenBytes(Node node) {
        if (node.op() instanceof KvAppend) {
            return widths.bytes(node.input(1));
        }
        long bytes = 0;
        for (String v : node.outputs()) {
            bytes += memory.isExternal(v) || graph.outputs().contains(v) ? widths.bytes(v) : 0;
        }
        return bytes;
    }

    private long readBytes(Node node) {
        long bytes = 0;
        for (int k = 0; k < node.inputs().size(); k++) {
            String v = node.input(k);
            boolean cache = node.op() instanceof KvAppend && k == 0;
            if (!graph.isConstant(v) && !cache && memory.isExternal(v)) {
                bytes += widths.bytes(v);
            }
        }
        return bytes;
    }

    private Tiling tiling(int i, Node node) {
        long weights = weightBytes(node);
        long read = readBytes(node);
        long written = writtenBytes(node);
        long room = Math.max(0, architecture.roomBytes() - memory.liveBytes(i));
        Shape y = graph.type(node.output()).shape();
        if (node.op() instanceof Conv2d c) {
            Shape x = graph.type(node.input(0)).shape();
            Shape w = graph.type(node.input(1)).shape();
            int h = c.layout().heightAxis();
            return Tiling.search(new Tiling.Problem(y.dim(h), c.strideH(), (c.kernelH(w) - 1) * c.dilationH() + 1, x.dim(h), read,
                    written, weights, w.dim(0)), architecture.tileRows(), architecture.tileChannels(), room);
        } else if (node.op() instanceof Linear) {
            int rows = (int) (y.elements() / y.dim(-1));
            return Tiling.search(new Tiling.Problem(rows, 1, 1, rows, read, written, weights, y.dim(-1)), architecture.matrixRows(),
                    architecture.tileChannels(), room);
        }
        // Element by element, or row by row: everything crosses once, a strip at a time.
        long strip = Math.min(weights + read + written, room / 4);
        return new Tiling(weights + read + written, Math.min(weights + read, strip), 2 * strip);
    }
}

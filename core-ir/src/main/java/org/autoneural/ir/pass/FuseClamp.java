package org.autoneural.ir.pass;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.PairRescale;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.TensorRescale;

/**
 * Moves a clamp (ReLU, ReLU6) into the convolution, linear or sum before it, at the INTEGER stage: there a clamp is a
 * requantize, and one that changes nothing but the bounds becomes the bounds of what it reads. The same integers come out.
 */
public final class FuseClamp implements Pass {
    @Override
    public String name() {
        return "fuse-clamp";
    }

    @Override
    public String summary() {
        return "Moves a clamp (ReLU) into the bounds of the convolution, linear or sum before it";
    }

    @Override
    public Graph run(Graph graph) {
        GraphRewriter rewriter = new GraphRewriter(graph);
        boolean changed = false;
        for (Node node : graph.nodes()) {
            Node producer = node.op() instanceof Requantize r && changesBoundsOnly(graph, node, r.integer())
                    ? graph.producer(node.input(0)).orElse(null) : null;
            if (producer == null || !Uses.single(graph, producer.output())) {
                continue;
            }
            TensorRescale bounds = ((Requantize) node.op()).integer();
            Optional<Op> bounded = bounded(producer.op(), bounds.min(), bounds.max());
            if (bounded.isPresent()) {
                rewriter.replace(producer, List.of());
                rewriter.replace(node, new Node(bounded.get(), producer.inputs(), node.outputs(), producer.source()));
                changed = true;
            }
        }
        return changed ? rewriter.build() : graph;
    }

    private static boolean changesBoundsOnly(Graph graph, Node node, TensorRescale r) {
        return r.shift() < 31 && r.multiplier() == 1 << r.shift() && r.zeroIn() == r.zeroOut()
                && graph.type(node.input(0)).dtype() == graph.type(node.output()).dtype();
    }

    /** {@code op} with its bounds narrowed; empty when it has none, or they would not meet. */
    private static Optional<Op> bounded(Op op, int min, int max) {
        if (op instanceof Conv2d c) {
            return c.integer().flatMap(r -> narrowed(r, min, max)).map(r -> new Conv2d(c.strideH(), c.strideW(), c.pads(),
                    c.dilationH(), c.dilationW(), c.groups(), c.layout(), Optional.of(r)));
        } else if (op instanceof Linear l) {
            return l.integer().flatMap(r -> narrowed(r, min, max)).map(r -> new Linear(Optional.of(r)));
        } else if (op instanceof Add a) {
            return a.integer().filter(r -> Math.max(r.min(), min) <= Math.min(r.max(), max)).map(r -> new Add(Optional.of(
                    new PairRescale(r.multiplierA(), r.multiplierB(), r.shift(), r.zeroA(), r.zeroB(), r.zeroOut(),
                            Math.max(r.min(), min), Math.min(r.max(), max)))));
        }
        return Optional.empty();
    }

    private static Optional<ChannelRescale> narrowed(ChannelRescale r, int min, int max) {
        int low = Math.max(r.min(), min);
        int high = Math.min(r.max(), max);
        return low > high ? Optional.empty()
                : Optional.of(new ChannelRescale(r.accumulator(), r.rounding(), r.zeroIn(), r.zeroOut(), low, high));
    }
}

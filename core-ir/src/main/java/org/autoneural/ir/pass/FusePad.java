package org.autoneural.ir.pass;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Pad;

/** Moves zero padding of rows and columns into the convolutions that read it. */
public final class FusePad implements Pass {
    @Override
    public String name() {
        return "fuse-pad";
    }

    @Override
    public String summary() {
        return "Moves zero padding into the convolutions that read it";
    }

    @Override
    public Graph run(Graph graph) {
        GraphRewriter rewriter = new GraphRewriter(graph);
        boolean changed = false;
        for (Node node : graph.nodes()) {
            if (!(node.op() instanceof Conv2d conv) || !(graph.producer(node.input(0)).map(Node::op).orElse(null) instanceof Pad pad)) {
                continue;
            }
            int h = conv.layout().heightAxis();
            int w = conv.layout().widthAxis();
            int total = pad.before().stream().mapToInt(i -> i).sum() + pad.after().stream().mapToInt(i -> i).sum();
            if (total != pad.before().get(h) + pad.after().get(h) + pad.before().get(w) + pad.after().get(w)) {
                continue;
            }
            List<Integer> pads = List.of(conv.pads().get(0) + pad.before().get(h), conv.pads().get(1) + pad.before().get(w),
                    conv.pads().get(2) + pad.after().get(h), conv.pads().get(3) + pad.after().get(w));
            List<String> operands = new ArrayList<>(node.inputs());
            operands.set(0, graph.producer(node.input(0)).orElseThrow().input(0));
            rewriter.replace(node, new Node(new Conv2d(conv.strideH(), conv.strideW(), pads, conv.dilationH(), conv.dilationW(),
                    conv.groups(), conv.layout(), conv.integer()), operands, node.outputs(), node.source()));
            changed = true;
        }
        return changed ? new DeadCode().run(rewriter.build()) : graph;
    }
}

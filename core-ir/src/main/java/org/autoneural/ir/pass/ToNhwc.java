package org.autoneural.ir.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.Bias;
import org.autoneural.ir.op.Clamp;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Scale;
import org.autoneural.ir.op.Transpose;

/**
 * Changes pictures from NCHW to NHWC, which kernels and the NPU want: every op that knows its layout is rewritten, weights
 * become [O, kh, kw, I] (lazily), element-wise ops go along, and transposes stand only where another op still wants NCHW.
 * Those mostly vanish in {@code simplify-movement}. Values keep their names, with the extents permuted.
 */
public final class ToNhwc implements Pass {
    private static final List<Integer> TO_NHWC = List.of(0, 2, 3, 1);
    private static final List<Integer> TO_NCHW = List.of(0, 3, 1, 2);

    @Override
    public String name() {
        return "to-nhwc";
    }

    @Override
    public String summary() {
        return "Changes pictures and convolutions from NCHW to NHWC";
    }

    @Override
    public Graph run(Graph graph) {
        return graph.nodes().stream().anyMatch(n -> inNhwc(graph, n).isPresent()) ? new Rewrite(graph).run() : graph;
    }

    /** The op in NHWC; empty when it has no layout, or has that one already. */
    private static Optional<Op> inNhwc(Graph graph, Node node) {
        Op op = node.op();
        if (graph.type(node.output()).shape().rank() != 4) {
            return Optional.empty();
        }
        if (op instanceof Conv2d c && c.layout() == Layout.NCHW) {
            return Optional.of(new Conv2d(c.strideH(), c.strideW(), c.pads(), c.dilationH(), c.dilationW(), c.groups(),
                    Layout.NHWC, c.integer()));
        } else if (op instanceof AvgPool2d p && p.layout() == Layout.NCHW) {
            return Optional.of(new AvgPool2d(p.kernelH(), p.kernelW(), p.strideH(), p.strideW(), Layout.NHWC, p.integer()));
        } else if (op instanceof ResizeNearest r && r.layout() == Layout.NCHW) {
            return Optional.of(new ResizeNearest(r.height(), r.width(), Layout.NHWC));
        } else if (op instanceof ResizeBilinear r && r.layout() == Layout.NCHW) {
            return Optional.of(new ResizeBilinear(r.height(), r.width(), Layout.NHWC, r.integer()));
        } else if (op instanceof ImageNormalize n && n.layout() == Layout.NCHW) {
            return Optional.of(new ImageNormalize(Layout.NHWC, n.integer()));
        } else if (op instanceof RmsNorm n && n.axis() == 1) {
            return Optional.of(new RmsNorm(n.epsilon(), 3, n.integer()));
        } else if (op instanceof Bias b && b.axis() == 1) {
            return Optional.of(new Bias(3));
        } else if (op instanceof Scale s && s.axis() == 1) {
            return Optional.of(new Scale(3));
        } else if (op instanceof Concat c && c.axis() == 1) {
            return Optional.of(new Concat(3));
        }
        return Optional.empty();
    }

    private static boolean elementWise(Op op) {
        return op instanceof Activation || op instanceof Add || op instanceof Mul || op instanceof Clamp;
    }

    /** One run over one graph. */
    private static final class Rewrite {
        private final Graph graph;
        private final GraphRewriter rewriter;
        /** Values whose name now stands for the NHWC tensor. */
        private final Set<String> nhwc = new HashSet<>();
        /** Transposed copies made so far: value to copy in the other layout. */
        private final Map<String, String> copies = new HashMap<>();
        private List<Node> emitted = new ArrayList<>();

        Rewrite(Graph graph) {
            this.graph = graph;
            this.rewriter = new GraphRewriter(graph);
        }

        Graph run() {
            for (Node node : graph.nodes()) {
                emitted = new ArrayList<>();
                Optional<Op> converted = inNhwc(graph, node);
                boolean follows = elementWise(node.op()) && graph.type(node.output()).shape().rank() == 4
                        && node.inputs().stream().anyMatch(nhwc::contains);
                if (converted.isPresent() || follows) {
                    convert(node, converted.orElse(node.op()));
                } else {
                    emitted.add(node.mapInputs(v -> nhwc.contains(v) ? copy(v, TO_NCHW) : v));
                }
                rewriter.replace(node, emitted);
            }
            return rewriter.build();
        }

        private void convert(Node node, Op op) {
            List<String> operands = new ArrayList<>(node.inputs());
            int pictures = op instanceof Add || op instanceof Mul || op instanceof Concat ? 2 : op instanceof ImageNormalize ? 0 : 1;
            for (int i = 0; i < pictures; i++) {
                if (!nhwc.contains(operands.get(i))) {
                    operands.set(i, copy(operands.get(i), TO_NHWC));
                }
            }
            if (op instanceof Conv2d) {
                String w = operands.get(1);
                rewriter.constant(w, TensorViews.permuted(graph.constants().get(w), TO_NHWC));
            }
            String result = node.output();
            // A graph output keeps its type: it is computed under another name and transposed back.
            boolean output = graph.outputs().contains(result);
            String name = output ? rewriter.freshName(result + ".nhwc") : result;
            rewriter.type(name, permuted(graph.type(result), TO_NHWC));
            emitted.add(new Node(op, operands, List.of(name), node.source()));
            if (output) {
                copies.put(result, name);
                emitted.add(new Node(new Transpose(TO_NCHW), List.of(name), List.of(result), node.source()));
            } else {
                nhwc.add(name);
            }
        }

        /** {@code value} in the other layout, transposed once. */
        private String copy(String value, List<Integer> permutation) {
            String made = copies.get(value);
            if (made != null) {
                return made;
            }
            String name = rewriter.freshName(value + (permutation == TO_NHWC ? ".nhwc" : ".nchw"));
            TensorType now = nhwc.contains(value) ? permuted(graph.type(value), TO_NHWC) : graph.type(value);
            rewriter.type(name, permuted(now, permutation));
            String source = graph.producer(value).map(Node::source).orElse("");
            emitted.add(new Node(new Transpose(permutation), List.of(value), List.of(name), source));
            copies.put(value, name);
            return name;
        }

        private static TensorType permuted(TensorType type, List<Integer> permutation) {
            return type.withShape(new Shape(permutation.stream().map(a -> type.shape().dim(a)).toList()));
        }
    }
}

package org.autoneural.ir.pass;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.Shape;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.Transpose;

/**
 * Replaces a chain of reshapes and transposes by the shortest one: at most reshape, transpose, reshape; a single reshape
 * when the order of elements does not change; nothing when the shape does not either.
 *
 * <p>The chain is followed by its <em>factors</em>: extents with their stride in the first tensor. A transpose reorders
 * them, a reshape splits them where it must; what is left at the end, neighbours joined, says what has really moved.
 */
public final class SimplifyMovement implements Pass {
    /** A digit of the element index: extent and stride in the chain's first tensor. */
    private record Factor(long extent, long stride) {}

    @Override
    public String name() {
        return "simplify-movement";
    }

    @Override
    public String summary() {
        return "Replaces chains of reshapes and transposes by the shortest one";
    }

    @Override
    public Graph run(Graph graph) {
        GraphRewriter rewriter = new GraphRewriter(graph);
        boolean changed = false;
        for (Node node : graph.nodes()) {
            if (moves(node.op())) {
                List<Node> chain = chain(graph, node);
                List<Node> shortest = shortest(graph, rewriter, chain);
                boolean cheaper = shortest.size() < chain.size()
                        || node.op() instanceof Transpose && shortest.size() == 1 && shortest.get(0).op() instanceof Reshape;
                if (cheaper) {
                    if (shortest.isEmpty()) {
                        rewriter.redirect(node.output(), chain.get(0).input(0));
                    }
                    rewriter.replace(node, shortest);
                    changed = true;
                }
            }
        }
        return changed ? new DeadCode().run(rewriter.build()) : graph;
    }

    private static boolean moves(Op op) {
        return op instanceof Reshape || op instanceof Transpose;
    }

    /** The reshapes and transposes that lead to {@code last}, in order. */
    private static List<Node> chain(Graph graph, Node last) {
        List<Node> chain = new ArrayList<>(List.of(last));
        for (Node n = graph.producer(last.input(0)).orElse(null); n != null && moves(n.op());
                n = graph.producer(n.input(0)).orElse(null)) {
            chain.add(0, n);
        }
        return chain;
    }

    private static List<Node> shortest(Graph graph, GraphRewriter rewriter, List<Node> chain) {
        Node last = chain.get(chain.size() - 1);
        String from = chain.get(0).input(0);
        TensorType start = graph.type(from);
        Shape end = graph.type(last.output()).shape();
        Optional<List<Factor>> followed = follow(graph, start.shape(), chain);
        if (followed.isEmpty()) {
            return chain;
        }
        List<Factor> moved = joined(followed.get());
        List<Factor> original = moved.stream().sorted(Comparator.comparingLong(Factor::stride).reversed()).toList();
        boolean keepsShape = start.shape().equals(end);
        if (moved.equals(original)) {
            return keepsShape && !graph.outputs().contains(last.output()) ? List.of()
                    : List.of(new Node(new Reshape(end.dims()), List.of(from), last.outputs(), last.source()));
        }
        Shape split = shape(original);
        Shape permuted = shape(moved);
        Transpose transpose = new Transpose(moved.stream().map(original::indexOf).toList());
        List<Node> result = new ArrayList<>();
        String value = from;
        if (!split.equals(start.shape())) {
            value = emit(rewriter, result, new Reshape(split.dims()), value, last, ".split", start.withShape(split));
        }
        if (permuted.equals(end)) {
            result.add(new Node(transpose, List.of(value), last.outputs(), last.source()));
        } else {
            value = emit(rewriter, result, transpose, value, last, ".permuted", start.withShape(permuted));
            result.add(new Node(new Reshape(end.dims()), List.of(value), last.outputs(), last.source()));
        }
        return result;
    }

    private static String emit(GraphRewriter rewriter, List<Node> nodes, Op op, String operand, Node last, String suffix, TensorType type) {
        String name = rewriter.freshName(last.output() + suffix);
        rewriter.type(name, type);
        nodes.add(new Node(op, List.of(operand), List.of(name), last.source()));
        return name;
    }

    private static Shape shape(List<Factor> factors) {
        return new Shape(factors.stream().map(f -> (int) f.extent).toList());
    }

    /** Factors after the chain, outermost first, without those of extent 1; empty when a reshape cuts a digit. */
    private static Optional<List<Factor>> follow(Graph graph, Shape start, List<Node> chain) {
        List<List<Factor>> axes = new ArrayList<>();
        for (int a = 0; a < start.rank(); a++) {
            axes.add(List.of(new Factor(start.dim(a), start.inner(a))));
        }
        for (Node node : chain) {
            if (node.op() instanceof Transpose t) {
                axes = t.permutation().stream().map(axes::get).toList();
                continue;
            }
            Optional<List<List<Factor>>> regrouped = regroup(digits(axes), graph.type(node.output()).shape());
            if (regrouped.isEmpty()) {
                return Optional.empty();
            }
            axes = regrouped.get();
        }
        return Optional.of(digits(axes));
    }

    private static List<Factor> digits(List<List<Factor>> axes) {
        return axes.stream().flatMap(List::stream).filter(f -> f.extent > 1).toList();
    }

    /** Distributes factors over the axes of {@code shape}, innermost first, splitting those that span two axes. */
    private static Optional<List<List<Factor>>> regroup(List<Factor> factors, Shape shape) {
        List<Factor> rest = new ArrayList<>(factors);
        List<List<Factor>> axes = new ArrayList<>();
        for (int a = shape.rank() - 1; a >= 0; a--) {
            List<Factor> axis = new ArrayList<>();
            long need = shape.dim(a);
            while (need > 1) {
                Factor f = rest.remove(rest.size() - 1);
                long inner = gcd(need, f.extent);
                if (inner < need && inner < f.extent) {
                    return Optional.empty();
                }
                axis.add(0, new Factor(inner, f.stride));
                if (f.extent > inner) {
                    rest.add(new Factor(f.extent / inner, f.stride * inner));
                }
                need /= inner;
            }
            axes.add(0, axis);
        }
        return Optional.of(axes);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** Joins neighbours that are neighbours in the first tensor too. */
    private static List<Factor> joined(List<Factor> factors) {
        List<Factor> result = new ArrayList<>();
        for (Factor f : factors) {
            Factor outer = result.isEmpty() ? null : result.get(result.size() - 1);
            if (outer != null && outer.stride == f.stride * f.extent) {
                result.set(result.size() - 1, new Factor(outer.extent * f.extent, f.stride));
            } else {
                result.add(f);
            }
        }
        return result;
    }
}

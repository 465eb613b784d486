package org.autoneural.quantizer.optimize;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.SelectRows;

/**
 * Turns the residual stream of a decoder by a Hadamard matrix R, folded into the weights around it: outliers of few channels
 * spread over all (Ashkboos, Mohtashami, Croci, Li, Cameron, Jaggi, Alistarh, Hoefler and Hensman, "QuaRot: outlier-free 4-bit
 * inference in rotated LLMs", NeurIPS 2024; only the rotations that cost nothing at run time).
 *
 * <p>The stream is made by embeddings, visual tokens and the layers added to it, whose output channels are turned by R; it is read
 * through RMS norms, which commute with R once their gain lies in the weights behind them, whose input channels are turned by R. A
 * norm whose gain could not be folded because its reader's weight is shared (logits tied to the embeddings) gets a copy of that
 * weight with gain and R in it.
 *
 * <p>Exact for nothing else: gated products and causal convolutions work channel by channel, a rotary embedding pairs channels,
 * and the vision encoder's residual streams are read by depthwise convolutions and made by norms with gains of their own. Where
 * the stream is read or made by any other op, the program is left as it is. Holds the turned weights on the heap in f32.
 */
final class Hadamard {
    private final Program program;
    private final Set<String> stream = new HashSet<>();
    private final Map<String, Integer> constantUses = new HashMap<>();
    private final Map<String, TensorData> changed = new HashMap<>();
    private HadamardMatrix matrix;

    private Hadamard(Program program) {
        this.program = program;
    }

    /** The program with its residual stream turned; the program itself where that is not exact. */
    static Program apply(Program program) {
        return new Hadamard(program).run();
    }

    private Program run() {
        Optional<Node> table = program.entryPoints().stream().flatMap(g -> g.nodes().stream()).filter(n -> n.op() instanceof Gather).findFirst();
        if (table.isEmpty()) {
            return program;
        }
        for (Graph g : program.entryPoints()) {
            Set<String> inGraph = new HashSet<>();
            g.nodes().forEach(n -> n.inputs().stream().filter(g::isConstant).forEach(c -> inGraph.add(n.name() + " " + c)));
            inGraph.stream().map(u -> u.substring(u.indexOf(' ') + 1)).forEach(c -> constantUses.merge(g.name() + " " + c, 1, Integer::sum));
        }
        follow(table.get().output());
        int width = program.entryPoints().stream().flatMap(g -> g.constant(table.get().input(0)).stream()).findFirst().orElseThrow().shape().dim(1);
        Optional<HadamardMatrix> found = HadamardMatrix.of(width);
        if (found.isEmpty() || !program.entryPoints().stream().allMatch(this::isExact)) {
            return program;
        }
        matrix = found.get();
        return new Program(program.entryPoints().stream().map(this::turn).toList());
    }

    /** All values of the stream, over all entry points: values of one name are one value. */
    private void follow(String start) {
        Deque<String> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            String v = open.pop();
            if (!stream.add(v)) {
                continue;
            }
            for (Graph g : program.entryPoints()) {
                for (Node n : g.nodes()) {
                    List<String> carried = carried(n);
                    if (carried.contains(v) || n.output().equals(v)) {
                        if (!carried.isEmpty()) {
                            open.addAll(carried);
                            open.add(n.output());
                        }
                    }
                }
            }
        }
    }

    /** The operands of which the result holds sums or rows; empty for an op that does not pass the stream on. */
    private static List<String> carried(Node n) {
        if (n.op() instanceof Add) {
            return n.inputs();
        } else if (n.op() instanceof SelectRows) {
            return n.inputs().subList(1, 3);
        }
        return n.op() instanceof LastRow ? n.inputs().subList(0, 1) : List.of();
    }

    private boolean isExact(Graph g) {
        boolean made = g.nodes().stream().filter(n -> stream.contains(n.output())).allMatch(n -> !carried(n).isEmpty()
                || n.op() instanceof Gather || n.op() instanceof Linear && isOwn(g, n.input(1)));
        boolean read = g.nodes().stream().filter(n -> n.inputs().stream().anyMatch(stream::contains)).allMatch(n -> !carried(n).isEmpty()
                || n.op() instanceof RmsNorm norm && norm.axis() == g.type(n.output()).shape().rank() - 1 && isOwn(g, n.input(1))
                        && g.consumers(n.output()).stream().allMatch(r -> r.op() instanceof Linear && r.input(0).equals(n.output())));
        // a value that comes in must be one that another entry point makes
        boolean inputs = g.inputs().stream().filter(stream::contains).allMatch(v -> program.entryPoints().stream().anyMatch(o -> o.producer(v).isPresent()));
        return made && read && inputs;
    }

    private boolean isOwn(Graph g, String constant) {
        return constantUses.getOrDefault(g.name() + " " + constant, 0) == 1;
    }

    private Graph turn(Graph g) {
        GraphRewriter rewriter = new GraphRewriter(g);
        for (Node n : g.nodes()) {
            if (stream.contains(n.output()) && n.op() instanceof Gather) {
                rewriter.constant(n.input(0), once(g, n.input(0), this::rows));
            } else if (stream.contains(n.output()) && n.op() instanceof Linear) {
                rewriter.constant(n.input(1), once(g, n.input(1), this::columns));
                if (n.inputs().size() > 2) {
                    rewriter.constant(n.input(2), once(g, n.input(2), b -> rows(b)));
                }
            } else if (n.op() instanceof RmsNorm && stream.contains(n.input(0))) {
                turnReaders(g, n, rewriter);
            }
        }
        return rewriter.build();
    }

    private void turnReaders(Graph g, Node norm, GraphRewriter rewriter) {
        float[] gain = g.constants().get(norm.input(1)).toFloats();
        float[] ones = new float[gain.length];
        Arrays.fill(ones, 1);
        for (Node reader : g.consumers(norm.output())) {
            String w = reader.input(1);
            if (isOwn(g, w)) {
                rewriter.constant(w, once(g, w, data -> rows(withGain(data, gain))));
            } else {
                String untied = w + ".untied";
                rewriter.constant(untied, changed.computeIfAbsent(untied, u -> rows(withGain(g.constants().get(w), gain))));
                List<String> inputs = new ArrayList<>(reader.inputs());
                inputs.set(1, untied);
                rewriter.replace(reader, reader.withInputs(inputs));
            }
        }
        if (!Arrays.equals(gain, ones)) {
            rewriter.constant(norm.input(1), Tensor.ofFloats(Shape.of(ones.length), ones));
        }
    }

    private interface Change {
        TensorData of(TensorData data);
    }

    /** Entry points share constants: each is changed once. */
    private TensorData once(Graph g, String constant, Change change) {
        TensorData known = changed.get(constant);
        if (known == null) {
            known = change.of(g.constants().get(constant));
            changed.put(constant, known);
        }
        return known;
    }

    private static TensorData withGain(TensorData w, float[] gain) {
        return TensorViews.scaled(w, 1, gain);
    }

    /** Every vector along the last axis turned. */
    private Tensor rows(TensorData data) {
        int width = data.shape().dim(-1);
        float[] turned = new float[Math.toIntExact(data.elements())];
        IntStream.range(0, turned.length / width).parallel().forEach(r -> {
            float[] row = new float[width];
            data.readFloats((long) r * width, row, 0, width);
            double[] x = new double[width];
            Arrays.setAll(x, i -> row[i]);
            matrix.apply(x);
            for (int i = 0; i < width; i++) {
                turned[r * width + i] = (float) x[i];
            }
        });
        return Tensor.ofFloats(data.shape(), turned);
    }

    /** Every vector along the first axis of a matrix turned. */
    private Tensor columns(TensorData data) {
        int height = data.shape().dim(0);
        int width = data.shape().inner(0);
        float[] all = data.toFloats();
        float[] turned = new float[all.length];
        IntStream.range(0, width).parallel().forEach(c -> {
            double[] x = new double[height];
            Arrays.setAll(x, i -> all[i * width + c]);
            matrix.apply(x);
            for (int i = 0; i < height; i++) {
                turned[i * width + c] = (float) x[i];
            }
        });
        return Tensor.ofFloats(data.shape(), turned);
    }
}

package org.autoneural.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.NodeCheck;

/**
 * Compares a dump with our INTEGER graphs. Each op is evaluated on the dumped operands (ours where the dump has none), and its
 * result held against the dumped one: an op is judged by itself, not by what was handed to it, and the first that departs is
 * where the implementations part.
 */
public final class Comparison {
    private static final int BEST = 3;

    private final Program program;
    private final Dump dump;
    private final int explained;
    private final List<Departure> departures = new ArrayList<>();

    private Comparison(Program program, Dump dump, int explained) {
        this.program = program;
        this.dump = dump;
        this.explained = explained;
    }

    /**
     * Compares all runs of the dump.
     *
     * @param explained for how many departures to look for an explanation, each of which evaluates its op some dozen times
     * @throws DumpException when the dump does not fit the program: an unknown entry point or tensor, another type or shape, an
     *                       input or state that is missing, an operand that the op refuses
     */
    public static DepartureReport of(Program program, Dump dump, int explained) {
        Comparison comparison = new Comparison(program, dump, explained);
        List<DepartureReport.ComparedRun> runs = new ArrayList<>();
        for (int i = 0; i < dump.runs().size(); i++) {
            runs.add(comparison.run(i));
        }
        return new DepartureReport(dump.producer(), runs, comparison.departures);
    }

    private DepartureReport.ComparedRun run(int index) {
        Dump.Run run = dump.runs().get(index);
        Graph graph;
        try {
            graph = program.entryPoint(run.entryPoint());
        } catch (IllegalArgumentException e) {
            throw new DumpException(dump.folder().resolve(Dump.INDEX), "run " + index + ": " + e.getMessage(), e);
        }
        Map<String, DumpedTensor> dumped = new Alignment(graph, dump, index).tensors();
        Map<String, Integer> readers = new HashMap<>();
        graph.nodes().forEach(n -> n.inputs().forEach(v -> readers.merge(v, 1, Integer::sum)));
        Map<String, Tensor> live = new HashMap<>();
        for (String input : graph.inputs()) {
            if (dumped.containsKey(input)) {
                live.put(input, read(graph, input, dumped.get(input)));
            } else if (readers.containsKey(input)) {
                throw new DumpException(dump.folder().resolve(Dump.INDEX), "run " + index + " (" + graph.name() + ") lacks the input %"
                        + input + " " + graph.type(input) + "; a run can be repeated only with all its inputs and states");
            }
        }
        int computed = 0, compared = 0;
        for (Node node : graph.nodes()) {
            List<TensorData> in = node.inputs().stream()
                    .map(v -> live.containsKey(v) ? live.get(v) : graph.constant(v).orElseThrow()).toList();
            Evaluation own = new Evaluation(node.op(), in, graph.types(node.outputs()), false);
            List<Tensor> results = evaluate(graph, node, own);
            for (int k = 0; k < results.size(); k++) {
                String value = node.outputs().get(k);
                computed++;
                Tensor forward = results.get(k);
                if (dumped.containsKey(value)) {
                    compared++;
                    forward = read(graph, value, dumped.get(value));
                    judge(index, graph, node, k, own, results.get(k), forward, unseen(graph, node, dumped.keySet()));
                }
                if (readers.containsKey(value)) {
                    live.put(value, forward);
                }
            }
            for (String v : node.inputs()) {
                if (readers.merge(v, -1, Integer::sum) == 0) {
                    live.remove(v);
                }
            }
        }
        return new DepartureReport.ComparedRun(graph.name(), computed, compared);
    }

    private static Tensor read(Graph graph, String value, DumpedTensor tensor) {
        return tensor.read(graph.type(value).dtype());
    }

    private List<Tensor> evaluate(Graph graph, Node node, Evaluation own) {
        try {
            return own.results();
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new DumpException(dump.folder(), NodeCheck.place(graph, node) + " cannot be evaluated on the dumped operands: "
                    + e.getMessage(), e);
        }
    }

    /** Computed operands of {@code node} that the dump has not, and their operands in turn up to dumped ones. */
    private static List<String> unseen(Graph graph, Node node, Set<String> dumped) {
        Set<String> found = new LinkedHashSet<>();
        List<String> open = new ArrayList<>(node.inputs());
        while (!open.isEmpty()) {
            String value = open.remove(open.size() - 1);
            Optional<Node> producer = graph.producer(value);
            if (producer.isPresent() && !dumped.contains(value) && found.add(value)) {
                open.addAll(producer.get().inputs());
            }
        }
        return List.copyOf(found);
    }

    private void judge(int run, Graph graph, Node node, int result, Evaluation own, Tensor ours, Tensor theirs, List<String> unseen) {
        int n = (int) ours.elements(), worst = 0;
        long departing = 0, max = 0;
        // by log2 of the greatest difference of each class: 1, 2, 3..4, 5..8
        long[] classes = new long[Long.SIZE + 1];
        for (int i = 0; i < n; i++) {
            long steps = Math.abs(ours.getLong(i) - theirs.getLong(i));
            if (steps != 0) {
                departing++;
                classes[Long.SIZE - Long.numberOfLeadingZeros(steps - 1)]++;
            }
            if (steps > max) {
                max = steps;
                worst = i;
            }
        }
        if (departing == 0) {
            return;
        }
        boolean explain = departures.size() < explained;
        List<Variant> variants = new ArrayList<>();
        List<Explanation> explanations = new ArrayList<>();
        if (explain) {
            variants.addAll(Variants.of(node.op()));
            explanations.addAll(explain(variants, own, result, ours, theirs));
            long all = departing;
            if (explanations.stream().noneMatch(e -> e.fits() == all && e.breaks() == 0)) {
                List<Variant> pairs = Variants.pairs(node.op());
                variants.addAll(pairs);
                explanations.addAll(explain(pairs, own, result, ours, theirs));
            }
        }
        departures.add(new Departure(run, graph.name(), node.outputs().get(result), node.op().name(), node.source(), n, departing, max,
                histogram(classes), worst, ours.getLong(worst), theirs.getLong(worst), unseen, variants.size(), best(explanations, departing)));
    }

    private static List<Explanation> explain(List<Variant> variants, Evaluation own, int result, Tensor ours, Tensor theirs) {
        List<Explanation> all = new ArrayList<>();
        for (Variant variant : variants) {
            Optional<Tensor> other = variant.change().apply(own).flatMap(e -> attempt(e, result));
            if (other.isEmpty()) {
                continue;
            }
            long fits = 0, breaks = 0;
            for (int i = 0; i < ours.elements(); i++) {
                boolean agrees = ours.getLong(i) == theirs.getLong(i);
                boolean would = other.get().getLong(i) == theirs.getLong(i);
                fits += !agrees && would ? 1 : 0;
                breaks += agrees && !would ? 1 : 0;
            }
            all.add(new Explanation(variant.name(), variant.meaning(), fits, breaks));
        }
        return all;
    }

    /** Empty when the variant cannot compute this: double rounding of a sum beyond 32 bits, say. */
    private static Optional<Tensor> attempt(Evaluation evaluation, int result) {
        try {
            return Optional.of(evaluation.results().get(result));
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** All that explain everything; when there are none, the few that explain more than they break. */
    private static List<Explanation> best(List<Explanation> all, long departing) {
        List<Explanation> full = all.stream().filter(e -> e.fits() == departing && e.breaks() == 0).toList();
        return !full.isEmpty() ? full : all.stream().filter(e -> e.fits() > e.breaks())
                .sorted(Comparator.comparingLong((Explanation e) -> e.breaks() - e.fits())).limit(BEST).toList();
    }

    private static Map<String, Long> histogram(long[] classes) {
        Map<String, Long> histogram = new LinkedHashMap<>();
        for (int c = 0; c < classes.length; c++) {
            if (classes[c] > 0) {
                String steps = c < 2 ? String.valueOf(c + 1) : ((1L << (c - 1)) + 1) + ".." + (1L << c);
                histogram.put(steps, classes[c]);
            }
        }
        return histogram;
    }
}

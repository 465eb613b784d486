package org.autoneural.inspect;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.autoneural.artifact.Artifact;
import org.autoneural.artifact.Segment;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.text.Attributes;

/**
 * What changed from one compiled model to another, in words: facts of the compiler, files inside, weights, entry points, nodes and
 * encodings. Nodes and weights are matched by name, which is made from the checkpoint's names and stays the same between
 * compilations. Contents are compared by the hashes in the files' directories, so no weight is read.
 *
 * @param lines sentences, the most general first; empty when the models are the same
 */
public record ModelDifference(List<String> lines) {
    /** How many of a kind are named one by one. */
    private static final int NAMED = 8;

    public ModelDifference {
        lines = List.copyOf(lines);
    }

    /** Whether the files are the same. */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** What changed from {@code before} to {@code after}, in words. */
    public static ModelDifference between(Artifact before, Artifact after) {
        List<String> lines = new ArrayList<>();
        if (before.sha256().equals(after.sha256())) {
            return new ModelDifference(lines);
        }
        metadata(before.metadata(), after.metadata(), lines);
        files(before, after, lines);
        segments(before, after, lines);
        entryPoints(before, after, lines);
        if (lines.isEmpty()) {
            lines.add("the directories differ in what this command does not compare: order of constants, or paddings");
        }
        return new ModelDifference(lines);
    }

    private static void metadata(Map<String, String> before, Map<String, String> after, List<String> lines) {
        for (String key : union(before.keySet(), after.keySet())) {
            String a = before.getOrDefault(key, "not set");
            String b = after.getOrDefault(key, "not set");
            if (!a.equals(b)) {
                lines.add(key + ": " + a + " -> " + b);
            }
        }
    }

    private static void files(Artifact before, Artifact after, List<String> lines) {
        for (String name : union(before.files(), after.files())) {
            ByteBuffer a = before.file(name).orElse(ByteBuffer.allocate(0));
            ByteBuffer b = after.file(name).orElse(ByteBuffer.allocate(0));
            if (!before.files().contains(name) || !after.files().contains(name)) {
                lines.add("file " + name + (after.files().contains(name) ? " is new" : " is gone"));
            } else if (!a.equals(b)) {
                lines.add("file " + name + " changed, " + a.remaining() + " -> " + b.remaining() + " bytes");
            }
        }
    }

    private static void segments(Artifact before, Artifact after, List<String> lines) {
        Map<String, Segment> a = byName(before);
        Map<String, Segment> b = byName(after);
        named("constants that are new", a.keySet(), b.keySet(), lines);
        named("constants that are gone", b.keySet(), a.keySet(), lines);
        Map<String, List<String>> retyped = new TreeMap<>();
        List<String> reshaped = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        a.forEach((name, old) -> {
            Segment now = b.get(name);
            if (now == null) {
                return;
            }
            if (old.dtype() != now.dtype()) {
                retyped.computeIfAbsent(old.dtype().text() + " -> " + now.dtype().text(), k -> new ArrayList<>()).add(name);
            } else if (!old.shape().equals(now.shape())) {
                reshaped.add(name + " " + old.shape() + " -> " + now.shape());
            } else if (!old.sha256().equals(now.sha256())) {
                changed.add(name);
            }
        });
        retyped.forEach((types, names) -> listed("constants stored as " + types, names, lines));
        listed("constants of another shape", reshaped, lines);
        listed("constants with other elements", changed, lines);
        long bytesBefore = a.values().stream().mapToLong(Segment::sizeBytes).sum();
        long bytesAfter = b.values().stream().mapToLong(Segment::sizeBytes).sum();
        if (bytesBefore != bytesAfter) {
            lines.add(String.format(Locale.ROOT, "constants take %.2f -> %.2f MB", bytesBefore / 1e6, bytesAfter / 1e6));
        }
    }

    private static Map<String, Segment> byName(Artifact artifact) {
        Map<String, Segment> all = new LinkedHashMap<>();
        artifact.segments().forEach(s -> all.put(s.name(), s));
        return all;
    }

    private static void entryPoints(Artifact before, Artifact after, List<String> lines) {
        Map<String, Graph> a = new LinkedHashMap<>();
        before.program().entryPoints().forEach(g -> a.put(g.name(), g));
        Map<String, Graph> b = new LinkedHashMap<>();
        after.program().entryPoints().forEach(g -> b.put(g.name(), g));
        named("entry points that are new", a.keySet(), b.keySet(), lines);
        named("entry points that are gone", b.keySet(), a.keySet(), lines);
        a.forEach((name, graph) -> {
            if (b.containsKey(name)) {
                graph(graph, b.get(name), lines);
            }
        });
    }

    private static void graph(Graph before, Graph after, List<String> lines) {
        String in = before.name() + ": ";
        Map<String, Node> a = byName(before);
        Map<String, Node> b = byName(after);
        named(in + "nodes that are new", a.keySet(), b.keySet(), lines);
        named(in + "nodes that are gone", b.keySet(), a.keySet(), lines);
        List<String> otherOp = new ArrayList<>();
        List<String> rewired = new ArrayList<>();
        List<String> attributes = new ArrayList<>();
        List<String> types = new ArrayList<>();
        Map<String, Double> rescaled = new HashMap<>();
        a.forEach((name, old) -> {
            Node now = b.get(name);
            if (now == null) {
                return;
            }
            if (!old.op().name().equals(now.op().name())) {
                otherOp.add(name + " " + old.op().name() + " -> " + now.op().name());
            } else if (!old.inputs().equals(now.inputs())) {
                rewired.add(name);
            } else if (!Attributes.print(old.op()).equals(Attributes.print(now.op()))) {
                attributes.add(name);
            }
            TensorType x = before.type(name);
            TensorType y = after.type(name);
            if (x.dtype() != y.dtype() || !x.shape().equals(y.shape())) {
                types.add(name + " " + x.dtype().text() + x.shape() + " -> " + y.dtype().text() + y.shape());
            } else if (!x.quant().equals(y.quant())) {
                rescaled.put(name, factor(x, y));
            }
        });
        listed(in + "nodes of another op", otherOp, lines);
        listed(in + "nodes with other operands", rewired, lines);
        listed(in + "results of another type", types, lines);
        listed(in + "nodes whose attributes changed (multipliers and bounds among them)", attributes, lines);
        List<String> byFactor = rescaled.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, Double> e) -> -Math.abs(Math.log(e.getValue()))).thenComparing(Map.Entry::getKey))
                .map(e -> String.format(Locale.ROOT, "%s x%.3g", e.getKey(), e.getValue())).toList();
        listed(in + "results with another encoding, by the change of their scale", byFactor, lines);
    }

    private static Map<String, Node> byName(Graph graph) {
        Map<String, Node> all = new LinkedHashMap<>();
        graph.nodes().forEach(n -> all.put(n.name(), n));
        return all;
    }

    /** New scale over old; of per-channel encodings the median ratio; 1 where they cannot be compared. */
    private static double factor(TensorType before, TensorType after) {
        if (before.quant().isEmpty() || after.quant().isEmpty()) {
            return 1;
        }
        double[] a = scales(before.quant().get());
        double[] b = scales(after.quant().get());
        if (a.length != b.length) {
            return 1;
        }
        double[] ratios = new double[a.length];
        Arrays.setAll(ratios, i -> b[i] / a[i]);
        Arrays.sort(ratios);
        return ratios[ratios.length / 2];
    }

    private static double[] scales(QuantParams quant) {
        return quant.isPerChannel() ? quant.scales() : new double[] {quant.scale()};
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        Set<String> all = new TreeSet<>(a);
        all.addAll(b);
        return all;
    }

    /** What {@code there} has and {@code missingIn} lacks. */
    private static void named(String what, Set<String> missingIn, Set<String> there, List<String> lines) {
        Set<String> names = new LinkedHashSet<>(there);
        names.removeAll(missingIn);
        listed(what, List.copyOf(names), lines);
    }

    private static void listed(String what, List<String> names, List<String> lines) {
        if (!names.isEmpty()) {
            lines.add(what + " (" + names.size() + "): " + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                    + (names.size() > NAMED ? ", and " + (names.size() - NAMED) + " more" : ""));
        }
    }
}

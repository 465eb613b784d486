package org.autoneural.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.autoneural.artifact.Artifact;
import org.autoneural.artifact.MetadataKeys;
import org.autoneural.artifact.Segment;
import org.autoneural.backend.BackendException;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Shape;

/**
 * What {@code inspect} tells about a compiled model.
 *
 * @param sizeBytes    of the file
 * @param sha256       names the whole content
 * @param metadata     facts of the compiler
 * @param entryPoints  in their order
 * @param layers       stored constants by the layer that reads them, in the order of the file
 * @param origins      encodings of all entry points by where they come from
 * @param files        files inside and their sizes in bytes
 * @param sessionBytes memory that one session takes; empty when the target does not run here
 */
record ArtifactFacts(String path, long sizeBytes, String sha256, Map<String, String> metadata, List<EntryPoint> entryPoints,
        Map<String, Layer> layers, Map<String, Integer> origins, Map<String, Integer> files, Optional<Long> sessionBytes) {
    /** A module as far as its numbers go: {@code model.layers.3} of {@code model.layers.3.conv.in_proj}. */
    private static final Pattern LAYER = Pattern.compile("^.*?\\.\\d+(\\.\\d+)*(?=\\.|$)");
    private static final String OTHER = "(made by passes)";

    /** One entry point: nodes by op, and names with types of what goes in and out. */
    record EntryPoint(String name, int nodes, Map<String, Integer> ops, Map<String, String> inputs, Map<String, String> outputs,
            int states) {}

    /** Constants of one layer: elements by type ({@code s4}), and their bytes in the file. */
    record Layer(Map<String, Long> elements, long sizeBytes) {
        private Layer plus(Segment segment) {
            Map<String, Long> sums = new TreeMap<>(elements);
            sums.merge(segment.dtype().text(), elements(segment.shape()), Long::sum);
            return new Layer(sums, sizeBytes + segment.sizeBytes());
        }

        private static long elements(Shape shape) {
            long product = 1;
            for (int i = 0; i < shape.rank(); i++) {
                product *= shape.dim(i);
            }
            return product;
        }
    }

    static ArtifactFacts of(Artifact artifact) {
        Map<String, String> sources = sources(artifact);
        Map<String, Layer> layers = new LinkedHashMap<>();
        for (Segment segment : artifact.segments()) {
            layers.merge(layer(sources.getOrDefault(segment.name(), "")), new Layer(Map.of(), 0).plus(segment), (old, one) -> old.plus(segment));
        }
        Map<String, Integer> origins = new TreeMap<>();
        List<EntryPoint> entryPoints = new ArrayList<>();
        for (Graph graph : artifact.program().entryPoints()) {
            entryPoints.add(entryPoint(graph));
            graph.types().values().forEach(type -> type.quant().ifPresent(q ->
                    origins.merge(q.origin().name().toLowerCase(Locale.ROOT), 1, Integer::sum)));
        }
        Map<String, Integer> files = new TreeMap<>();
        artifact.files().forEach(name -> files.put(name, artifact.file(name).orElseThrow().remaining()));
        try {
            return new ArtifactFacts(artifact.path().toString(), Files.size(artifact.path()), artifact.sha256(), artifact.metadata(),
                    entryPoints, layers, origins, files, sessionBytes(artifact));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static EntryPoint entryPoint(Graph graph) {
        Map<String, Integer> ops = new TreeMap<>();
        graph.nodes().forEach(node -> ops.merge(node.op().name(), 1, Integer::sum));
        List<String> states = graph.states().stream().flatMap(s -> List.of(s.input(), s.output()).stream()).toList();
        return new EntryPoint(graph.name(), graph.nodes().size(), ops, types(graph, graph.inputs(), states),
                types(graph, graph.outputs(), states), graph.states().size());
    }

    private static Map<String, String> types(Graph graph, List<String> values, List<String> states) {
        Map<String, String> types = new LinkedHashMap<>();
        values.stream().filter(v -> !states.contains(v)).forEach(v ->
                types.put(v, graph.type(v).dtype().text() + graph.type(v).shape()));
        return types;
    }

    /** For each constant the checkpoint's module of the first node that reads it. */
    private static Map<String, String> sources(Artifact artifact) {
        Map<String, String> sources = new HashMap<>();
        artifact.program().entryPoints().forEach(graph -> graph.nodes().forEach(node ->
                node.inputs().stream().filter(graph::isConstant).forEach(c -> sources.putIfAbsent(c, node.source()))));
        return sources;
    }

    private static String layer(String source) {
        Matcher matcher = LAYER.matcher(source);
        return matcher.find() ? matcher.group() : source.isEmpty() ? OTHER : source;
    }

    private static Optional<Long> sessionBytes(Artifact artifact) {
        Backends.Choice choice = Backends.target(artifact.metadata().getOrDefault(MetadataKeys.TARGET, "sim"));
        try (Executable executable = choice.backend().load(artifact.compiled(), choice.target(), new ExecutionOptions(1, "auto"));
                ExecutionContext context = executable.newContext()) {
            return Optional.of(context.sizeBytes());
        } catch (UnsupportedOperationException | BackendException e) {
            // The target runs elsewhere; its memory is not known here.
            return Optional.empty();
        }
    }

    /** For JSON. */
    Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("file", path);
        object.put("sizeBytes", sizeBytes);
        object.put("sha256", sha256);
        object.put("metadata", metadata);
        object.put("entryPoints", entryPoints);
        object.put("layers", layers);
        object.put("encodingOrigins", origins);
        object.put("files", files);
        sessionBytes.ifPresent(bytes -> object.put("sessionBytes", bytes));
        return object;
    }

    /** For people. */
    String text() {
        StringBuilder t = new StringBuilder();
        line(t, "%s: %.2f MB", path, sizeBytes / 1e6);
        line(t, "  %-12s %s", "sha256", sha256);
        metadata.forEach((key, value) -> line(t, "  %-12s %s", key, value));
        line(t, "%nEntry points");
        for (EntryPoint e : entryPoints) {
            line(t, "  %-12s %d nodes, %d states; in %s; out %s", e.name(), e.nodes(), e.states(), e.inputs(), e.outputs());
        }
        sessionBytes.ifPresent(bytes -> line(t, "  %-12s %.2f MB of memory", "one session", bytes / 1e6));
        line(t, "%nConstants by layer%42s   elements by type", "bytes");
        layers.forEach((name, layer) -> line(t, "  %-48s %9d   %s", name, layer.sizeBytes(), counts(layer.elements())));
        line(t, "%nEncodings by origin: %s", counts(origins));
        line(t, "%nFiles inside");
        files.forEach((name, size) -> line(t, "  %-48s %9d bytes", name, size));
        return t.toString();
    }

    private static String counts(Map<String, ? extends Number> counts) {
        return String.join(", ", counts.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
    }

    private static void line(StringBuilder text, String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}

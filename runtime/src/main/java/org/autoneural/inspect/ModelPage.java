package org.autoneural.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.autoneural.artifact.Artifact;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.text.Attributes;

/**
 * A compiled model as one page that needs nothing but itself: every entry point as a picture to zoom and drag, in which each node
 * shows its op, shape and bits, and on a click its operands, encodings, source in the checkpoint and error.
 */
public final class ModelPage {
    private static final String TEMPLATE = "/org/autoneural/inspect/model-page.html";
    private static final JsonMapper JSON = new JsonMapper();

    private ModelPage() {
    }

    /**
     * The page.
     *
     * @param sqnrDb signal-to-noise ratio of results against float by their names, in dB, as far as it was measured
     */
    public static String html(Artifact artifact, Map<String, Double> sqnrDb) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("file", artifact.path().getFileName().toString());
        model.put("facts", facts(artifact));
        model.put("entryPoints", artifact.program().entryPoints().stream().map(g -> graph(g, sqnrDb)).toList());
        try {
            // A text of the model must not end the script that holds it.
            String json = JSON.writeValueAsString(model).replace("<", "\\u003c");
            return template().replace("/*MODEL*/", json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> facts(Artifact artifact) {
        Map<String, String> facts = new LinkedHashMap<>(artifact.metadata());
        try {
            facts.put("size", String.format(Locale.ROOT, "%.2f MB", Files.size(artifact.path()) / 1e6));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + artifact.path() + ": " + e.getMessage(), e);
        }
        facts.put("sha256", artifact.sha256());
        return facts;
    }

    private static Map<String, Object> graph(Graph graph, Map<String, Double> sqnrDb) {
        GraphLayout layout = GraphLayout.of(graph);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", graph.name());
        object.put("rows", layout.rows());
        object.put("lanes", layout.lanes());
        List<Map<String, Object>> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            GraphLayout.Cell cell = layout.cells().get(node.name());
            Map<String, Object> n = new LinkedHashMap<>();
            n.put("name", node.name());
            n.put("op", node.op().name());
            n.put("source", node.source());
            n.put("row", cell.row());
            n.put("lane", cell.lane());
            n.put("type", text(graph.type(node.name())));
            n.put("inputs", node.inputs().stream().map(v -> value(graph, v)).toList());
            n.put("outputs", node.outputs().stream().map(v -> value(graph, v)).toList());
            n.put("attributes", Attributes.print(node.op()));
            Optional.ofNullable(sqnrDb.get(node.name())).ifPresent(db -> n.put("sqnrDb", db));
            nodes.add(n);
        }
        object.put("nodes", nodes);
        return object;
    }

    private static Map<String, Object> value(Graph graph, String name) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("name", name);
        value.put("type", text(graph.type(name)));
        graph.type(name).quant().ifPresent(q -> value.put("encoding", text(q)));
        if (graph.isConstant(name)) {
            value.put("constant", true);
        }
        return value;
    }

    private static String text(TensorType type) {
        return type.dtype().text() + " " + type.shape();
    }

    private static String text(QuantParams q) {
        String scale;
        if (q.isPerChannel()) {
            double[] sorted = q.scales();
            Arrays.sort(sorted);
            scale = String.format(Locale.ROOT, "%d scales of %.4g to %.4g along axis %d", sorted.length, sorted[0], sorted[sorted.length - 1], q.axis());
        } else {
            scale = String.format(Locale.ROOT, "scale %.6g, zero %d", q.scale(), q.zeroPoint());
        }
        return scale + ", from " + q.origin().name().toLowerCase(Locale.ROOT);
    }

    private static String template() {
        try (InputStream in = Objects.requireNonNull(ModelPage.class.getResourceAsStream(TEMPLATE))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

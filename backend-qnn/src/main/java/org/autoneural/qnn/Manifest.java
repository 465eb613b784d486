package org.autoneural.qnn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.autoneural.backend.BackendException;
import org.autoneural.qnn.binding.ApiVersion;
import org.autoneural.qnn.binding.GraphInfo;
import org.autoneural.qnn.binding.GraphInfo.TensorInfo;
import org.autoneural.qnn.graph.QnnProgram.EntryPoint;
import org.autoneural.qnn.graph.QnnProgram.Step;
import org.autoneural.qnn.table.Soc;

/**
 * What stands beside context binaries: who made them, for what, and from what. It is checked before a binary is touched.
 *
 * @param provider    name that the library gave itself
 * @param buildId     its build
 * @param core        core API of the SDK that compiled
 * @param backendApi  API of its HTP back end, whose minor is the SDK's
 * @param soc         the vendor's number of the SoC
 * @param arch        HTP architecture
 * @param program     {@link ProgramHash} of the integer program
 * @param contexts    in the order of loading
 * @param entryPoints the graphs that each runs
 */
record Manifest(String provider, String buildId, ApiVersion core, ApiVersion backendApi, int soc, int arch, String program, List<Context> contexts,
        List<EntryPoint> entryPoints) {
    static final String FILE = "manifest.json";
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    Manifest {
        contexts = List.copyOf(contexts);
        entryPoints = List.copyOf(entryPoints);
    }

    /** A context and its file; {@code graphs} with the encodings of their inputs and outputs as the library reads them back. */
    record Context(String name, String file, List<GraphInfo> graphs) {
        Context {
            graphs = List.copyOf(graphs);
        }
    }

    /**
     * Refuses what this machine cannot load, naming what differs.
     *
     * @throws BackendException with both sides
     */
    void require(Soc here, String programHash) {
        if (soc != here.model() || arch != here.architecture()) {
            throw new BackendException("the context binaries are for SoC " + soc + ", HTP v" + arch + "; this target is " + here.name() + ", SoC "
                    + here.model() + ", HTP v" + here.architecture() + ". Compile the model for this target");
        }
        if (!program.equals(programHash)) {
            throw new BackendException("the context binaries were compiled from other integer graphs (" + program + ") than those of this file ("
                    + programHash + "). Compile the model again");
        }
    }

    /** As {@link #require(Soc, String)} for the library that is to load them: it must not be older than the one that compiled. */
    void requireLoadable(ApiVersion foundCore, ApiVersion foundBackend) {
        if (foundCore.major() != core.major() || foundCore.minor() < core.minor() || foundBackend.major() != backendApi.major()) {
            throw new BackendException("the context binaries were compiled with SDK 2." + backendApi.minor() + " (core API " + core + ", HTP API " + backendApi
                    + "); the library here is of SDK 2." + foundBackend.minor() + " (core API " + foundCore + ", HTP API " + foundBackend
                    + "). Install the newer libraries here, or compile the model with the older SDK");
        }
    }

    ByteBuffer write() {
        ObjectNode root = JSON.createObjectNode().put("format", "autoneural-qnn").put("version", VERSION).put("provider", provider)
                .put("build_id", buildId).put("core_api", core.toString()).put("backend_api", backendApi.toString()).put("soc", soc).put("arch", arch)
                .put("program_sha256", program);
        ArrayNode contextArray = root.putArray("contexts");
        for (Context context : contexts) {
            ArrayNode graphs = contextArray.addObject().put("name", context.name()).put("file", context.file()).putArray("graphs");
            for (GraphInfo graph : context.graphs()) {
                ObjectNode node = graphs.addObject().put("name", graph.name());
                tensors(node.putArray("inputs"), graph.inputs());
                tensors(node.putArray("outputs"), graph.outputs());
            }
        }
        ArrayNode entryArray = root.putArray("entry_points");
        for (EntryPoint entry : entryPoints) {
            ArrayNode steps = entryArray.addObject().put("name", entry.name()).putArray("steps");
            entry.graphs().forEach(step -> steps.addObject().put("context", step.context()).put("graph", step.graph()));
        }
        return ByteBuffer.wrap(root.toPrettyString().getBytes(StandardCharsets.UTF_8));
    }

    private static void tensors(ArrayNode array, List<TensorInfo> tensors) {
        for (TensorInfo tensor : tensors) {
            ObjectNode node = array.addObject().put("name", tensor.name()).put("type", tensor.type());
            ArrayNode dims = node.putArray("dims");
            tensor.dims().forEach(dims::add);
            tensor.scale().ifPresent(scale -> node.put("scale", scale).put("offset", tensor.offset()));
        }
    }

    /** @throws BackendException when {@code bytes} are no manifest of this version */
    static Manifest read(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        try {
            JsonNode root = JSON.readTree(copy);
            if (!"autoneural-qnn".equals(root.path("format").asText())) {
                throw new IllegalArgumentException("it is no manifest of context binaries");
            }
            if (root.path("version").asInt() != VERSION) {
                throw new IllegalArgumentException("it has version " + root.path("version") + "; this version of autoneural reads " + VERSION);
            }
            return new Manifest(text(root, "provider"), text(root, "build_id"), ApiVersion.parse(text(root, "core_api")),
                    ApiVersion.parse(text(root, "backend_api")), root.path("soc").asInt(), root.path("arch").asInt(), text(root, "program_sha256"),
                    list(root, "contexts", c -> new Context(text(c, "name"), text(c, "file"), list(c, "graphs", Manifest::graph))),
                    list(root, "entry_points", e -> new EntryPoint(text(e, "name"),
                            list(e, "steps", s -> new Step(text(s, "context"), text(s, "graph"))))));
        } catch (IOException | IllegalArgumentException e) {
            throw new BackendException("cannot read " + FILE + " of the context binaries: " + e.getMessage() + ". Compile the model again");
        }
    }

    private static GraphInfo graph(JsonNode node) {
        return new GraphInfo(text(node, "name"), list(node, "inputs", Manifest::tensor), list(node, "outputs", Manifest::tensor));
    }

    private static TensorInfo tensor(JsonNode node) {
        List<Integer> dims = list(node, "dims", JsonNode::asInt);
        Optional<Float> scale = node.has("scale") ? Optional.of(node.get("scale").floatValue()) : Optional.empty();
        return new TensorInfo(text(node, "name"), node.path("type").asInt(), dims, scale, node.path("offset").asInt());
    }

    private static String text(JsonNode node, String field) {
        if (!node.path(field).isTextual()) {
            throw new IllegalArgumentException("there is no text '" + field + "'");
        }
        return node.get(field).asText();
    }

    private static <T> List<T> list(JsonNode node, String field, Function<JsonNode, T> element) {
        if (!node.path(field).isArray()) {
            throw new IllegalArgumentException("there is no list '" + field + "'");
        }
        return new ArrayList<>(StreamSupport.stream(node.get(field).spliterator(), false).map(element).toList());
    }
}

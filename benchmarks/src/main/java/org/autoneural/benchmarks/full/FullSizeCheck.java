package org.autoneural.benchmarks.full;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.interpret.FastFloatInterpreter;
import org.autoneural.ir.interpret.FloatExecutor;
import org.autoneural.ir.interpret.StatefulRun;
import org.autoneural.model.LanguageModel;
import org.autoneural.model.VisionLanguageModel;

/**
 * The float path at full size against the original implementations (goldens/full): every layer's samples and norm, whole
 * tensors where the goldens hold them, and the ids of greedy decoding where their margin is clear.
 */
final class FullSizeCheck {
    /** Relative L2; the goldens' own distance from f64 is at most 4e-6 (goldens/full/precision.json). */
    static final double LIMIT = 1e-4;
    static final List<String> CASES = List.of("350m", "1.2b", "vision", "picture");
    private static final int CONTEXT = 320;
    private static final int PICTURE_PROMPT = 14;
    /** Ids before the picture. */
    private static final int BEFORE_PICTURE = 6;

    private final Path goldens;
    private final Path checkpoints;
    private final JsonNode statistics;
    private final boolean details;
    private final FloatExecutor executor = new FastFloatInterpreter();
    private Optional<Tensor> features = Optional.empty();

    FullSizeCheck(Path goldens, Path checkpoints, boolean details) throws IOException {
        this.goldens = goldens;
        this.checkpoints = checkpoints;
        this.details = details;
        this.statistics = new JsonMapper().readTree(goldens.resolve("full.json").toFile());
    }

    /** Runs the cases and prints a table; true when all are within their limits. */
    boolean run(List<String> cases) throws IOException {
        System.out.printf(Locale.ROOT, "| %-8s | %-15s | %-24s | %-7s | %-8s | %-7s | %-13s | %-9s |%n|%s|%n", "case", "worst rel. error",
                "of", "limit", "compared", "s", "peak RSS, MB", "heap, MB", "---|".repeat(7) + "---");
        boolean good = true;
        for (String name : cases) {
            long start = System.nanoTime();
            Distance distance = run(name);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(Locale.ROOT, "| %-8s | %-16.2e | %-24s | %-7.0e | %-8d | %-7.1f | %-13s | %-9d |%n", name, distance.worst(),
                    distance.worstName(), LIMIT, distance.count(), seconds, peakResident(), peakHeap());
            if (details) {
                distance.byWhat().forEach((what, d) -> System.out.printf(Locale.ROOT, "    %-28s %.2e%n", what, d));
            }
            good &= distance.worst() <= LIMIT;
        }
        return good;
    }

    private Distance run(String name) {
        return switch (name) {
            case "350m" -> decoder(SyntheticModel.LFM2_350M, "lfm2-350m", "prompt32");
            case "1.2b" -> decoder(SyntheticModel.AUTONEURAL_1_5B, "lfm2-1.2b", "prompt32");
            case "picture" -> decoder(SyntheticModel.AUTONEURAL_1_5B, "lfm2-1.2b", "image270");
            case "vision" -> vision();
            default -> throw new IllegalArgumentException("no case '" + name + "'; there are " + CASES);
        };
    }

    private Distance vision() {
        Distance distance = new Distance();
        JsonNode golden = statistics.path("encoder");
        try (Checkpoint checkpoint = open(SyntheticModel.AUTONEURAL_1_5B)) {
            Graph graph = VisionLanguageModel.open(checkpoint).floatProgram(options(1)).entryPoint("vision");
            byte[] bytes = SyntheticNumbers.image(768);
            int[] pixels = new int[bytes.length];
            Arrays.setAll(pixels, i -> bytes[i] & 0xFF);
            Tensor image = Tensor.ofInts(DType.U8, graph.type("image").shape(), pixels);
            Tensor[] tokens = new Tensor[1];
            Tensor result = executor.run(graph, Map.of("image", image), (value, tensor) -> {
                String name = value.equals("features") ? "connector" : value.equals("connector.linear_1") ? "connector_hidden"
                        : value.replace("vision.blocks.", "block.").replace("vision.", "");
                compare(distance, golden, name, tensor);
                if (value.equals("vision.tokens")) {
                    tokens[0] = tensor;
                }
            }).get("features");
            try (Safetensors whole = Safetensors.open(goldens.resolve("encoder.safetensors"))) {
                rows(distance, "visual_tokens", tokens[0], whole.tensor("visual_tokens"));
                rows(distance, "connector", result, whole.tensor("connector"));
            }
            features = Optional.of(result);
        }
        return distance;
    }

    /** The whole tensor, and its worst row. */
    private static void rows(Distance distance, String what, Tensor actual, TensorData expected) {
        float[] a = actual.toFloats(), b = expected.toFloats();
        distance.compare(what + " (whole)", a, b);
        int width = actual.shape().dim(1);
        for (int from = 0; from < b.length; from += width) {
            distance.compare(what + " (worst token)", Arrays.copyOfRange(a, from, from + width), Arrays.copyOfRange(b, from, from + width));
        }
    }

    private Distance decoder(SyntheticModel model, String section, String text) {
        Distance distance = new Distance();
        JsonNode golden = statistics.path(section).path(text);
        boolean picture = text.equals("image270");
        int length = picture ? PICTURE_PROMPT + 256 : 32;
        try (Checkpoint checkpoint = open(model);
                Safetensors whole = Safetensors.open(goldens.resolve(section + "-" + text + ".safetensors"))) {
            Program program = model == SyntheticModel.LFM2_350M ? LanguageModel.open(checkpoint).floatProgram(length, CONTEXT)
                    : VisionLanguageModel.open(checkpoint).floatProgram(options(length));
            Graph prefill = program.entryPoint("prefill");
            List<BiConsumer<String, Tensor>> listeners = new ArrayList<>(List.of((value, tensor) -> {
                compare(distance, golden, value.equals("inputs_embeds") ? "embeds" : value.replace("layers.", "layer"), tensor);
                if (value.matches("layers\\.[0-9]+")) {
                    int layer = Integer.parseInt(value.substring(7));
                    distance.compare(value + " (last row)", lastRow(tensor), row(whole.tensor("last_hidden"), layer));
                }
            }));
            StatefulRun run = new StatefulRun((graph, inputs) -> executor.run(graph, inputs, listeners.get(0)));
            float[] logits = run.run(prefill, inputs(prefill, length, picture)).get("logits").toFloats();
            distance.compare("last_logits (whole)", logits, whole.tensor("last_logits").toFloats());
            listeners.set(0, (value, tensor) -> { });
            greedy(distance, golden, program, run, logits, length);
        }
        return distance;
    }

    /** All ids must be equal: the smallest lead over the next best in the goldens, 0.06, is far above the limit. */
    private static void greedy(Distance distance, JsonNode golden, Program program, StatefulRun run, float[] first, int length) {
        float[] logits = first;
        JsonNode ids = golden.path("greedy8");
        for (int i = 0; i < ids.size(); i++) {
            int best = 0;
            for (int v = 1; v < logits.length; v++) {
                best = logits[v] > logits[best] ? v : best;
            }
            distance.compare("greedy id " + i, best == ids.get(i).asInt() ? 1.0 : Double.NaN, 1.0);
            if (i < ids.size() - 1) {
                logits = run.run(program.entryPoint("decode"), Map.of("ids", Tensor.index(best), "pos", Tensor.index(length + i)))
                        .get("logits").toFloats();
            }
        }
    }

    private Map<String, TensorData> inputs(Graph prefill, int length, boolean picture) {
        Tensor ids = Tensor.zeros(DType.S32, Shape.of(length));
        Tensor mask = Tensor.zeros(DType.U8, Shape.of(length));
        Tensor rows = Tensor.zeros(DType.F32, prefill.type("features").shape());
        int width = rows.shape().dim(1);
        int tokens = picture ? length - PICTURE_PROMPT : 0;
        int[] prompt = SyntheticNumbers.prompt(length - tokens);
        for (int i = 0; i < prompt.length; i++) {
            ids.setLong(i < BEFORE_PICTURE ? i : i + tokens, prompt[i]);
        }
        if (picture) {
            rows.copyRange(BEFORE_PICTURE * width, features.orElseGet(this::goldenFeatures), 0, tokens * width);
            for (int t = 0; t < tokens; t++) {
                mask.setLong(BEFORE_PICTURE + t, 1);
            }
        }
        Map<String, TensorData> inputs = new HashMap<>(Map.of("ids", ids, "image_mask", mask, "features", rows));
        inputs.put("pos", Tensor.index(0));
        inputs.put("n_valid", Tensor.index(length));
        return inputs;
    }

    /** Where the encoder was not run before. */
    private Tensor goldenFeatures() {
        try (Safetensors whole = Safetensors.open(goldens.resolve("encoder.safetensors"))) {
            return Tensor.copyOf(whole.tensor("connector"));
        }
    }

    private static float[] lastRow(Tensor tensor) {
        int width = tensor.shape().dim(-1);
        return Arrays.copyOfRange(tensor.toFloats(), (int) tensor.elements() - width, (int) tensor.elements());
    }

    private static float[] row(TensorData tensor, int row) {
        float[] values = new float[tensor.shape().dim(1)];
        tensor.readFloats((long) row * values.length, values, 0, values.length);
        return values;
    }

    /** Samples and norm of {@code tensor}, when the goldens know {@code name}. */
    private static void compare(Distance distance, JsonNode goldens, String name, Tensor tensor) {
        JsonNode golden = goldens.path(name);
        // Names of ours that happen to be there too (the last row only, say) are told apart by their size.
        if (!golden.has("sample") || elements(golden.path("shape")) != tensor.elements()) {
            return;
        }
        JsonNode indices = golden.path("sample_index");
        float[] expected = new float[indices.size()];
        float[] actual = new float[indices.size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (float) golden.path("sample").get(i).asDouble();
            actual[i] = tensor.getFloat(indices.get(i).asLong());
        }
        distance.compare(name + " (samples)", actual, expected);
        double squares = 0;
        for (float v : tensor.toFloats()) {
            squares += (double) v * v;
        }
        distance.compare(name + " (norm)", Math.sqrt(squares), golden.path("l2").asDouble());
    }

    private static long elements(JsonNode shape) {
        long elements = 1;
        for (JsonNode extent : shape) {
            elements *= extent.asLong();
        }
        return elements;
    }

    private Checkpoint open(SyntheticModel model) {
        return Checkpoint.open(checkpoints.resolve(model.text()));
    }

    private static VisionLanguageModel.Options options(int chunk) {
        return new VisionLanguageModel.Options(chunk, CONTEXT, OptionalInt.empty());
    }

    /** Of the process so far, mapped weights included; "-" where the system does not tell. */
    private static String peakResident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return "-";
        }
        return Files.readAllLines(status).stream().filter(l -> l.startsWith("VmHWM:"))
                .map(l -> String.valueOf(Long.parseLong(l.replaceAll("[^0-9]", "")) / 1024)).findFirst().orElse("-");
    }

    /** Sum of the heap pools' peaks so far, in MB. */
    private static long peakHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(p -> p.getType() == MemoryType.HEAP)
                .mapToLong(p -> p.getPeakUsage().getUsed()).sum() >> 20;
    }
}

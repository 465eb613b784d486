package org.autoneural.quantizer.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.Capabilities.Role;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.interpret.FloatExecutor;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Reshape;
import org.autoneural.quantizer.Quantization;
import org.autoneural.quantizer.encoding.Encodings;
import org.autoneural.quantizer.observe.Calibration;
import org.autoneural.quantizer.observe.CalibrationSample;
import org.autoneural.quantizer.observe.TensorSink;
import org.autoneural.quantizer.optimize.Constants;
import org.autoneural.quantizer.optimize.Layer;
import org.autoneural.quantizer.plan.Candidate.Kind;

/**
 * What each quantized tensor costs: the error at the output when it alone is quantized, all else in floating point. Of layers
 * the weights as the recipe rounded them, of 8-bit activations what its encoding rounds and cuts off. 16-bit activations are left
 * out: together they stay far below any weight.
 */
public final class Sensitivity {
    private static final String FEATURES = "features";
    private static final String LOGITS = "logits";

    private final Program floats;
    private final Quantization.Result quantized;
    private final Capabilities target;
    private final List<CalibrationSample> conversations;
    private final List<CalibrationSample> pictures;
    private final Supplier<FloatExecutor> executor;

    /**
     * @param floats    the float program
     * @param quantized what a recipe without transforms makes of it
     * @param samples   with pictures and conversations; each is run once for each tensor
     */
    public Sensitivity(Program floats, Quantization.Result quantized, Capabilities target, List<CalibrationSample> samples,
            Supplier<FloatExecutor> executor) {
        this.floats = floats;
        this.quantized = quantized;
        this.target = target;
        this.conversations = samples;
        this.pictures = samples.stream().map(s -> CalibrationSample.of(s.pictures().toArray(Tensor[]::new))).toList();
        this.executor = executor;
    }

    /** Measures every tensor, in the order of the program. */
    public List<Candidate> measure(Quantization.Progress progress) {
        return measure(c -> true, progress);
    }

    /** Measures the tensors that {@code wanted} picks; their noise is not yet known to it. */
    List<Candidate> measure(Predicate<Candidate> wanted, Quantization.Progress progress) {
        List<Candidate> open = new ArrayList<>(candidates().stream().filter(wanted).toList());
        boolean language = open.stream().anyMatch(c -> !c.vision());
        Map<String, float[]> visionReference = outputs(floats, pictures, Map.of());
        Map<String, float[]> reference = language ? outputs(floats, conversations, Map.of()) : Map.of();
        List<Candidate> measured = new ArrayList<>();
        for (Candidate c : open) {
            List<CalibrationSample> samples = c.vision() ? pictures : conversations;
            Map<String, float[]> found = c.kind() == Kind.WEIGHT
                    ? outputs(Constants.replace(floats, Map.of(c.name(), rounded(c.name()))), samples, Map.of())
                    : outputs(floats, samples, Map.of(c.name(), rounding(c.name())));
            double noise = noise((c.vision() ? visionReference : reference).get(c.vision() ? FEATURES : LOGITS), found.get(c.vision() ? FEATURES : LOGITS));
            measured.add(new Candidate(c.kind(), c.name(), c.op(), c.vision(), c.bits(), c.raised(), c.bytes(), noise));
            progress.at("measuring each tensor alone", measured.size(), open.size());
        }
        return measured;
    }

    private List<Candidate> candidates() {
        List<Candidate> open = new ArrayList<>();
        for (Layer layer : Layer.of(floats)) {
            QuantParams q = quantized.ledger().get(layer.weight()).orElseThrow();
            int raised = q.storage() == DType.S4 && target.forbids(Role.WEIGHT, DType.S8).isEmpty() ? 8 : q.storage().bits();
            long bytes = layer.data().elements() * (raised - q.storage().bits()) / 8;
            open.add(new Candidate(Kind.WEIGHT, layer.weight(), layer.node().op().name(), layer.vision(), q.storage().bits(), raised, bytes, 0));
        }
        open.addAll(activations());
        return open;
    }

    /** Values of 8 bits with a range of their own; what copies them follows. */
    private List<Candidate> activations() {
        Map<String, Candidate> activations = new LinkedHashMap<>();
        for (Graph g : floats.entryPoints()) {
            for (Node n : g.nodes()) {
                QuantParams q = quantized.ledger().get(n.output()).orElse(null);
                if (q != null && q.storage() == DType.S8 && q.origin() == QuantParams.Origin.OBSERVER && !feedsProduct(g, n.output())) {
                    int raised = target.forbids(Role.ACTIVATION, DType.S16).isEmpty() ? 16 : 8;
                    activations.putIfAbsent(n.output(), new Candidate(Kind.ACTIVATION, n.output(), n.op().name(), g.name().equals("vision"), 8,
                            raised, g.type(n.output()).shape().elements() * (raised - 8) / 8, 0));
                }
            }
        }
        return List.copyOf(activations.values());
    }

    /** Keys and values are 8 bits wide whatever the activations are: symmetric ones, and only they. */
    private boolean feedsProduct(Graph g, String value) {
        return quantized.ledger().get(value).orElseThrow().zeroPoint() == 0 && g.consumers(value).stream().anyMatch(n ->
                n.op() instanceof MatMul || n.op() instanceof KvAppend
                || n.op() instanceof Reshape);
    }

    private TensorData rounded(String weight) {
        QuantParams q = quantized.ledger().get(weight).orElseThrow();
        TensorData data = quantized.rounded().entryPoints().stream().flatMap(g -> g.constant(weight).stream()).findFirst().orElseThrow();
        return Tensor.ofFloats(data.shape(), Encodings.dequantize(Encodings.quantize(data, q), q));
    }

    /** Rounds a value in place, before anything reads it. */
    private TensorSink rounding(String value) {
        QuantParams q = quantized.ledger().get(value).orElseThrow();
        return (values, from, count) -> {
            for (int i = from; i < from + count; i++) {
                values[i] = (float) (q.scale() * (Encodings.quantize(values[i], q, 0) - q.zeroPoint()));
            }
        };
    }

    /** All visual tokens and logits of the samples, one after another. */
    private Map<String, float[]> outputs(Program program, List<CalibrationSample> samples, Map<String, TensorSink> roundings) {
        Map<String, List<float[]>> pieces = new HashMap<>();
        Map<String, TensorSink> sinks = new HashMap<>(roundings);
        for (String output : List.of(FEATURES, LOGITS)) {
            TensorSink first = roundings.getOrDefault(output, (values, from, count) -> { });
            sinks.put(output, (values, from, count) -> {
                first.observe(values, from, count);
                pieces.computeIfAbsent(output, o -> new ArrayList<>()).add(Arrays.copyOfRange(values, from, from + count));
            });
        }
        new Calibration(program, sinks, executor.get()).run(samples, (done, total) -> { });
        Map<String, float[]> outputs = new HashMap<>();
        pieces.forEach((output, all) -> {
            float[] joined = new float[all.stream().mapToInt(p -> p.length).sum()];
            int at = 0;
            for (float[] p : all) {
                System.arraycopy(p, 0, joined, at, p.length);
                at += p.length;
            }
            outputs.put(output, joined);
        });
        return outputs;
    }

    private static double noise(float[] reference, float[] found) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < reference.length; i++) {
            double d = (double) found[i] - reference[i];
            signal += (double) reference[i] * reference[i];
            noise += d * d;
        }
        return noise / signal;
    }
}

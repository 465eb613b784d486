package org.autoneural.quantizer.observe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Meter;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.interpret.FastFloatInterpreter;
import org.autoneural.ir.interpret.FloatExecutor;
import org.autoneural.ir.interpret.StatefulRun;

/**
 * Runs a FLOAT program over samples and shows every value to its sink: pictures through {@code vision}; ids up to the last
 * visual token chunk by chunk through {@code prefill}; the text behind them token by token through {@code decode}, because
 * prefill gives the logits of a chunk's last row only. States are carried on. Both entry points have the same values.
 *
 * <p>Sequential, so that the result does not depend on timing. Not thread-safe.
 */
public final class Calibration {
    private final Optional<Graph> vision;
    private final Optional<Graph> prefill;
    private final Optional<Graph> decode;
    private final Map<String, ? extends TensorSink> sinks;
    private final FloatExecutor interpreter;
    /** Called after each value that a sample computes. */
    private Runnable computed = () -> { };
    /** Visual tokens of the pictures seen so far, by identity of the picture. */
    private final Map<Tensor, Tensor> looked = new IdentityHashMap<>();

    /** By the fast executor, whose results are the same bits on every JVM. */
    public Calibration(Program program, Map<String, ? extends TensorSink> sinks) {
        this(program, sinks, new FastFloatInterpreter());
    }

    /**
     * @param sinks       by name of value; other values are not looked at
     * @param interpreter runs the graphs
     */
    public Calibration(Program program, Map<String, ? extends TensorSink> sinks, FloatExecutor interpreter) {
        this.interpreter = interpreter;
        this.vision = find(program, "vision");
        this.prefill = find(program, "prefill");
        this.decode = find(program, "decode");
        this.sinks = sinks;
    }

    private static Optional<Graph> find(Program program, String entryPoint) {
        return program.entryPoints().stream().filter(g -> g.name().equals(entryPoint)).findFirst();
    }

    /**
     * Runs all samples and returns what was seen; values that no sample reached are not in the map.
     *
     * @param meter told the values that are computed
     * @throws IllegalArgumentException naming sample, graph and value, when a sample does not fit the model or a value is not
     *                                  finite
     */
    public Map<String, Range> run(List<CalibrationSample> samples, Meter meter) {
        long total = values(samples);
        long[] done = {0};
        computed = () -> meter.at(++done[0], total);
        for (int i = 0; i < samples.size(); i++) {
            try {
                run(samples.get(i));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("calibration sample " + i + ": " + e.getMessage(), e);
            }
        }
        return ranges();
    }

    /** How many values {@code samples} will compute. */
    private long values(List<CalibrationSample> samples) {
        Set<Tensor> pictures = Collections.newSetFromMap(new IdentityHashMap<>());
        long total = 0;
        for (CalibrationSample sample : samples) {
            pictures.addAll(sample.pictures());
            int text = textFrom(sample);
            int chunk = prefill.map(g -> g.type("ids").shape().dim(0)).orElse(1);
            total += !readsText(sample) ? 0 : (text + chunk - 1) / chunk * values(prefill) + (sample.ids().size() - text) * values(decode);
        }
        return total + pictures.size() * values(vision);
    }

    private static long values(Optional<Graph> graph) {
        return graph.stream().flatMap(g -> g.nodes().stream()).mapToLong(n -> n.outputs().size()).sum();
    }

    /** Whether the sample has ids and a sink, if there are any, sees values of the entry points that take them. */
    private boolean readsText(CalibrationSample sample) {
        return !sample.ids().isEmpty() && (sinks.isEmpty() || prefill.isEmpty() || seen(prefill) || seen(decode));
    }

    private boolean seen(Optional<Graph> graph) {
        return graph.isPresent() && sinks.keySet().stream().anyMatch(value -> graph.get().types().containsKey(value));
    }

    /** Where the part begins that is fed token by token. */
    private int textFrom(CalibrationSample sample) {
        return decode.isPresent() ? sample.imageRows().lastIndexOf(true) + 1 : sample.ids().size();
    }

    /** Runs any graph once, every row counting: for models of other entry points. Returns the graph's outputs. */
    public Map<String, Tensor> observe(Graph graph, Map<String, ? extends TensorData> inputs) {
        inputs.forEach((value, data) -> show(graph, value, Tensor.copyOf(data), OptionalInt.empty(), 1));
        return interpreter.run(graph, inputs, (value, tensor) -> {
            show(graph, value, tensor, OptionalInt.empty(), 1);
            computed.run();
        });
    }

    /** What the observers among the sinks saw so far, by value. */
    public Map<String, Range> ranges() {
        return Observer.ranges(sinks);
    }

    private void run(CalibrationSample sample) {
        List<float[]> rows = new ArrayList<>();
        for (Tensor picture : sample.pictures()) {
            Graph g = vision.orElseThrow(() -> new IllegalArgumentException("the sample has pictures, the model no entry point vision"));
            // A picture shown again (several questions about it) says nothing new: it is looked at once.
            Tensor features = looked.computeIfAbsent(picture, p -> observe(g, Map.of("image", p)).get("features"));
            int width = features.shape().dim(1);
            for (int t = 0; t < features.shape().dim(0); t++) {
                rows.add(Arrays.copyOfRange(features.toFloats(), t * width, (t + 1) * width));
            }
        }
        if (!readsText(sample)) {
            return;
        }
        long places = sample.imageRows().stream().filter(b -> b).count();
        if (places != rows.size()) {
            throw new IllegalArgumentException("the sample has " + places + " image rows, its pictures give " + rows.size()
                    + " visual tokens (allowed: as many)");
        }
        runPrefill(prefill.orElseThrow(() -> new IllegalArgumentException("the sample has ids, the model no entry point prefill")),
                sample, rows.iterator());
    }

    private void runPrefill(Graph g, CalibrationSample sample, Iterator<float[]> visualTokens) {
        int chunk = g.type("ids").shape().dim(0);
        TokenAxis axes = new TokenAxis(g, chunk);
        int[] valid = {0};
        StatefulRun run = new StatefulRun((graph, inputs) ->
                interpreter.run(graph, inputs, (value, tensor) -> {
                    show(graph, value, tensor, graph == g ? axes.of(value) : OptionalInt.empty(), valid[0]);
                    computed.run();
                }));
        int total = sample.ids().size();
        int text = textFrom(sample);
        for (int pos = 0; pos < text; pos += chunk) {
            valid[0] = Math.min(chunk, text - pos);
            Map<String, Tensor> inputs = new HashMap<>();
            Tensor ids = Tensor.zeros(DType.S32, Shape.of(chunk));
            Tensor mask = Tensor.zeros(DType.U8, Shape.of(chunk));
            for (int t = 0; t < valid[0]; t++) {
                ids.setLong(t, sample.ids().get(pos + t));
                mask.setLong(t, sample.imageRows().get(pos + t) ? 1 : 0);
            }
            inputs.put("ids", ids);
            inputs.put("pos", Tensor.index(pos));
            inputs.put("n_valid", Tensor.index(valid[0]));
            if (g.inputs().contains("features")) {
                inputs.put("features", features(g.type("features").shape(), mask, visualTokens));
                inputs.put("image_mask", mask);
            } else if (visualTokens.hasNext()) {
                throw new IllegalArgumentException("the sample has pictures, entry point prefill no input features");
            }
            run.run(g, inputs);
        }
        for (int pos = text; pos < total; pos++) {
            valid[0] = 1;
            run.run(decode.orElseThrow(), Map.of("ids", Tensor.index(sample.ids().get(pos)), "pos", Tensor.index(pos)));
        }
    }

    /** Visual tokens in the rows that the mask names; the rest is zero. */
    private static Tensor features(Shape shape, Tensor mask, Iterator<float[]> visualTokens) {
        Tensor features = Tensor.zeros(DType.F32, shape);
        for (int t = 0; t < shape.dim(0); t++) {
            if (mask.getLong(t) != 0) {
                System.arraycopy(visualTokens.next(), 0, features.toFloats(), t * shape.dim(1), shape.dim(1));
            }
        }
        return features;
    }

    /** Shows the first {@code valid} indices along the axis of tokens, or everything where there is none. */
    private void show(Graph graph, String value, Tensor tensor, OptionalInt tokenAxis, int valid) {
        TensorSink sink = sinks.get(value);
        if (sink == null || tensor.dtype() != DType.F32) {
            return;
        }
        int axis = tokenAxis.orElse(0);
        int outer = tokenAxis.isPresent() ? tensor.shape().outer(axis) : 1;
        int stride = (int) tensor.elements() / outer;
        int count = tokenAxis.isPresent() ? valid * tensor.shape().inner(axis) : stride;
        try {
            for (int o = 0; o < outer; o++) {
                sink.observe(tensor.toFloats(), o * stride, count);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("graph " + graph.name() + ", value %" + value + graph.producer(value)
                    .map(n -> " from " + n.source()).orElse("") + ": " + e.getMessage(), e);
        }
    }
}

package org.autoneural.quantizer.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.interpret.StatefulRun;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.quantizer.encoding.Encodings;

/**
 * Runs one graph as FLOAT, as QUANTIZED (every value and constant rounded to its encoding, arithmetic in f32) and as INTEGER on
 * the same inputs, each with states of its own, and collects a {@link LayerLoss} for each node. Holds the float tensors of one
 * run. Caches are left out: they only gather what was compared before. Not thread-safe.
 */
public final class LayerComparison {
    private final Graph floats;
    private final Graph quantized;
    private final Graph integers;
    private final Map<String, Tensor> rounded = new HashMap<>();
    private final Map<String, Tensor> real = new HashMap<>();
    private final Map<String, Meters> meters = new LinkedHashMap<>();
    private final IntegerInterpreter interpreter = new IntegerInterpreter();
    private StatefulRun floatRun;
    private StatefulRun quantizedRun;
    private StatefulRun integerRun;
    /** Of the run at hand. */
    private final Map<String, Tensor> reference = new HashMap<>();

    private static final class Meters {
        private final DistanceMeter introduced;
        private final DistanceMeter quantized;
        private final DistanceMeter integer;
        private final HistogramMeter histogram;
        private boolean inIntegers;

        Meters(Shape shape, QuantParams q) {
            int channels = shape.dim(shape.rank() - 1);
            introduced = new DistanceMeter(channels, 1);
            quantized = new DistanceMeter(channels, 1);
            integer = new DistanceMeter(channels, 1);
            histogram = new HistogramMeter(q);
        }
    }

    /**
     * @param floats    FLOAT
     * @param quantized QUANTIZED, the same nodes; constants may have been rounded cleverly, biases added
     * @param integers  what it was lowered to; activations keep their names
     */
    public LayerComparison(Graph floats, Graph quantized, Graph integers) {
        if (!withoutConstants(floats).equals(withoutConstants(quantized))) {
            throw new IllegalArgumentException(floats + " and " + quantized + " have different nodes; allowed: the same, "
                    + "as no error of a single node can be told otherwise");
        }
        this.floats = floats;
        this.quantized = quantized;
        this.integers = integers;
        restart();
    }

    private static List<Node> withoutConstants(Graph g) {
        return g.nodes().stream().map(n -> n.withInputs(n.inputs().stream().filter(v -> !g.isConstant(v)).toList())).toList();
    }

    /** Begins a new conversation: all states are zero. */
    public void restart() {
        floatRun = new StatefulRun((g, in) -> runReal(in));
        quantizedRun = new StatefulRun((g, in) -> runRounded(in));
        integerRun = new StatefulRun((g, in) -> interpreter.run(g, in, this::compareInteger));
    }

    /**
     * Compares one run.
     *
     * @param inputs of the float graph, without the states
     */
    public void run(Map<String, ? extends TensorData> inputs) {
        Map<String, TensorData> asIntegers = new HashMap<>();
        inputs.forEach((v, data) -> asIntegers.put(v, data.dtype().isFloat()
                ? Encodings.quantize(data, quantized.type(v).quant().orElseThrow()) : data));
        floatRun.run(floats, inputs);
        quantizedRun.run(quantized, inputs);
        integerRun.run(integers, asIntegers);
        reference.clear();
    }

    private Map<String, Tensor> runReal(Map<String, ? extends TensorData> inputs) {
        inputs.forEach((v, data) -> reference.put(v, Tensor.copyOf(data)));
        for (Node node : floats.nodes()) {
            List<Tensor> out = evaluate(floats, node, node.inputs().stream().map(v -> floats.isConstant(v) ? real(v) : reference.get(v)).toList());
            for (int i = 0; i < out.size(); i++) {
                reference.put(node.outputs().get(i), out.get(i));
            }
        }
        return outputs(reference);
    }

    private Map<String, Tensor> runRounded(Map<String, ? extends TensorData> inputs) {
        Map<String, Tensor> live = new HashMap<>();
        inputs.forEach((v, data) -> live.put(v, rounded(v, Tensor.copyOf(data))));
        for (int n = 0; n < quantized.nodes().size(); n++) {
            Node node = quantized.nodes().get(n);
            Node real = floats.nodes().get(n);
            List<Tensor> out = evaluate(quantized, node, node.inputs().stream().map(v -> quantized.isConstant(v) ? roundedConstant(v) : live.get(v)).toList());
            boolean weights = node.inputs().stream().anyMatch(quantized::isConstant);
            List<Tensor> unrounded = weights
                    ? evaluate(floats, real, real.inputs().stream().map(v -> floats.isConstant(v) ? real(v) : live.get(v)).toList()) : out;
            for (int i = 0; i < out.size(); i++) {
                String value = node.outputs().get(i);
                Tensor result = rounded(value, out.get(i));
                live.put(value, result);
                if (i == 0 && compared(node, value)) {
                    compare(value, unrounded.get(0), result);
                }
            }
        }
        return outputs(live);
    }

    private boolean compared(Node node, String value) {
        return quantized.type(value).quant().isPresent() && !(node.op() instanceof KvAppend);
    }

    private void compare(String value, Tensor unrounded, Tensor result) {
        float[] floatValues = reference.get(value).toFloats();
        float[] found = result.toFloats();
        float[] carried = unrounded.toFloats();
        Meters m = meters.computeIfAbsent(value, v -> new Meters(quantized.type(v).shape(), quantized.type(v).quant().orElseThrow()));
        // what is added, seen from the reference
        m.introduced.add(floatValues, i -> floatValues[i] + ((double) found[i] - carried[i]));
        m.quantized.add(floatValues, i -> found[i]);
        m.histogram.add(floatValues);
    }

    private void compareInteger(String value, Tensor found) {
        Meters m = meters.get(value);
        Optional<QuantParams> q = integers.type(value).quant();
        if (m != null && q.isPresent()) {
            double scale = q.get().scale();
            int zero = q.get().zeroPoint();
            m.integer.add(reference.get(value).toFloats(), i -> scale * (found.getLong(i) - zero));
            m.inIntegers = true;
        }
    }

    private Map<String, Tensor> outputs(Map<String, Tensor> values) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        floats.outputs().forEach(v -> outputs.put(v, values.get(v)));
        return outputs;
    }

    private static List<Tensor> evaluate(Graph g, Node node, List<Tensor> in) {
        List<Tensor> out = node.outputs().stream().map(g::type).map(t -> Tensor.zeros(t.dtype(), t.shape())).toList();
        node.op().evaluate(List.copyOf(in), out);
        return out;
    }

    private Tensor real(String constant) {
        return real.computeIfAbsent(constant, c -> Tensor.copyOf(floats.constant(c).orElseThrow()));
    }

    private Tensor roundedConstant(String constant) {
        return rounded.computeIfAbsent(constant, c -> rounded(c, Tensor.copyOf(quantized.constant(c).orElseThrow())));
    }

    /** {@code tensor}, each element the nearest that its encoding has. */
    private Tensor rounded(String value, Tensor tensor) {
        TensorType type = quantized.type(value);
        return type.quant().isEmpty() || type.dtype() != DType.F32 ? tensor : Encodings.round(tensor, type.quant().get());
    }

    /** One for each node that was run and has a real result, in the order of the graph. */
    public List<LayerLoss> losses() {
        List<LayerLoss> losses = new ArrayList<>();
        for (int i = 0; i < quantized.nodes().size(); i++) {
            Node node = quantized.nodes().get(i);
            Meters m = meters.get(node.output());
            if (m != null) {
                losses.add(new LayerLoss(floats.name(), i, node.output(), node.op().name(), node.source(),
                        encoding(quantized.type(node.output()).quant().orElseThrow()), m.introduced.result().relativeRms(), m.quantized.result(),
                        m.inIntegers ? Optional.of(m.integer.result()) : Optional.empty(), m.histogram.result()));
            }
        }
        return losses;
    }

    /** One for each constant of at most 16 bits. */
    public List<WeightLoss> weights() {
        List<WeightLoss> losses = new ArrayList<>();
        floats.constants().forEach((name, data) -> quantized.constant(name).flatMap(c -> quantized.type(name).quant()).filter(q -> q.storage().bits() <= 16).ifPresent(q -> {
            float[] values = real(name).toFloats();
            float[] found = roundedConstant(name).toFloats();
            Shape shape = data.shape();
            DistanceMeter meter = new DistanceMeter(shape.dim(0), shape.inner(0));
            meter.add(values, i -> found[i]);
            long clipped = 0;
            for (int i = 0; i < values.length; i++) {
                double scale = q.scale(q.isPerChannel() ? i / shape.inner(0) % shape.dim(0) : 0);
                clipped += Math.abs(values[i]) > scale * (q.qMax() + 0.5) ? 1 : 0;
            }
            losses.add(new WeightLoss(floats.name(), name, encoding(q), meter.result(), (double) clipped / values.length));
        }));
        return losses;
    }

    private static String encoding(QuantParams q) {
        return q.storage().text() + (q.isPerChannel() ? " x" + q.scaleCount() : String.format(Locale.ROOT, " %.3g", q.scale())
                + (q.zeroPoint() == 0 ? "" : " zero " + q.zeroPoint()));
    }
}

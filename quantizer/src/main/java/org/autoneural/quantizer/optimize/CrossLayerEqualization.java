package org.autoneural.quantizer.optimize;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Slice;

/**
 * Cross-layer equalization: where a layer's result reaches the next layer through nothing but products, output channel i of the
 * first is divided by {@code s_i = sqrt(r1_i r2_i) / r2_i} and input channel i of the second multiplied by it, r being the
 * largest magnitudes of their weights; both then have the range {@code sqrt(r1_i r2_i)} (Nagel, van Baalen, Blankevoort and
 * Welling, "Data-free quantization through weight equalization and bias correction", ICCV 2019).
 *
 * <p>Exact only where a factor passes through: gated products, that is {@code w3} before {@code w2} of a gated MLP and the output
 * gate before {@code out_proj} of a gated convolution. An activation function or a norm between two layers does not pass a
 * channel's factor on, so the MobileNetV5 encoder has no such pair.
 */
final class CrossLayerEqualization {
    private static final double MOST = 64;

    private CrossLayerEqualization() {}

    /** Rows {@code from .. from+count-1} of {@code first} are the input channels of {@code second}. */
    private record Pair(Layer first, int from, int count, Layer second) {}

    static Program apply(Program program) {
        Map<String, Layer> layers = Layer.of(program).stream().collect(Collectors.toMap(Layer::weight, l -> l));
        Map<String, Pair> pairs = new LinkedHashMap<>();
        for (Graph g : program.entryPoints()) {
            for (Node n : g.nodes()) {
                if (n.op() instanceof Mul) {
                    pair(g, n, layers).ifPresent(p -> pairs.putIfAbsent(p.second().weight(), p));
                }
            }
        }
        Map<String, TensorData> changed = new LinkedHashMap<>();
        pairs.values().forEach(p -> equalize(program, p, changed));
        return Constants.replace(program, changed);
    }

    /** The factor is that of the one reader, so nothing else may read the product or the operand that carries it. */
    private static Optional<Pair> pair(Graph g, Node product, Map<String, Layer> layers) {
        if (g.consumers(product.output()).size() != 1 || g.outputs().contains(product.output())) {
            return Optional.empty();
        }
        Node reader = g.consumers(product.output()).get(0);
        Layer second = reader.op() instanceof Linear ? layers.get(reader.input(1)) : null;
        if (second == null || !second.x().equals(product.output())) {
            return Optional.empty();
        }
        return product.inputs().stream().flatMap(v -> first(g, v, second, layers).stream()).findFirst();
    }

    private static Optional<Pair> first(Graph g, String operand, Layer second, Map<String, Layer> layers) {
        int from = 0;
        Node n = g.producer(operand).orElse(null);
        if (n == null || g.consumers(operand).size() != 1 || g.outputs().contains(operand)) {
            return Optional.empty();
        }
        if (n.op() instanceof Slice slice && slice.axis() == g.type(n.input(0)).shape().rank() - 1) {
            from = slice.begin();
            n = g.producer(n.input(0)).orElse(null);
        }
        Layer layer = n != null && n.op() instanceof Linear ? layers.get(n.input(1)) : null;
        return layer == null ? Optional.empty() : Optional.of(new Pair(layer, from, second.inputs(), second));
    }

    private static void equalize(Program program, Pair p, Map<String, TensorData> changed) {
        float[] columns = InputChannels.max(p.second(), p.count());
        float[] out = new float[p.first().outputs()];
        float[] in = new float[p.count()];
        Arrays.fill(out, 1);
        for (int i = 0; i < p.count(); i++) {
            float row = 0;
            for (float w : p.first().row(p.from() + i)) {
                row = Math.max(row, Math.abs(w));
            }
            double s = row > 0 && columns[i] > 0 ? Math.sqrt(row / (double) columns[i]) : 1;
            in[i] = (float) Math.max(1 / MOST, Math.min(MOST, s));
            out[p.from() + i] = 1 / in[i];
        }
        changed.put(p.first().weight(), TensorViews.scaled(changed.getOrDefault(p.first().weight(), p.first().data()), 0, out));
        p.first().bias().ifPresent(b -> changed.put(b, TensorViews.scaled(program.entryPoints().stream().flatMap(g -> g.constant(b).stream())
                .findFirst().orElseThrow(), 0, out)));
        TensorData second = changed.getOrDefault(p.second().weight(), p.second().data());
        changed.put(p.second().weight(), TensorViews.scaled(second, InputChannels.axis(p.second()), in));
    }
}

package org.autoneural.quantizer.optimize;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.op.RmsNorm;

/**
 * SmoothQuant: moves the spread of an activation's channels into the weights that read it. Channel j is divided by
 * {@code s_j = max|x_j|^1/2 / max|W_j|^1/2} and the weights' input channel multiplied by it, exactly (Xiao, Lin, Seznec, Wu,
 * Demouth and Han, "SmoothQuant: accurate and efficient post-training quantization for large language models", ICML 2023).
 *
 * <p>The division goes into the gain of a norm, so only the results of RMS norms are smoothed, and only where every reader is a
 * layer of its own weight: a convolution or linear behind the norm. Behind an activation function there is nothing to fold it
 * into.
 */
final class SmoothQuant {
    /** Beyond these a channel that is almost never used would overflow its gain. */
    private static final double MOST = 64;

    private SmoothQuant() {}

    /** A norm's result and the layers that read it. */
    private record Site(String gain, String value, List<Layer> layers) {}

    static Program apply(Program program, Transforms.Runner runner) {
        List<Site> sites = sites(program);
        Map<String, ChannelMax> seen = new HashMap<>();
        sites.forEach(s -> seen.put(s.value(), new ChannelMax((int) constant(program, s.gain()).elements())));
        runner.run(program, seen);
        Map<String, TensorData> changed = new LinkedHashMap<>();
        for (Site s : sites) {
            float[] x = seen.get(s.value()).max();
            float[] w = new float[x.length];
            for (Layer layer : s.layers()) {
                float[] max = InputChannels.max(layer, x.length);
                for (int c = 0; c < x.length; c++) {
                    w[c] = Math.max(w[c], max[c]);
                }
            }
            float[] factors = new float[x.length];
            float[] inverse = new float[x.length];
            for (int c = 0; c < x.length; c++) {
                double s1 = x[c] > 0 && w[c] > 0 ? Math.sqrt(x[c] / (double) w[c]) : 1;
                factors[c] = (float) Math.max(1 / MOST, Math.min(MOST, s1));
                inverse[c] = 1 / factors[c];
            }
            changed.put(s.gain(), TensorViews.scaled(constant(program, s.gain()), 0, inverse));
            s.layers().forEach(layer -> changed.put(layer.weight(), InputChannels.scaled(layer, factors)));
        }
        return Constants.replace(program, changed);
    }

    private static List<Site> sites(Program program) {
        Map<String, Layer> layers = Layer.of(program).stream().collect(Collectors.toMap(Layer::weight, l -> l));
        Map<String, Site> sites = new LinkedHashMap<>();
        Set<String> no = new TreeSet<>();
        Map<String, Long> gainUses = new HashMap<>();
        for (Graph g : program.entryPoints()) {
            for (Node n : g.nodes()) {
                if (!(n.op() instanceof RmsNorm norm)) {
                    continue;
                }
                String y = n.output();
                List<Node> readers = g.consumers(y);
                gainUses.merge(g.name() + " " + n.input(1), 1L, Long::sum);
                boolean fits = norm.axis() == g.type(y).shape().rank() - 1 && !g.outputs().contains(y) && !readers.isEmpty()
                        && gainUses.get(g.name() + " " + n.input(1)) == 1
                        && readers.stream().allMatch(r -> r.inputs().size() > 1 && layers.containsKey(r.input(1))
                                && layers.get(r.input(1)).x().equals(y) && InputChannels.axis(layers.get(r.input(1))) >= 0);
                if (fits) {
                    sites.putIfAbsent(n.input(1), new Site(n.input(1), y, readers.stream().map(r -> layers.get(r.input(1))).distinct().toList()));
                } else {
                    no.add(n.input(1));
                }
            }
        }
        sites.keySet().removeAll(no);
        return List.copyOf(sites.values());
    }

    private static TensorData constant(Program program, String name) {
        return program.entryPoints().stream().flatMap(g -> g.constant(name).stream()).findFirst().orElseThrow();
    }
}

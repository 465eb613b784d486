package org.autoneural.qnn.map;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.autoneural.qnn.graph.Encoding;
import org.autoneural.qnn.graph.Param;
import org.autoneural.qnn.graph.QnnGraph;
import org.autoneural.qnn.graph.QnnNode;
import org.autoneural.qnn.graph.QnnTensor;

/**
 * Estimate of what a context of one graph takes of the DSP's address space. An upper bound as far as tensors go: every tensor
 * between nodes is counted in memory, none in VTCM. The code that the vendor generates is not counted.
 *
 * @param graph            its name
 * @param weightBytes      static tensors; 4-bit weights two a byte where the HTP keeps them so, see {@link #staysPacked}
 * @param ioBytes          inputs and outputs
 * @param activationBytes  most that is alive between nodes at any time
 */
public record ContextSize(String graph, long weightBytes, long ioBytes, long activationBytes) {
    /** 4-bit weights of convolutions with no more output channels are widened. */
    private static final int LEAST_PACKED_CHANNELS = 32;

    /** The bytes that {@code graph} takes. */
    public static ContextSize of(QnnGraph graph) {
        Map<String, Long> weights = new HashMap<>();
        graph.nodes().forEach(n -> n.inputs().forEach(t -> weights.merge(t, weightBytes(graph, n, t), Math::max)));
        long io = graph.tensors().stream().filter(t -> t.role() == QnnTensor.Role.APP_READ || t.role() == QnnTensor.Role.APP_WRITE)
                .mapToLong(QnnTensor::sizeBytes).sum();
        return new ContextSize(graph.name(), weights.values().stream().mapToLong(Long::longValue).sum(), io, peak(graph));
    }

    /** The sum of all three. */
    public long totalBytes() {
        return weightBytes + ioBytes + activationBytes;
    }

    /** Bytes that {@code tensor} takes as an operand of {@code node}, 0 unless it is static. */
    static long weightBytes(QnnGraph graph, QnnNode node, String tensor) {
        QnnTensor t = graph.tensor(tensor);
        if (t.role() != QnnTensor.Role.STATIC) {
            return 0;
        }
        return staysPacked(node, t) ? (t.sizeBytes() + 1) / 2 : t.sizeBytes();
    }

    /** 4-bit weights stay so in 1x1 convolutions of stride 1 with more than 32 output channels; elsewhere they become bytes. */
    private static boolean staysPacked(QnnNode node, QnnTensor weight) {
        boolean narrow = weight.encoding() instanceof Encoding.BitsAxisScaleOffset || weight.encoding() instanceof Encoding.BitsScaleOffset;
        return narrow && node.type().equals("Conv2d") && weight.dims().subList(0, 2).equals(List.of(1, 1))
                && weight.dims().get(3) > LEAST_PACKED_CHANNELS
                && node.param("stride").filter(p -> ((Param.Ints) p).values().equals(List.of(1, 1))).isPresent();
    }

    private static long peak(QnnGraph graph) {
        Map<String, Integer> lastUse = new HashMap<>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            for (String in : graph.nodes().get(i).inputs()) {
                lastUse.put(in, i);
            }
        }
        long alive = 0;
        long most = 0;
        for (int i = 0; i < graph.nodes().size(); i++) {
            QnnNode node = graph.nodes().get(i);
            for (String out : node.outputs()) {
                alive += nativeBytes(graph, out);
            }
            most = Math.max(most, alive);
            for (String value : new LinkedHashSet<>(node.inputs())) {
                alive -= lastUse.get(value) == i ? nativeBytes(graph, value) : 0;
            }
            for (String value : node.outputs()) {
                alive -= lastUse.containsKey(value) ? 0 : nativeBytes(graph, value);
            }
        }
        return most;
    }

    private static long nativeBytes(QnnGraph graph, String tensor) {
        QnnTensor t = graph.tensor(tensor);
        return t.role() == QnnTensor.Role.NATIVE ? t.sizeBytes() : 0;
    }
}

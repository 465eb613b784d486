package org.autoneural.ir.interpret;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.autoneural.ir.Graph;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Carries states from run to run, over all entry points that name them alike (prefill, then decode). A state begins as real
 * zero: the zero point of its encoding. Not thread-safe.
 */
public final class StatefulRun {
    /** One run of a graph: {@code interpreter::run}. */
    @FunctionalInterface
    public interface Runner {
        /** All outputs of {@code graph}, by name, for all its inputs. */
        Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs);
    }

    private final Runner runner;
    private final Map<String, Tensor> states = new LinkedHashMap<>();

    /** A sequence of runs that has just begun: all states are real zero. */
    public StatefulRun(Runner runner) {
        this.runner = runner;
    }

    /**
     * Runs {@code graph} with the states as the run before left them.
     *
     * @param inputs all inputs but the states
     * @return all outputs, the new states included
     */
    public Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs) {
        Map<String, TensorData> all = new HashMap<>(inputs);
        for (StateBinding s : graph.states()) {
            all.put(s.input(), states.computeIfAbsent(s.input(), v -> zero(graph.type(v))));
        }
        Map<String, Tensor> outputs = runner.run(graph, all);
        graph.states().forEach(s -> states.put(s.input(), outputs.get(s.output())));
        return outputs;
    }

    /** The states by name of their graph input, as the last run left them. */
    public Map<String, Tensor> states() {
        return Map.copyOf(states);
    }

    /** Real zeros of {@code type}. */
    private static Tensor zero(TensorType type) {
        Tensor tensor = Tensor.zeros(type.dtype(), type.shape());
        int zeroPoint = type.dtype().isFloat() ? 0 : type.quant().map(QuantParams::zeroPoint).orElse(0);
        for (int i = 0; zeroPoint != 0 && i < tensor.elements(); i++) {
            tensor.setLong(i, zeroPoint);
        }
        return tensor;
    }
}

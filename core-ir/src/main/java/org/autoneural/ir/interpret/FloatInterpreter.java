package org.autoneural.ir.interpret;

import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;

/**
 * Runs a FLOAT graph in f32, or a QUANTIZED one as if its encodings were not there. Constants are copied to the heap once per
 * interpreter (bf16 and f16 storage is read as f32) and kept; intermediate tensors are dropped after their last use.
 * Not thread-safe.
 */
public final class FloatInterpreter {
    private final Interpreter interpreter = new Interpreter(Set.of(Stage.FLOAT, Stage.QUANTIZED));

    /**
     * Runs {@code graph}.
     *
     * @param inputs one tensor for each graph input, states included; their type and shape are checked, nothing is changed
     * @return the graph's outputs, in its order
     * @throws IllegalArgumentException when an input is missing, unknown or of another type or shape than declared
     * @throws IllegalStateException    naming the node whose evaluation failed (an id outside its table, say)
     */
    public Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs) {
        return run(graph, inputs, (value, tensor) -> { });
    }

    /** As {@link #run(Graph, Map)}; {@code listener} sees each computed tensor, in order, and must not change it. */
    public Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs, BiConsumer<String, Tensor> listener) {
        return interpreter.run(graph, inputs, listener);
    }
}

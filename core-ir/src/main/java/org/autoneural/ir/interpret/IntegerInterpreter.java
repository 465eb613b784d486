package org.autoneural.ir.interpret;

import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;

/**
 * Runs an INTEGER graph: the exact result that every kernel must equal. Constants are copied to the heap once per interpreter
 * and kept; intermediate tensors are dropped after their last use. Not thread-safe.
 */
public final class IntegerInterpreter {
    private final Interpreter interpreter = new Interpreter(Set.of(Stage.INTEGER));

    /**
     * Runs {@code graph}.
     *
     * @param inputs one tensor for each graph input, states included; their type and shape are checked, nothing is changed
     * @return the graph's outputs, in its order
     * @throws IllegalArgumentException when an input is missing, unknown or of another type or shape than declared
     * @throws IllegalStateException    naming the node whose evaluation failed (an id outside its table, a sum that leaves its
     *                                  accumulator, a result that leaves its type)
     */
    public Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs) {
        return run(graph, inputs, (value, tensor) -> { });
    }

    /** As {@link #run(Graph, Map)}; {@code listener} sees each computed tensor, in order, and must not change it. */
    public Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs, BiConsumer<String, Tensor> listener) {
        return interpreter.run(graph, inputs, listener);
    }
}

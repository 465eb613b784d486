package org.autoneural.ir.interpret;

import java.util.Map;
import java.util.function.BiConsumer;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;

/**
 * Runs FLOAT and QUANTIZED graphs in f32: {@link FloatInterpreter} says what is meant, {@link FastFloatInterpreter} is for
 * models of full size.
 */
public interface FloatExecutor {
    /**
     * Runs {@code graph}.
     *
     * @param inputs one tensor for each graph input, states included; their type and shape are checked, nothing is changed
     * @return the graph's outputs, in its order
     * @throws IllegalArgumentException when an input is missing, unknown or of another type or shape than declared
     * @throws IllegalStateException    naming the node whose evaluation failed (an id outside its table, say)
     */
    default Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs) {
        return run(graph, inputs, (value, tensor) -> { });
    }

    /**
     * As {@link #run(Graph, Map)}; {@code listener} sees each computed tensor, in order, before anything reads it. It may change
     * the elements: what reads the tensor then sees the changed ones (that is how rounding is tried out in floating point).
     */
    Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs, BiConsumer<String, Tensor> listener);
}

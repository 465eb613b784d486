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
public final class FloatInterpreter implements FloatExecutor {
    private final Interpreter interpreter = new Interpreter(Set.of(Stage.FLOAT, Stage.QUANTIZED));

    @Override
    public Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs, BiConsumer<String, Tensor> listener) {
        return interpreter.run(graph, inputs, listener);
    }
}

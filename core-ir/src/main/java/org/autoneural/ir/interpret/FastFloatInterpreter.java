package org.autoneural.ir.interpret;

import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;

/**
 * {@link FloatInterpreter} for models of full size: blocked products on several threads, vectors where the JVM has the module
 * {@code jdk.incubator.vector}, large weights read from where they are stored and widened to f32 block by block. Sums are
 * taken in another order, so results differ from the plain interpreter's by f32 rounding (relative L2 about 1e-6); they are
 * the same bits for every number of threads, with and without vectors, on every JVM. Safe for several threads, which share its
 * own. Those are daemons and end when they are idle.
 */
public final class FastFloatInterpreter implements FloatExecutor {
    /** Norms, biases, tables: kept on the heap as f32. */
    private static final long ALWAYS_KEPT = 1 << 16;
    /** Weights of a small model, 64 MiB: token after token reads them from the heap. */
    private static final long ROOM = 1 << 24;

    private final Interpreter interpreter;

    /** Uses all processors, and vectors where this JVM has them. */
    public FastFloatInterpreter() {
        this(Runtime.getRuntime().availableProcessors(), FloatKernels.best());
    }

    FastFloatInterpreter(int threads, FloatKernel kernel) {
        FloatProducts products = new FloatProducts(new Team(threads), kernel);
        FastFloatOps ops = new FastFloatOps(products, kernel);
        interpreter = new Interpreter(Set.of(Stage.FLOAT, Stage.QUANTIZED), ALWAYS_KEPT, ROOM, ops::evaluate);
    }

    @Override
    public Map<String, Tensor> run(Graph graph, Map<String, ? extends TensorData> inputs, BiConsumer<String, Tensor> listener) {
        return interpreter.run(graph, inputs, listener);
    }
}

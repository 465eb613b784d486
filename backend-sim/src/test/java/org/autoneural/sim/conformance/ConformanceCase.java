package org.autoneural.sim.conformance;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Tensor;

/**
 * One case of a public suite. What it runs is read and built only when it is asked for, so that a case that cannot be read
 * fails by itself.
 *
 * @param suite      name of the suite: its folder
 * @param op         op that the case is about, or {@code network}
 * @param name       name of the case within its suite
 * @param outOfScope why the case is not run; empty when it is
 * @param vector     what to run
 */
public record ConformanceCase(String suite, String op, String name, Optional<String> outOfScope, Supplier<Vector> vector) {
    /**
     * An INTEGER graph, its inputs and the values that its one output must have.
     *
     * @param expected as the suite has them, in row-major order
     */
    public record Vector(Graph graph, Map<String, Tensor> inputs, long[] expected) {}

    static ConformanceCase inScope(String suite, String op, String name, Supplier<Vector> vector) {
        return new ConformanceCase(suite, op, name, Optional.empty(), vector);
    }

    static ConformanceCase outOfScope(String suite, String op, String name, String reason) {
        return new ConformanceCase(suite, op, name, Optional.of(reason), () -> {
            throw new IllegalStateException(suite + "/" + name + " is out of scope: " + reason);
        });
    }

    /** {@code suite/op/case}. */
    public String title() {
        return suite + "/" + op + "/" + name;
    }
}

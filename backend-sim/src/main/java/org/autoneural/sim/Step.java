package org.autoneural.sim;

import java.util.List;
import org.autoneural.ir.Node;
import org.autoneural.sim.kernel.Kernel;

/**
 * One node of an entry point in the order of execution.
 *
 * @param node    the node
 * @param kernels its kernel; none when the result is a view of the operand
 */
record Step(Node node, List<Kernel> kernels) {
    Step {
        kernels = List.copyOf(kernels);
    }
}

package org.autoneural.sim.cost;

import java.util.List;
import org.autoneural.ir.Node;
import org.autoneural.ir.op.Engine;

/**
 * What one node asks of a device, before any speed is known.
 *
 * @param node          the node
 * @param engine        unit that it occupies
 * @param free          true iff it costs nothing: views, and clamps that the op before carries
 * @param fused         true iff it has work but is not issued: an activation function that follows a convolution or product
 * @param macClass      widths of its multiply-adds
 * @param macs          multiply-adds
 * @param paddedMacs    multiply-adds of whole granules of the array
 * @param vectors       instructions of the vector unit, each on one register
 * @param depthwise     true iff {@code vectors} are those of a depthwise convolution
 * @param weightBytes   bytes of constants that cross the memory bus, and may do so ahead of time
 * @param readBytes     bytes of operands that lie in external memory
 * @param writeBytes    bytes of results that go to external memory
 * @param firstBytes    bytes that must be there before the node can begin
 * @param onChipBytes   bytes of on-chip memory in use
 * @param after         positions of the nodes that must end before
 */
record NodeWork(Node node, Engine engine, boolean free, boolean fused, MacClass macClass, long macs, long paddedMacs, double vectors,
        boolean depthwise, long weightBytes, long readBytes, long writeBytes, long firstBytes, long onChipBytes,
        List<Integer> after) {
    NodeWork {
        after = List.copyOf(after);
    }

    long ddrBytes() {
        return weightBytes + readBytes + writeBytes;
    }
}

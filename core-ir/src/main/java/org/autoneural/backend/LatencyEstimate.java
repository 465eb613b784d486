package org.autoneural.backend;

import java.util.List;
import org.autoneural.ir.op.Engine;

/**
 * Estimated time of one run of one graph; not measured on a device. The interval is that of the graph's precision, and holds 80 % of the
 * times measured of public networks whose family was held out; of networks that the model had never met it held about half
 * ({@code docs/latency.md}). That of a {@code decode} reaches from what the memory bus can carry to what the vendor's software gets from it
 * today.
 *
 * @param target      device
 * @param graph       name of the entry point
 * @param latencyMs   most likely time in milliseconds
 * @param lowMs       lower end of the interval
 * @param highMs      upper end of the interval
 * @param serialMs    time if no two ops overlapped, in milliseconds: an upper bound within the model
 * @param macs        multiply-adds
 * @param ddrBytes    bytes that cross the memory bus
 * @param onChipBytes most bytes of on-chip memory in use at one time
 * @param limits      what the device could do at most
 * @param nodes       the nodes in the order of the graph
 */
public record LatencyEstimate(String target, String graph, double latencyMs, double lowMs, double highMs, double serialMs,
        long macs, long ddrBytes, long onChipBytes, Limits limits, List<NodeEstimate> nodes) {
    public LatencyEstimate {
        nodes = List.copyOf(nodes);
    }

    /**
     * What the device could do at most.
     *
     * @param macsPerMs     multiply-adds a millisecond, with the widths that most of the graph's have
     * @param ddrBytesPerMs bytes over the memory bus a millisecond
     * @param onChipBytes   bytes of on-chip memory
     */
    public record Limits(double macsPerMs, double ddrBytesPerMs, long onChipBytes) {}

    /** What takes the time of a node. */
    public enum Bound {
        /** Multiply-add array. */
        MATRIX,
        /** Vector unit. */
        VECTOR,
        /** External memory. */
        MEMORY,
        /** The fixed cost of issuing an op. */
        ISSUE
    }

    /**
     * One node. Times are in milliseconds from the start of the run.
     *
     * @param node        name of the node
     * @param op          name of its op
     * @param source      module of the checkpoint
     * @param engine      unit that it occupies
     * @param startMs     when its unit begins
     * @param endMs       when its results are there
     * @param fetchStartMs when its bytes begin to move; equal to {@code fetchEndMs} when it moves none
     * @param fetchEndMs  when its bytes have moved
     * @param matrixMs    work of the multiply-add array
     * @param vectorMs    work of the vector unit
     * @param memoryMs    work of the memory bus
     * @param macs        multiply-adds without padding
     * @param ddrBytes    bytes that cross the memory bus
     * @param onChipBytes bytes of on-chip memory in use while it runs
     * @param boundBy     what takes most of its time
     * @param utilisation part of the multiply-adds of its granules that is real work, 0 to 1; 0 when it has none
     */
    public record NodeEstimate(String node, String op, String source, Engine engine, double startMs, double endMs,
            double fetchStartMs, double fetchEndMs, double matrixMs, double vectorMs, double memoryMs, long macs, long ddrBytes,
            long onChipBytes, Bound boundBy, double utilisation) {}
}

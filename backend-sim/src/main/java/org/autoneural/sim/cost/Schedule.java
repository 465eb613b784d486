package org.autoneural.sim.cost;

import java.util.List;
import org.autoneural.ir.op.Engine;

/**
 * When each node runs, in the order of the graph, on three resources: array, vector unit, memory bus. Weights of a node are
 * fetched ahead of it as far as there is room on chip; a node begins when its operands and its first tile are there and ends no
 * earlier than its last byte has moved.
 *
 * @param startMs  when each node begins
 * @param endMs    when its results are there
 * @param fetchMs  when its bytes begin to move
 * @param movedMs  when its bytes have moved
 * @param totalMs  the end of all, with the time of an empty run
 * @param serialMs the same if no two nodes overlapped
 */
record Schedule(double[] startMs, double[] endMs, double[] fetchMs, double[] movedMs, double totalMs, double serialMs) {
    /** Time of {@code node}'s work on its engine. */
    static double engineMs(NodeWork node, Speeds speeds) {
        if (node.engine() == Engine.MATRIX) {
            return node.paddedMacs() / speeds.macsPerMs().get(node.macClass());
        }
        return node.vectors() / (node.depthwise() ? speeds.depthwisePerMs() : speeds.vectorsPerMs());
    }

    /** @param roomBytes on-chip memory for tensors and tiles */
    static Schedule of(WorkTable table, Speeds speeds, long roomBytes) {
        List<NodeWork> nodes = table.nodes();
        int n = nodes.size();
        double[] start = new double[n], end = new double[n], fetch = new double[n], moved = new double[n];
        double matrixFree = 0, vectorFree = 0, busFree = 0, last = 0, serial = 0;
        int oldest = 0;
        long ahead = 0;
        for (int i = 0; i < n; i++) {
            NodeWork node = nodes.get(i);
            double ready = 0;
            for (int p : node.after()) {
                ready = Math.max(ready, end[p]);
            }
            if (node.free()) {
                start[i] = end[i] = fetch[i] = moved[i] = ready;
                continue;
            }
            // Weights of this node and of all since `oldest` lie on chip together.
            long room = Math.max(0, roomBytes - node.onChipBytes());
            ahead += node.weightBytes();
            while (oldest < i && ahead > room) {
                ahead -= nodes.get(oldest).weightBytes();
                oldest++;
            }
            double engine = engineMs(node, speeds);
            double weights = node.weightBytes() / speeds.ddrBytesPerMs();
            double rest = (node.readBytes() + node.writeBytes()) / speeds.ddrBytesPerMs();
            double first = node.firstBytes() / speeds.ddrBytesPerMs();
            fetch[i] = Math.max(busFree, oldest == i ? ready : start[oldest]);
            double fetched = fetch[i] + weights;
            boolean matrix = node.engine() == Engine.MATRIX;
            start[i] = Math.max(Math.max(ready, matrix ? matrixFree : vectorFree), fetch[i] + Math.min(first, weights + rest));
            moved[i] = Math.max(fetched, rest > 0 ? start[i] : fetched) + rest;
            end[i] = Math.max(start[i] + engine, moved[i]) + speeds.issueMs();
            busFree = moved[i];
            if (matrix) {
                matrixFree = end[i];
            } else {
                vectorFree = end[i];
            }
            last = Math.max(last, end[i]);
            serial += Math.max(engine, weights + rest) + speeds.issueMs() + Math.min(first, weights + rest);
        }
        return new Schedule(start, end, fetch, moved, last + speeds.startMs(), serial + speeds.startMs());
    }
}

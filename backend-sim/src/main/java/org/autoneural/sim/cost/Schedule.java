package org.autoneural.sim.cost;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.ir.op.Engine;

/**
 * When each node runs: a list schedule on array, vector unit and memory bus. Of the nodes whose operands are there the one that
 * can begin first is taken, the one on the longest path if several can.
 *
 * <p>Weights of a node are fetched ahead of it as far as there is room on chip. A node begins when its engine is free and its
 * operands and its first tile are there, and ends no earlier than its last byte has moved. Its results are there an issue time
 * later, in which its engine can already serve others; a fused node's at once.
 *
 * @param startMs  when each node begins
 * @param endMs    when its results are there
 * @param fetchMs  when its bytes begin to move
 * @param movedMs  when its bytes have moved
 * @param totalMs  the end of all, with the time of an empty run
 * @param serialMs the same if no two nodes overlapped
 */
record Schedule(double[] startMs, double[] endMs, double[] fetchMs, double[] movedMs, double totalMs, double serialMs) {
    static double matrixMs(NodeWork node, Speeds speeds) {
        return node.paddedMacs() / speeds.macsPerMs().get(node.macClass());
    }

    static double vectorMs(NodeWork node, Speeds speeds) {
        double vectors = node.vectors() * (node.macClass() == MacClass.FP16 ? speeds.floatFactor() : 1);
        return vectors / (node.depthwise() ? speeds.depthwisePerMs() : speeds.vectorsPerMs());
    }

    /** Time from the end of {@code node}'s work until its results are there. */
    static double issueMs(NodeWork node, Speeds speeds) {
        return node.free() || node.fused() ? 0 : speeds.issueMs();
    }

    /** Time of {@code node}'s work on its engine. */
    static double engineMs(NodeWork node, Speeds speeds) {
        return matrixMs(node, speeds) + vectorMs(node, speeds);
    }

    /** @param roomBytes on-chip memory for tensors and tiles */
    static Schedule of(WorkTable table, Speeds speeds, long roomBytes) {
        return new Builder(table, speeds, roomBytes).run();
    }

    /** One schedule while it is being made. */
    private static final class Builder {
        private final WorkTable table;
        private final List<NodeWork> nodes;
        private final Speeds speeds;
        private final long room;
        private final double[] engine;
        private final double[] ready;
        private final double[] start;
        private final double[] end;
        private final double[] fetch;
        private final double[] moved;
        private double matrixFree;
        private double vectorFree;
        private double busFree;
        /** Nodes in the order in which they were taken, and which of them is the first whose weights still lie on chip. */
        private final List<Integer> taken = new ArrayList<>();
        private int oldest;
        private long ahead;

        Builder(WorkTable table, Speeds speeds, long room) {
            this.table = table;
            nodes = table.nodes();
            this.speeds = speeds;
            this.room = room;
            int n = nodes.size();
            engine = new double[n];
            ready = new double[n];
            start = new double[n];
            end = new double[n];
            fetch = new double[n];
            moved = new double[n];
        }

        Schedule run() {
            int n = nodes.size();
            double[] path = longestPaths();
            int[] missing = new int[n];
            List<Integer> candidates = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                missing[i] = nodes.get(i).after().size();
                if (missing[i] == 0) {
                    candidates.add(i);
                }
            }
            double last = 0, serial = 0;
            while (!candidates.isEmpty()) {
                int best = 0;
                for (int k = 1; k < candidates.size(); k++) {
                    double a = earliest(candidates.get(k)), b = earliest(candidates.get(best));
                    if (a < b || a == b && path[candidates.get(k)] > path[candidates.get(best)]) {
                        best = k;
                    }
                }
                int i = candidates.remove(best);
                take(i);
                last = Math.max(last, end[i]);
                serial += serialMs(i);
                for (int c : table.consumers().get(i)) {
                    ready[c] = Math.max(ready[c], end[i]);
                    if (--missing[c] == 0) {
                        candidates.add(c);
                    }
                }
            }
            return new Schedule(start, end, fetch, moved, last + speeds.startMs(), serial + speeds.startMs());
        }

        /** Time of a node for which everything else waits. */
        private double serialMs(int i) {
            NodeWork node = nodes.get(i);
            if (node.free()) {
                return 0;
            }
            double bytes = node.ddrBytes() / speeds.ddrBytesPerMs();
            return Math.max(engine[i], bytes) + issueMs(node, speeds) + Math.min(bytes, node.firstBytes() / speeds.ddrBytesPerMs());
        }

        private double[] longestPaths() {
            double[] path = new double[nodes.size()];
            for (int i = nodes.size() - 1; i >= 0; i--) {
                NodeWork node = nodes.get(i);
                engine[i] = engineMs(node, speeds);
                path[i] += engine[i] + issueMs(node, speeds);
                for (int p : node.after()) {
                    path[p] = Math.max(path[p], path[i]);
                }
            }
            return path;
        }

        /** When a node whose operands are there could begin, its bytes left out. */
        private double earliest(int i) {
            NodeWork node = nodes.get(i);
            return node.free() ? ready[i] : Math.max(ready[i], node.engine() == Engine.MATRIX ? matrixFree : vectorFree);
        }

        private void take(int i) {
            NodeWork node = nodes.get(i);
            if (node.free()) {
                start[i] = end[i] = fetch[i] = moved[i] = ready[i];
                return;
            }
            taken.add(i);
            ahead += node.weightBytes();
            while (oldest < taken.size() - 1 && ahead > Math.max(0, room - node.onChipBytes())) {
                ahead -= nodes.get(taken.get(oldest)).weightBytes();
                oldest++;
            }
            double weights = node.weightBytes() / speeds.ddrBytesPerMs();
            double rest = (node.readBytes() + node.writeBytes()) / speeds.ddrBytesPerMs();
            double first = Math.min(weights + rest, node.firstBytes() / speeds.ddrBytesPerMs());
            int holder = taken.get(oldest);
            fetch[i] = Math.max(busFree, holder == i ? ready[i] : start[holder]);
            start[i] = Math.max(earliest(i), fetch[i] + first);
            double fetched = fetch[i] + weights;
            moved[i] = rest > 0 ? Math.max(fetched, start[i]) + rest : fetched;
            double busy = Math.max(start[i] + engine[i], moved[i]);
            end[i] = busy + issueMs(node, speeds);
            busFree = moved[i];
            if (node.engine() == Engine.MATRIX) {
                matrixFree = busy;
            } else {
                vectorFree = busy;
            }
        }
    }
}

package org.autoneural.inspect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;

/**
 * Places of a graph's nodes on a grid: a node's row is the length of the longest path to it, its column a lane that it continues from
 * its first operand or a free one. Networks are long chains with a few branches, so lanes stay few and edges short.
 *
 * @param cells by name of node
 * @param rows  number of rows
 * @param lanes number of columns
 */
record GraphLayout(Map<String, Cell> cells, int rows, int lanes) {
    /** Row and column, from 0. */
    record Cell(int row, int lane) {}

    static GraphLayout of(Graph graph) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        Map<String, Integer> rowOf = new HashMap<>();
        graph.inputs().forEach(input -> rowOf.put(input, -1));
        Map<String, Integer> lastUse = lastUses(graph);
        // For each lane the node at its end.
        List<Node> ends = new ArrayList<>();
        int rows = 0;
        int index = 0;
        for (Node node : graph.nodes()) {
            int row = 1 + node.inputs().stream().mapToInt(v -> rowOf.getOrDefault(v, -1)).max().orElse(-1);
            int lane = lane(node, index, ends, lastUse);
            if (lane == ends.size()) {
                ends.add(node);
            } else {
                ends.set(lane, node);
            }
            cells.put(node.name(), new Cell(row, lane));
            node.outputs().forEach(v -> rowOf.put(v, row));
            rows = Math.max(rows, row + 1);
            index++;
        }
        return new GraphLayout(cells, rows, ends.size());
    }

    /** Index of the last node that reads a value; beyond the last node for outputs. */
    private static Map<String, Integer> lastUses(Graph graph) {
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            for (String input : graph.nodes().get(i).inputs()) {
                last.put(input, i);
            }
        }
        graph.outputs().forEach(v -> last.put(v, graph.nodes().size()));
        return last;
    }

    private static int lane(Node node, int index, List<Node> ends, Map<String, Integer> lastUse) {
        for (String input : node.inputs()) {
            for (int lane = 0; lane < ends.size(); lane++) {
                if (ends.get(lane).outputs().contains(input)) {
                    return lane;
                }
            }
        }
        for (int lane = 0; lane < ends.size(); lane++) {
            if (ends.get(lane).outputs().stream().allMatch(v -> lastUse.getOrDefault(v, -1) < index)) {
                return lane;
            }
        }
        return ends.size();
    }
}

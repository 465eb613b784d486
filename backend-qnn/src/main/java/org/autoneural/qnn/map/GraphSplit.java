package org.autoneural.qnn.map;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Cuts an integer graph into parts that run one after the other, where a single value passes from what lies before to what lies
 * behind: the residual stream between layers. Inputs of the graph reach every part that reads them.
 */
final class GraphSplit {
    private final Graph graph;
    /** Index of the last node that reads a value. */
    private final Map<String, Integer> lastUse = new HashMap<>();

    private GraphSplit(Graph graph) {
        this.graph = graph;
        for (int i = 0; i < graph.nodes().size(); i++) {
            for (String v : graph.nodes().get(i).inputs()) {
                lastUse.put(v, i);
            }
        }
    }

    /**
     * The fewest parts, cut as late as possible.
     *
     * @param weightBytes bytes of weights of each node of {@code graph}
     * @param most        bytes of weights that one part may have
     * @return parts called {@code <graph>.1}, {@code <graph>.2} ..; {@code graph} itself when it is small enough; empty when there
     *         is no legal cut that keeps a part small enough
     */
    static List<Graph> parts(Graph graph, long[] weightBytes, long most) {
        return new GraphSplit(graph).parts(weightBytes, most);
    }

    private List<Graph> parts(long[] weightBytes, long most) {
        List<Integer> ends = new ArrayList<>();
        boolean[] legal = legalCuts();
        int start = 0;
        int lastLegal = -1;
        long sum = 0;
        for (int i = 0; i < weightBytes.length; i++) {
            sum += weightBytes[i];
            if (sum > most) {
                if (lastLegal < start) {
                    return List.of();
                }
                ends.add(lastLegal + 1);
                start = lastLegal + 1;
                i = lastLegal;
                sum = 0;
            } else if (legal[i]) {
                lastLegal = i;
            }
        }
        ends.add(weightBytes.length);
        return ends.size() == 1 ? List.of(graph) : cut(ends);
    }

    /** Whether at most one computed value is read behind node i that was made up to it. */
    private boolean[] legalCuts() {
        boolean[] legal = new boolean[graph.nodes().size()];
        Set<String> alive = new HashSet<>();
        for (int i = 0; i < legal.length; i++) {
            int now = i;
            graph.nodes().get(i).outputs().stream().filter(v -> lastUse.getOrDefault(v, -1) > now).forEach(alive::add);
            alive.removeIf(v -> lastUse.get(v) <= now);
            legal[i] = alive.size() <= 1;
        }
        return legal;
    }

    private List<Graph> cut(List<Integer> ends) {
        List<Graph> parts = new ArrayList<>();
        int start = 0;
        for (int end : ends) {
            parts.add(part(graph.name() + "." + (parts.size() + 1), start, end));
            start = end;
        }
        return parts;
    }

    private Graph part(String name, int start, int end) {
        List<Node> nodes = graph.nodes().subList(start, end);
        Set<String> made = new HashSet<>();
        Set<String> read = new LinkedHashSet<>();
        nodes.forEach(n -> {
            n.inputs().stream().filter(v -> !made.contains(v)).forEach(read::add);
            made.addAll(n.outputs());
        });
        Set<String> inputs = new LinkedHashSet<>();
        graph.inputs().stream().filter(read::contains).forEach(inputs::add);
        read.stream().filter(v -> !graph.isConstant(v)).forEach(inputs::add);
        List<String> outputs = new ArrayList<>(graph.outputs().stream().filter(made::contains).toList());
        nodes.forEach(n -> n.outputs().stream().filter(v -> lastUse.getOrDefault(v, -1) >= end && !outputs.contains(v)).forEach(outputs::add));
        Map<String, TensorData> constants = new LinkedHashMap<>();
        read.forEach(v -> graph.constant(v).ifPresent(data -> constants.put(v, data)));
        Map<String, TensorType> types = new LinkedHashMap<>();
        read.forEach(v -> types.put(v, graph.type(v)));
        nodes.forEach(n -> n.outputs().forEach(v -> types.put(v, graph.type(v))));
        return new Graph(name, graph.stage(), List.copyOf(inputs), outputs,
                graph.states().stream().filter(s -> inputs.contains(s.input()) && outputs.contains(s.output())).toList(), nodes, types, constants);
    }
}

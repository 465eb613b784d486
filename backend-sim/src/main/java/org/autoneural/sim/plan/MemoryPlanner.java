package org.autoneural.sim.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.Reshape;

/**
 * Lays out a context's memory. Lifetimes run from the step that writes a tensor to the last that reads it; the largest tensors
 * are placed first, each at the lowest offset that is free for its whole life. A reshape is a view of its operand. The new
 * value of a state is written over the old one when nothing needs the old one afterwards.
 */
public final class MemoryPlanner {
    private final Map<Arena, Long> kept = new EnumMap<>(Arena.class);
    private final Map<String, Placement> states = new LinkedHashMap<>();

    private MemoryPlanner() {
        for (Arena arena : Arena.values()) {
            kept.put(arena, 0L);
        }
    }

    /**
     * The plan for all entry points of {@code program}.
     *
     * @throws IllegalArgumentException when a tensor or the whole does not fit an array, or entry points disagree on a state
     */
    public static MemoryPlan plan(Program program) {
        MemoryPlanner planner = new MemoryPlanner();
        List<Map<String, Placement>> inputs = new ArrayList<>();
        for (Graph graph : program.entryPoints()) {
            inputs.add(planner.keepInputs(graph));
        }
        Map<Arena, Integer> sizes = new EnumMap<>(Arena.class);
        Map<Arena, Integer> kept = new EnumMap<>(Arena.class);
        for (Arena arena : Arena.values()) {
            kept.put(arena, fit(planner.kept.get(arena), "the inputs and states"));
            sizes.put(arena, kept.get(arena));
        }
        List<GraphPlan> graphs = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Graph graph = program.entryPoints().get(i);
            GraphPlan plan = planner.place(graph, inputs.get(i));
            for (Placement p : plan.placements().values()) {
                sizes.merge(p.arena(), p.offset() + p.length(), Math::max);
            }
            graphs.add(plan);
        }
        return new MemoryPlan(planner.states, graphs, kept, sizes);
    }

    /** Places inputs and states, which nothing else may overwrite. */
    private Map<String, Placement> keepInputs(Graph graph) {
        Map<String, Placement> inputs = new LinkedHashMap<>();
        List<String> stateNames = graph.states().stream().map(StateBinding::input).toList();
        for (String input : graph.inputs()) {
            TensorType type = graph.type(input);
            Placement before = states.get(input);
            if (before == null || !stateNames.contains(input)) {
                Arena arena = arena(graph, input);
                long offset = kept.get(arena);
                kept.put(arena, arena.align(offset + type.shape().elements()));
                inputs.put(input, new Placement(input, type, arena, fit(offset, "%" + input), -1, graph.nodes().size(), input));
                if (stateNames.contains(input)) {
                    states.put(input, inputs.get(input));
                }
            } else {
                if (before.type().dtype() != type.dtype() || !before.type().shape().equals(type.shape())) {
                    throw new IllegalArgumentException("state %" + input + " is " + type + " in entry point " + graph.name()
                            + " and " + before.type() + " in another; it must be the same in all");
                }
                inputs.put(input, new Placement(input, type, before.arena(), before.offset(), -1, graph.nodes().size(), input));
            }
        }
        return inputs;
    }

    private GraphPlan place(Graph graph, Map<String, Placement> inputs) {
        Map<String, String> storage = storages(graph);
        Map<String, Integer> first = new HashMap<>();
        Map<String, Integer> last = new HashMap<>();
        lifetimes(graph, storage, first, last);
        List<String> own = new ArrayList<>();
        for (Node node : graph.nodes()) {
            node.outputs().stream().filter(v -> storage.get(v).equals(v)).forEach(own::add);
        }
        own.sort(Comparator.comparingLong((String v) -> -graph.type(v).shape().elements()).thenComparing(first::get));
        Map<String, Placement> placed = new HashMap<>(inputs);
        List<Placement> moving = new ArrayList<>();
        for (String value : own) {
            Placement p = firstFit(graph, value, first.get(value), last.get(value), moving);
            moving.add(p);
            placed.put(value, p);
        }
        Map<String, Placement> all = new LinkedHashMap<>(inputs);
        for (int step = 0; step < graph.nodes().size(); step++) {
            for (String value : graph.nodes().get(step).outputs()) {
                Placement root = placed.get(storage.get(value));
                all.put(value, new Placement(value, graph.type(value), root.arena(), root.offset(), step, root.last(), root.value()));
            }
        }
        List<StateBinding> copies = new ArrayList<>();
        for (StateBinding s : graph.states()) {
            String root = storage.getOrDefault(s.output(), s.output());
            if (root.equals(s.input())) {
                continue;
            }
            if (graph.states().stream().anyMatch(o -> o.input().equals(root))) {
                throw new IllegalArgumentException("entry point " + graph.name() + ": the new value %" + s.output()
                        + " of state %" + s.input() + " is the memory of state %" + root + "; states may not change places");
            }
            copies.add(s);
        }
        return new GraphPlan(graph.name(), all, copies);
    }

    /** For every value but constants, the value whose memory it is. */
    private static Map<String, String> storages(Graph graph) {
        Map<String, String> storage = new HashMap<>();
        graph.inputs().forEach(v -> storage.put(v, v));
        for (int step = 0; step < graph.nodes().size(); step++) {
            Node node = graph.nodes().get(step);
            for (int r = 0; r < node.outputs().size(); r++) {
                String value = node.outputs().get(r);
                String seen = node.op() instanceof Reshape ? node.input(0) : updatedState(graph, step, r, storage);
                storage.put(value, storage.getOrDefault(seen, value));
            }
        }
        return storage;
    }

    /** The state that result {@code r} of a step replaces in place; the result's own name when it does not. */
    private static String updatedState(Graph graph, int step, int r, Map<String, String> storage) {
        Node node = graph.nodes().get(step);
        String value = node.outputs().get(r);
        int operand = node.op() instanceof KvAppend && r == 0 ? 0 : node.op() instanceof CausalConv1d && r == 1 ? 1 : -1;
        if (operand < 0) {
            return value;
        }
        String state = storage.getOrDefault(node.input(operand), value);
        boolean bound = graph.states().contains(new StateBinding(state, value));
        if (!bound || graph.states().stream().filter(s -> s.output().equals(value)).count() > 1) {
            return value;
        }
        for (String other : graph.outputs()) {
            if (state.equals(storage.get(other))) {
                return value;
            }
        }
        // The old value may be read before this step, and by this step as its own operand only.
        for (int i = step; i < graph.nodes().size(); i++) {
            List<String> reads = graph.nodes().get(i).inputs();
            for (int k = 0; k < reads.size(); k++) {
                if (state.equals(oldView(graph, reads.get(k), storage)) && !(i == step && k == operand)) {
                    return value;
                }
            }
        }
        return state;
    }

    /** The storage of what a step at or after {@code step} reads, following reshapes made after it. */
    private static String oldView(Graph graph, String value, Map<String, String> storage) {
        String at = value;
        while (!storage.containsKey(at)) {
            Node maker = graph.producer(at).orElse(null);
            if (maker == null || !(maker.op() instanceof Reshape)) {
                return at;
            }
            at = maker.input(0);
        }
        return storage.get(at);
    }

    /** First and last step of every storage; results that leave the graph live until its end. */
    private static void lifetimes(Graph graph, Map<String, String> storage, Map<String, Integer> first, Map<String, Integer> last) {
        for (int step = 0; step < graph.nodes().size(); step++) {
            Node node = graph.nodes().get(step);
            for (String v : node.outputs()) {
                first.putIfAbsent(storage.get(v), step);
                last.merge(storage.get(v), step, Math::max);
            }
            for (String v : node.inputs()) {
                if (storage.containsKey(v)) {
                    last.merge(storage.get(v), step, Math::max);
                }
            }
        }
        for (String v : graph.outputs()) {
            if (storage.containsKey(v)) {
                last.put(storage.get(v), graph.nodes().size());
            }
        }
    }

    private Placement firstFit(Graph graph, String value, int first, int last, List<Placement> placed) {
        Arena arena = arena(graph, value);
        long size = graph.type(value).shape().elements();
        List<Placement> rivals = placed.stream()
                .filter(p -> p.arena() == arena && p.first() <= last && first <= p.last())
                .sorted(Comparator.comparingInt(Placement::offset)).toList();
        long offset = kept.get(arena);
        for (Placement rival : rivals) {
            if (offset + size <= rival.offset()) {
                break;
            }
            offset = Math.max(offset, arena.align((long) rival.offset() + rival.length()));
        }
        fit(offset + size, "%" + value);
        return new Placement(value, graph.type(value), arena, (int) offset, first, last, value);
    }

    private static Arena arena(Graph graph, String value) {
        return Arena.of(graph.type(value).dtype()).orElseThrow(() -> new IllegalArgumentException("entry point " + graph.name()
                + ": %" + value + " is " + graph.type(value) + "; memory holds s8, u8, s16 and s32"));
    }

    private static int fit(long elements, String what) {
        if (elements > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException("memory for " + what + " ends at element " + elements
                    + " of its array, which can have " + (Integer.MAX_VALUE - 64) + "; use smaller pictures or a shorter context");
        }
        return (int) elements;
    }
}

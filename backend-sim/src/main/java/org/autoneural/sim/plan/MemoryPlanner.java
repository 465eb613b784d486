package org.autoneural.sim.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.Reshape;

/**
 * Lays out the memory of contexts: the states of all entry points first, then each entry point by itself, when it is wanted.
 * Thread-safe. Lifetimes run from the step that writes a tensor to the last that reads it; the largest tensors
 * are placed first, each at the lowest offset that is free for its whole life. A reshape is a view of its operand. The new
 * value of a state is written over the old one when nothing needs the old one afterwards.
 */
public final class MemoryPlanner {
    private final Map<Arena, Integer> stateSizes;
    private final Map<String, Placement> states = new LinkedHashMap<>();

    /**
     * Places the states of {@code program}.
     *
     * @throws IllegalArgumentException when they do not fit an array, or entry points disagree on one
     */
    public MemoryPlanner(Program program) {
        Map<Arena, Long> sizes = noElements();
        program.entryPoints().forEach(graph -> placeStates(graph, sizes));
        stateSizes = fit(sizes);
    }

    private static Map<Arena, Long> noElements() {
        Map<Arena, Long> sizes = new EnumMap<>(Arena.class);
        for (Arena arena : Arena.values()) {
            sizes.put(arena, 0L);
        }
        return sizes;
    }

    /**
     * The plan for all entry points of {@code program}.
     *
     * @throws IllegalArgumentException when a tensor or the whole does not fit an array, or entry points disagree on a state
     */
    public static MemoryPlan plan(Program program) {
        MemoryPlanner planner = new MemoryPlanner(program);
        return new MemoryPlan(planner.states, program.entryPoints().stream().map(planner::place).toList(), planner.stateSizes);
    }

    /** States by name of their graph input. */
    public Map<String, Placement> states() {
        return Collections.unmodifiableMap(states);
    }

    /** Elements of each array of region {@link Region#STATE}. */
    public Map<Arena, Integer> stateSizes() {
        return Collections.unmodifiableMap(stateSizes);
    }

    private static Map<Arena, Integer> fit(Map<Arena, Long> sizes) {
        Map<Arena, Integer> checked = new EnumMap<>(Arena.class);
        sizes.forEach((arena, elements) -> checked.put(arena, fit(elements, "the states, or the inputs and outputs")));
        return checked;
    }

    private void placeStates(Graph graph, Map<Arena, Long> sizes) {
        Set<String> names = new HashSet<>();
        graph.states().forEach(s -> names.add(s.input()));
        for (String input : graph.inputs()) {
            if (!names.contains(input)) {
                continue;
            }
            TensorType type = graph.type(input);
            Placement state = states.computeIfAbsent(input, s -> append(graph, s, Region.STATE, sizes, -1));
            if (state.type().dtype() != type.dtype() || !state.type().shape().equals(type.shape())) {
                throw new IllegalArgumentException("state %" + input + " is " + type + " in entry point " + graph.name()
                        + " and " + state.type() + " in another; it must be the same in all");
            }
        }
    }

    /** Places inputs and states, which nothing else may overwrite. */
    private Map<String, Placement> inputs(Graph graph, Map<Arena, Long> exchange) {
        Map<String, Placement> inputs = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        graph.states().forEach(s -> names.add(s.input()));
        for (String input : graph.inputs()) {
            if (names.contains(input)) {
                Placement state = states.get(input);
                inputs.put(input, new Placement(input, graph.type(input), Region.STATE, state.arena(), state.offset(), -1, graph.nodes().size(), input));
            } else {
                inputs.put(input, append(graph, input, Region.EXCHANGE, exchange, -1));
            }
        }
        return inputs;
    }

    /** Gives {@code value} memory that it shares with no other, behind what {@code sizes} counts. */
    private static Placement append(Graph graph, String value, Region region, Map<Arena, Long> sizes, int first) {
        TensorType type = graph.type(value);
        Arena arena = arena(graph, value);
        long offset = sizes.get(arena);
        sizes.put(arena, arena.align(offset + type.shape().elements()));
        return new Placement(value, type, region, arena, fit(offset, "%" + value), first, graph.nodes().size(), value);
    }

    /**
     * The plan for an entry point of the program.
     *
     * @throws IllegalArgumentException when a tensor or the whole does not fit an array
     */
    public GraphPlan place(Graph graph) {
        Map<Arena, Long> exchange = noElements();
        Map<String, Placement> inputs = inputs(graph, exchange);
        Map<String, String> storage = storages(graph);
        Set<String> outputs = new LinkedHashSet<>();
        graph.outputs().stream().filter(storage::containsKey).map(storage::get).filter(v -> !inputs.containsKey(v)).forEach(outputs::add);
        Map<String, Integer> first = new HashMap<>();
        Map<String, Integer> last = new HashMap<>();
        lifetimes(graph, storage, first, last);
        List<String> own = new ArrayList<>();
        for (Node node : graph.nodes()) {
            node.outputs().stream().filter(v -> storage.get(v).equals(v) && !outputs.contains(v)).forEach(own::add);
        }
        own.sort(Comparator.comparingLong((String v) -> -graph.type(v).shape().elements()).thenComparing(first::get));
        Map<String, Placement> placed = new HashMap<>(inputs);
        outputs.forEach(v -> placed.put(v, append(graph, v, Region.EXCHANGE, exchange, first.get(v))));
        List<Placement> moving = new ArrayList<>();
        Map<Arena, Integer> work = fit(noElements());
        for (String value : own) {
            Placement p = firstFit(graph, value, first.get(value), last.get(value), moving);
            moving.add(p);
            placed.put(value, p);
            work.merge(p.arena(), p.offset() + p.length(), Math::max);
        }
        Map<String, Placement> all = new LinkedHashMap<>(inputs);
        for (int step = 0; step < graph.nodes().size(); step++) {
            for (String value : graph.nodes().get(step).outputs()) {
                Placement root = placed.get(storage.get(value));
                all.put(value, new Placement(value, graph.type(value), root.region(), root.arena(), root.offset(), step, root.last(),
                        root.value()));
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
        return new GraphPlan(graph.name(), all, copies, fit(exchange), work);
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

    private static Placement firstFit(Graph graph, String value, int first, int last, List<Placement> placed) {
        Arena arena = arena(graph, value);
        long size = graph.type(value).shape().elements();
        List<Placement> rivals = placed.stream()
                .filter(p -> p.arena() == arena && p.first() <= last && first <= p.last())
                .sorted(Comparator.comparingInt(Placement::offset)).toList();
        long offset = 0;
        for (Placement rival : rivals) {
            if (offset + size <= rival.offset()) {
                break;
            }
            offset = Math.max(offset, arena.align((long) rival.offset() + rival.length()));
        }
        fit(offset + size, "%" + value);
        return new Placement(value, graph.type(value), Region.WORK, arena, (int) offset, first, last, value);
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

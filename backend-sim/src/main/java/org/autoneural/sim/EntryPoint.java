package org.autoneural.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.sim.kernel.KernelFactory;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.kernel.Slot;
import org.autoneural.sim.plan.Arena;
import org.autoneural.sim.plan.GraphPlan;
import org.autoneural.sim.plan.MemoryPlanner;

/**
 * One graph with its plan, its steps, and the work memory of its runs; all three are made when the first of them is wanted. Shared by
 * all contexts; thread-safe.
 */
final class EntryPoint {
    private final Graph graph;
    private final MemoryPlanner planner;
    private final KernelProvider kernels;
    private final int threads;
    private Optional<Ready> ready = Optional.empty();

    private record Ready(GraphPlan plan, List<Step> steps, List<Step> stateSteps, WorkPool work) {}

    /** @param threads that take part in a run */
    EntryPoint(Graph graph, MemoryPlanner planner, KernelProvider kernels, int threads) {
        this.graph = graph;
        this.planner = planner;
        this.kernels = kernels;
        this.threads = threads;
    }

    private synchronized Ready ready() {
        if (ready.isEmpty()) {
            ready = Optional.of(prepare());
        }
        return ready.get();
    }

    private Ready prepare() {
        GraphPlan plan = planner.place(graph);
        Map<String, Slot> constants = new HashMap<>();
        KernelFactory factory = new KernelFactory(graph,
                value -> graph.constant(value).isPresent()
                        ? constants.computeIfAbsent(value, v -> constantSlot(graph, v))
                        : Slot.of(plan.placement(value)), kernels);
        List<Step> steps = new ArrayList<>();
        ScratchSize size = ScratchSize.NONE;
        for (Node node : graph.nodes()) {
            Step step = new Step(node, factory.create(node).map(List::of).orElse(List.of()));
            for (var kernel : step.kernels()) {
                size = size.max(kernel.scratch());
            }
            steps.add(step);
        }
        return new Ready(plan, List.copyOf(steps), stateSteps(graph, steps), new WorkPool(plan.work(), size, kernels, threads));
    }

    /** Those of {@code steps} that a state's new value depends on, in their order. */
    private static List<Step> stateSteps(Graph graph, List<Step> steps) {
        Set<String> wanted = new HashSet<>();
        graph.states().forEach(s -> wanted.add(s.output()));
        LinkedList<Step> kept = new LinkedList<>();
        for (int i = steps.size() - 1; i >= 0; i--) {
            Node node = steps.get(i).node();
            if (!Collections.disjoint(node.outputs(), wanted)) {
                wanted.addAll(node.inputs());
                kept.addFirst(steps.get(i));
            }
        }
        return List.copyOf(kept);
    }

    /** A small constant (position tables, counts) as an array of its own. */
    private static Slot constantSlot(Graph graph, String value) {
        TensorData data = graph.constant(value).orElseThrow();
        TensorType type = graph.type(value);
        Arena arena = Arena.of(type.dtype()).orElseThrow(() -> new IllegalArgumentException("graph " + graph.name()
                + ": constant %" + value + " of " + type + " is an activation operand; allowed: s8, u8, s16, s32"));
        int[] values = data.toInts();
        return Slot.constant(type, arena, switch (arena) {
            case BYTES -> {
                byte[] array = new byte[values.length];
                for (int i = 0; i < array.length; i++) {
                    array[i] = (byte) values[i];
                }
                yield array;
            }
            case SHORTS -> {
                short[] array = new short[values.length];
                for (int i = 0; i < array.length; i++) {
                    array[i] = (short) values[i];
                }
                yield array;
            }
            case INTS -> values.clone();
        });
    }

    Graph graph() {
        return graph;
    }

    GraphPlan plan() {
        return ready().plan();
    }

    List<Step> steps() {
        return ready().steps();
    }

    /** The steps of a run of which only the states matter. */
    List<Step> stateSteps() {
        return ready().stateSteps();
    }

    WorkPool work() {
        return ready().work();
    }
}

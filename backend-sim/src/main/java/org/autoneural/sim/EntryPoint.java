package org.autoneural.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.sim.kernel.KernelFactory;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.kernel.SharedConstants;
import org.autoneural.sim.kernel.Slot;
import org.autoneural.sim.plan.Arena;
import org.autoneural.sim.plan.GraphPlan;
import org.autoneural.sim.plan.MemoryPlanner;
import org.autoneural.sim.plan.PaddingRows;

/**
 * One graph with its plan, its steps, and the work memory of its runs; each is made when it is first wanted. A chunk of which some rows are
 * padding has steps of its own, which compute the others; they lie in the memory of a whole chunk. Shared by all contexts; thread-safe.
 */
final class EntryPoint {
    private final Graph graph;
    private final MemoryPlanner planner;
    private final KernelProvider kernels;
    private final SharedConstants shared;
    private final int threads;
    private Optional<Ready> ready = Optional.empty();

    /** @param steps by the number of rows that they compute, where it is known */
    private record Ready(GraphPlan plan, Optional<PaddingRows> padding, WorkPool work, List<Optional<Steps>> steps) {}

    /**
     * What a run does, in its order.
     *
     * @param all       every step
     * @param forStates those that a state's new value depends on
     */
    record Steps(List<Step> all, List<Step> forStates) {}

    /**
     * @param shared  what the program's kernels make of constants
     * @param threads that take part in a run
     */
    EntryPoint(Graph graph, MemoryPlanner planner, KernelProvider kernels, SharedConstants shared, int threads) {
        this.graph = graph;
        this.planner = planner;
        this.kernels = kernels;
        this.shared = shared;
        this.threads = threads;
    }

    private synchronized Ready ready() {
        if (ready.isEmpty()) {
            GraphPlan plan = planner.place(graph);
            Optional<PaddingRows> padding = PaddingRows.of(graph);
            int rows = padding.map(PaddingRows::rows).orElse(0);
            ready = Optional.of(new Ready(plan, padding, new WorkPool(plan.work(), kernels, threads),
                    new ArrayList<>(Collections.nCopies(rows + 1, Optional.empty()))));
        }
        return ready.get();
    }

    private Steps prepare(Ready r, int rows) {
        Graph chunk = r.padding().filter(p -> rows < p.rows()).map(p -> p.shortened(rows)).orElse(graph);
        KernelFactory factory = new KernelFactory(chunk,
                value -> chunk.constant(value).isPresent()
                        ? constantSlot(chunk, value)
                        : Slot.of(r.plan().placement(value).as(chunk.type(value))), kernels, shared);
        List<Step> steps = new ArrayList<>();
        ScratchSize size = ScratchSize.NONE;
        for (Node node : chunk.nodes()) {
            Step step = new Step(node, factory.create(node).map(List::of).orElse(List.of()));
            for (var kernel : step.kernels()) {
                size = size.max(kernel.scratch());
            }
            steps.add(step);
        }
        r.work().grow(size);
        return new Steps(List.copyOf(steps), stateSteps(graph, steps));
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
    private Slot constantSlot(Graph graph, String value) {
        TensorData data = graph.constant(value).orElseThrow();
        TensorType type = graph.type(value);
        Arena arena = Arena.of(type.dtype()).orElseThrow(() -> new IllegalArgumentException("graph " + graph.name()
                + ": constant %" + value + " of " + type + " is an activation operand; allowed: s8, u8, s16, s32"));
        return Slot.constant(type, arena, switch (arena) {
            case BYTES -> shared.bytes(data);
            case SHORTS -> shared.shorts(data);
            case INTS -> shared.ints(data);
        });
    }

    Graph graph() {
        return graph;
    }

    GraphPlan plan() {
        return ready().plan();
    }

    /** Which rows of a chunk may be left out; empty if the entry point takes no chunks. */
    Optional<PaddingRows> padding() {
        return ready().padding();
    }

    /** @param rows that are computed, at least 1 and at most a whole chunk; 0 if the entry point takes no chunks */
    synchronized Steps steps(int rows) {
        Ready r = ready();
        if (r.steps().get(rows).isEmpty()) {
            r.steps().set(rows, Optional.of(prepare(r, rows)));
        }
        return r.steps().get(rows).get();
    }

    WorkPool work() {
        return ready().work();
    }
}

package org.autoneural.sim;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.backend.TensorBuffer;
import org.autoneural.backend.TensorListener;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.StateBinding;
import org.autoneural.ir.op.NodeCheck;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.Scratch;
import org.autoneural.sim.plan.Arena;
import org.autoneural.sim.plan.MemoryPlanner;
import org.autoneural.sim.plan.Placement;
import org.autoneural.sim.plan.Region;

/** One conversation's memory, and the loop over steps. A run after the first of its entry point allocates nothing. */
final class SimContext implements ExecutionContext {
    private final Map<String, EntryPoint> entryPoints;
    private final Map<String, TensorBuffer> states = new LinkedHashMap<>();
    private final Workers workers;
    private final Memory.Arrays stateArrays;
    private final Map<String, Exchange> exchanges = new HashMap<>();
    private long sizeBytes;

    /** Inputs and outputs of an entry point that has been used. */
    private record Exchange(Memory memory, Map<String, TensorBuffer> buffers) {}

    SimContext(MemoryPlanner plan, Map<String, EntryPoint> entryPoints, Workers workers) {
        this.entryPoints = entryPoints;
        this.workers = workers;
        stateArrays = new Memory.Arrays(plan.stateSizes());
        sizeBytes = Arena.sizeBytes(plan.stateSizes());
        plan.states().forEach((name, p) -> {
            TensorBuffer state = buffer(p, stateArrays);
            state.fill(p.type().quant().map(QuantParams::zeroPoint).orElse(0));
            states.put(name, state);
        });
    }

    private static TensorBuffer buffer(Placement p, Memory.Arrays arrays) {
        return new TensorBuffer(p.type(), arrays.of(p.arena()), p.offset());
    }

    private Exchange exchange(EntryPoint entry) {
        Exchange known = exchanges.get(entry.graph().name());
        if (known != null) {
            return known;
        }
        Memory memory = new Memory(stateArrays, new Memory.Arrays(entry.plan().exchange()), Memory.Arrays.NONE);
        Exchange fresh = new Exchange(memory, new HashMap<>());
        entry.plan().placements().forEach((value, p) -> {
            if (p.region() != Region.WORK) {
                fresh.buffers().put(value, buffer(p, memory.of(p.region())));
            }
        });
        sizeBytes += Arena.sizeBytes(entry.plan().exchange());
        exchanges.put(entry.graph().name(), fresh);
        return fresh;
    }

    @Override
    public TensorBuffer input(String entryPoint, String input) {
        EntryPoint entry = entryPoint(entryPoint);
        List<String> inputs = entry.graph().inputs();
        if (!inputs.contains(input)) {
            throw new IllegalArgumentException("entry point " + entryPoint + " has no input '" + input + "'; its inputs: " + inputs);
        }
        return exchange(entry).buffers().get(input);
    }

    @Override
    public TensorBuffer output(String entryPoint, String output) {
        EntryPoint entry = entryPoint(entryPoint);
        List<String> outputs = entry.graph().outputs();
        if (!outputs.contains(output)) {
            throw new IllegalArgumentException("entry point " + entryPoint + " has no output '" + output + "'; its outputs: " + outputs);
        }
        return exchange(entry).buffers().get(output);
    }

    @Override
    public Set<String> states() {
        return Collections.unmodifiableSet(states.keySet());
    }

    @Override
    public TensorBuffer state(String name) {
        TensorBuffer state = states.get(name);
        if (state == null) {
            throw new IllegalArgumentException("no state '" + name + "'; there are " + states.keySet());
        }
        return state;
    }

    @Override
    public void run(String entryPoint) {
        EntryPoint entry = entryPoint(entryPoint);
        run(entry, entry.steps(rows(entry)).all(), Optional.empty());
    }

    @Override
    public void run(String entryPoint, TensorListener listener) {
        EntryPoint entry = entryPoint(entryPoint);
        run(entry, entry.steps(allRows(entry)).all(), Optional.of(listener));
    }

    @Override
    public void advance(String entryPoint) {
        EntryPoint entry = entryPoint(entryPoint);
        run(entry, entry.steps(rows(entry)).forStates(), Optional.empty());
    }

    @Override
    public void advance(String entryPoint, TensorListener listener) {
        EntryPoint entry = entryPoint(entryPoint);
        run(entry, entry.steps(allRows(entry)).forStates(), Optional.of(listener));
    }

    private static int allRows(EntryPoint entry) {
        return entry.padding().isPresent() ? entry.padding().get().rows() : 0;
    }

    /** Rows of a chunk that count. What is no such number is left to the ops that refuse it. */
    private int rows(EntryPoint entry) {
        int all = allRows(entry);
        if (all == 0) {
            return 0;
        }
        long valid = exchange(entry).buffers().get(entry.padding().get().count()).getLong(0);
        return valid >= 1 && valid <= all ? (int) valid : all;
    }

    /** Tensors die only after their last reader, so a listener that is called right after a step sees that step's results whole. */
    private void run(EntryPoint entry, List<Step> steps, Optional<TensorListener> listener) {
        Exchange exchange = exchange(entry);
        WorkPool.Area area = entry.work().take();
        exchange.memory().workIn(area.arrays());
        exchange.memory().watch(listener.isPresent());
        try {
            run(entry, steps, exchange.memory(), area.scratch(), listener);
        } finally {
            exchange.memory().workIn(Memory.Arrays.NONE);
            entry.work().giveBack(area);
        }
        List<StateBinding> copies = entry.plan().stateCopies();
        for (int i = 0; i < copies.size(); i++) {
            states.get(copies.get(i).input()).copyFrom(exchange.buffers().get(copies.get(i).output()));
        }
    }

    private void run(EntryPoint entry, List<Step> steps, Memory memory, Scratch[] scratch, Optional<TensorListener> listener) {
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            for (int k = 0; k < step.kernels().size(); k++) {
                execute(entry, step, step.kernels().get(k), memory, scratch);
            }
            if (listener.isPresent()) {
                for (String value : step.node().outputs()) {
                    Placement p = entry.plan().placement(value);
                    listener.get().computed(value, buffer(p, memory.of(p.region())));
                }
            }
        }
    }

    private void execute(EntryPoint entry, Step step, Kernel kernel, Memory memory, Scratch[] scratch) {
        try {
            workers.run(kernel, memory, scratch);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalStateException(NodeCheck.place(entry.graph(), step.node()) + ": " + e.getMessage(), e);
        }
    }

    private EntryPoint entryPoint(String name) {
        EntryPoint entry = entryPoints.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no entry point '" + name + "'; there are " + entryPoints.keySet());
        }
        return entry;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Nothing to release: the memory goes with the object. */
    @Override
    public void close() {
    }
}

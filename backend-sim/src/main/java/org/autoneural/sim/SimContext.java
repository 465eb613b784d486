package org.autoneural.sim;

import java.util.Collections;
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
import org.autoneural.sim.kernel.ScratchSize;
import org.autoneural.sim.plan.Arena;
import org.autoneural.sim.plan.MemoryPlan;
import org.autoneural.sim.plan.Placement;

/** One conversation's memory, and the loop over steps. A run allocates nothing. */
final class SimContext implements ExecutionContext {
    private final Map<String, EntryPoint> entryPoints;
    private final Map<String, Map<String, TensorBuffer>> buffers = new LinkedHashMap<>();
    private final Map<String, TensorBuffer> states = new LinkedHashMap<>();
    private final Workers workers;
    private final Memory memory;
    private final Scratch[] scratch;
    private final long sizeBytes;

    SimContext(MemoryPlan plan, Map<String, EntryPoint> entryPoints, Workers workers, ScratchSize scratchSize) {
        this.entryPoints = entryPoints;
        this.workers = workers;
        memory = new Memory(plan.arenaSizes().get(Arena.BYTES), plan.arenaSizes().get(Arena.SHORTS), plan.arenaSizes().get(Arena.INTS));
        scratch = new Scratch[workers.threads()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch(scratchSize);
        }
        sizeBytes = plan.sizeBytes() + scratch.length * scratchSize.sizeBytes();
        entryPoints.forEach((name, entry) -> {
            Map<String, TensorBuffer> own = new LinkedHashMap<>();
            entry.plan().placements().forEach((value, p) -> own.put(value, buffer(p)));
            buffers.put(name, own);
        });
        plan.states().forEach((name, p) -> {
            TensorBuffer state = buffer(p);
            state.fill(p.type().quant().map(QuantParams::zeroPoint).orElse(0));
            states.put(name, state);
        });
    }

    private TensorBuffer buffer(Placement p) {
        return new TensorBuffer(p.type(), switch (p.arena()) {
            case BYTES -> memory.bytes();
            case SHORTS -> memory.shorts();
            case INTS -> memory.ints();
        }, p.offset());
    }

    @Override
    public TensorBuffer input(String entryPoint, String input) {
        List<String> inputs = entryPoint(entryPoint).graph().inputs();
        if (!inputs.contains(input)) {
            throw new IllegalArgumentException("entry point " + entryPoint + " has no input '" + input + "'; its inputs: " + inputs);
        }
        return buffers.get(entryPoint).get(input);
    }

    @Override
    public TensorBuffer output(String entryPoint, String output) {
        List<String> outputs = entryPoint(entryPoint).graph().outputs();
        if (!outputs.contains(output)) {
            throw new IllegalArgumentException("entry point " + entryPoint + " has no output '" + output + "'; its outputs: " + outputs);
        }
        return buffers.get(entryPoint).get(output);
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
        run(entryPoint(entryPoint), Optional.empty());
    }

    @Override
    public void run(String entryPoint, TensorListener listener) {
        run(entryPoint(entryPoint), Optional.of(listener));
    }

    /** Tensors die only after their last reader, so a listener that is called right after a step sees that step's results whole. */
    private void run(EntryPoint entry, Optional<TensorListener> listener) {
        List<Step> steps = entry.steps();
        Map<String, TensorBuffer> own = buffers.get(entry.graph().name());
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            for (int k = 0; k < step.kernels().size(); k++) {
                execute(entry, step, step.kernels().get(k));
            }
            if (listener.isPresent()) {
                for (String value : step.node().outputs()) {
                    listener.get().computed(value, own.get(value));
                }
            }
        }
        List<StateBinding> copies = entry.plan().stateCopies();
        for (int i = 0; i < copies.size(); i++) {
            states.get(copies.get(i).input()).copyFrom(own.get(copies.get(i).output()));
        }
    }

    private void execute(EntryPoint entry, Step step, Kernel kernel) {
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

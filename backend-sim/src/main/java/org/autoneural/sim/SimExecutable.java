package org.autoneural.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.plan.MemoryPlan;
import org.autoneural.sim.plan.MemoryPlanner;

/** A program with its memory plan and kernels, and the threads that its contexts share. */
public final class SimExecutable implements Executable {
    private final Program program;
    private final KernelProvider kernels;
    private final MemoryPlan plan;
    private final Map<String, EntryPoint> entryPoints = new LinkedHashMap<>();
    private final Workers workers;

    SimExecutable(Program program, KernelProvider kernels, Workers workers) {
        this.program = program;
        this.kernels = kernels;
        this.workers = workers;
        plan = MemoryPlanner.plan(program);
        for (Graph graph : program.entryPoints()) {
            entryPoints.put(graph.name(), new EntryPoint(graph, plan.graph(graph.name()), kernels, workers.threads()));
        }
    }

    @Override
    public Program program() {
        return program;
    }

    @Override
    public String kernels() {
        return kernels.name();
    }

    /** Where every tensor lies; {@link MemoryPlan#text} prints it. */
    public MemoryPlan plan() {
        return plan;
    }

    @Override
    public ExecutionContext newContext() {
        return new SimContext(plan, entryPoints, workers);
    }

    /** Ends the threads. Contexts still work afterwards, on their callers' threads alone. */
    @Override
    public void close() {
        workers.close();
    }
}

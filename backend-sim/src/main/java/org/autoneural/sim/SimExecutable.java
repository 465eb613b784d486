package org.autoneural.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionContext;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.sim.kernel.KernelProvider;
import org.autoneural.sim.kernel.SharedConstants;
import org.autoneural.sim.plan.MemoryPlanner;

/**
 * A program with its kernels, and the threads that its contexts share. An entry point is made ready by its first use: a conversation
 * without a picture never pays for vision.
 */
public final class SimExecutable implements Executable {
    private final Program program;
    private final KernelProvider kernels;
    private final MemoryPlanner planner;
    private final Map<String, EntryPoint> entryPoints = new LinkedHashMap<>();
    private final Workers workers;

    SimExecutable(Program program, KernelProvider kernels, Workers workers) {
        this.program = program;
        this.kernels = kernels;
        this.workers = workers;
        planner = new MemoryPlanner(program);
        SharedConstants shared = new SharedConstants();
        for (Graph graph : program.entryPoints()) {
            entryPoints.put(graph.name(), new EntryPoint(graph, planner, kernels, shared, workers.threads()));
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

    @Override
    public ExecutionContext newContext() {
        return new SimContext(planner, entryPoints, workers);
    }

    /** Ends the threads. Contexts still work afterwards, on their callers' threads alone. */
    @Override
    public void close() {
        workers.close();
    }
}

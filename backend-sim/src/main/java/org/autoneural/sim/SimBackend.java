package org.autoneural.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.backend.Backend;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.Capabilities.Role;
import org.autoneural.backend.Capabilities.Rule;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.backend.Diagnostic;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.backend.Target;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Program;
import org.autoneural.sim.kernel.KernelProviders;
import org.autoneural.sim.kernel.KernelRules;

/** The simulator: runs INTEGER graphs on the CPU with exactly the bits of the integer interpreter. Target {@code sim}. */
public final class SimBackend implements Backend {
    private static final Target TARGET = new Target("sim", "bit-exact simulator on this machine's CPU");

    @Override
    public List<Target> targets() {
        return List.of(TARGET);
    }

    /** Those of a Hexagon v68, which the simulator stands in for. */
    @Override
    public Capabilities capabilities(Target target) {
        requireOurs(target);
        return new Capabilities(List.of(
                new Rule("SIM-ACTIVATION", Role.ACTIVATION, Set.of(DType.S8, DType.S16), "Activations have 8 or 16 bits", "the kernels there are"),
                new Rule("SIM-WEIGHT", Role.WEIGHT, Set.of(DType.S4, DType.S8), "Weights have 4 or 8 bits", "the kernels there are"),
                new Rule("SIM-MATMUL", Role.MATMUL_B, Set.of(DType.S8), "The second operand of a product of two activations is s8",
                        "kept equal to Hexagon v68 (rule V68-MATMUL of target qnn-sa8295p)"),
                new Rule("SIM-LAYOUT", "Pictures are NHWC, norms run over the innermost axis",
                        "the INTEGER stage of core-ir"),
                new Rule("SIM-CONSTANT", "Weights, tables, multipliers and shifts are constants",
                        "the kernels prepare them when a program is loaded")));
    }

    @Override
    public Optional<String> unavailable(Target target) {
        requireOurs(target);
        return Optional.empty();
    }

    @Override
    public List<Diagnostic> check(Program program, Target target) {
        requireOurs(target);
        List<Diagnostic> findings = new ArrayList<>();
        for (Graph graph : program.entryPoints()) {
            findings.addAll(KernelRules.check(graph));
        }
        return findings;
    }

    /**
     * The program with the weights of its matrix kernels as tiles, which are packed when the model file is written.
     *
     * @throws IllegalArgumentException listing the nodes for which there is no kernel
     */
    @Override
    public CompiledProgram compile(Program program, Target target) {
        requireRunnable(program, target);
        return CompiledProgram.of(WeightLayout.choose(program));
    }

    /** @throws IllegalArgumentException listing the nodes for which there is no kernel, or naming the options that cannot be met */
    @Override
    public Executable load(CompiledProgram compiled, Target target, ExecutionOptions options) {
        requireRunnable(compiled.program(), target);
        return new SimExecutable(compiled.program(), KernelProviders.named(options.kernels()), new Workers(options.threads(), Workers.MIN_WORK));
    }

    private void requireRunnable(Program program, Target target) {
        List<Diagnostic> findings = check(program, target);
        if (!findings.isEmpty()) {
            throw new IllegalArgumentException("the simulator cannot run this program:\n"
                    + String.join("\n", findings.stream().map(Diagnostic::toString).toList()));
        }
    }

    private static void requireOurs(Target target) {
        if (!target.name().equals(TARGET.name())) {
            throw new IllegalArgumentException("the simulator has no target '" + target.name() + "', only '" + TARGET.name() + "'");
        }
    }
}

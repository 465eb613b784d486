package org.autoneural.backend;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Program;

/**
 * A code generator and executor for some targets; found with {@link java.util.ServiceLoader}, see {@link Backends}.
 * Implementations know nothing of the quantizer, the runtime or each other.
 */
public interface Backend {
    /** Targets that this back end serves; names are unique over all back ends. */
    List<Target> targets();

    /** What {@code target} can run: the types, widths and accumulators that the quantizer and the lowering keep to. */
    Capabilities capabilities(Target target);

    /** Why this back end cannot compile for {@code target} here, with what to do; empty when it can. Asked before the long work. */
    Optional<String> unavailable(Target target);

    /** What will not run, or not as written, on {@code target}; empty when all is well. */
    List<Diagnostic> check(Program program, Target target);

    /** What {@code target} makes of {@code program}, node by node. Needs nothing of the target's own tools. */
    default Survey survey(Program program, Target target) {
        return Survey.of(program, check(program, target));
    }

    /**
     * The INTEGER program as {@code target} wants it stored: its constants may be laid out for its kernels, and files may stand
     * beside it.
     *
     * @throws UnsupportedOperationException saying what is missing when this back end cannot compile here
     * @throws BackendException              when the target's libraries refuse the program or fail
     */
    CompiledProgram compile(Program program, Target target);

    /**
     * Makes a compiled program executable. Constants are read where they are (mapped file), not copied as a whole.
     *
     * @throws UnsupportedOperationException saying what is missing when this back end cannot execute here
     * @throws BackendException              when the program does not fit the target's libraries, or they fail
     */
    Executable load(CompiledProgram program, Target target, ExecutionOptions options);
}

package org.autoneural.qnn;

import java.util.List;
import java.util.Optional;
import org.autoneural.backend.Backend;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.Diagnostic;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.backend.Survey;
import org.autoneural.backend.Target;
import org.autoneural.ir.Program;
import org.autoneural.qnn.map.ProgramMapping;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.OpTable;

/**
 * Qualcomm's SA8295P. So far it knows what the chip can execute and checks programs against that, so that a model quantized
 * today is legal there; it can neither write context binaries nor run them yet.
 */
public final class QnnBackend implements Backend {
    private static final Target TARGET = new Target("qnn-sa8295p", "Qualcomm SA8295P, Hexagon v68 (checks only; no context binaries yet)");

    private final OpTable ops = OpTable.read();
    private final HtpTable htp = HtpTable.of("sa8295p");

    @Override
    public List<Target> targets() {
        return List.of(TARGET);
    }

    @Override
    public Capabilities capabilities(Target target) {
        requireOurs(target);
        return HtpCapabilities.of(htp);
    }

    @Override
    public List<Diagnostic> check(Program program, Target target) {
        requireOurs(target);
        List<Diagnostic> wrong = ProgramSurvey.wrongStage(program);
        return wrong.isEmpty() ? ProgramSurvey.diagnostics(ProgramMapping.of(program, ops, htp), htp) : wrong;
    }

    @Override
    public Survey survey(Program program, Target target) {
        requireOurs(target);
        return ProgramSurvey.of(ProgramMapping.of(program, ops, htp), htp);
    }

    /** @throws UnsupportedOperationException always, for now */
    @Override
    public Program compile(Program program, Target target) {
        requireOurs(target);
        throw new UnsupportedOperationException(unavailable(target).orElseThrow());
    }

    @Override
    public Optional<String> unavailable(Target target) {
        requireOurs(target);
        return Optional.of("compiling for " + target.name() + " is not possible yet: this version has no code generator"
                + " for QNN context binaries. Compile for target 'sim' instead; it obeys the same limits");
    }

    /** @throws UnsupportedOperationException always, for now */
    @Override
    public Executable load(Program program, Target target, ExecutionOptions options) {
        requireOurs(target);
        throw new UnsupportedOperationException("running on " + target.name() + " is not possible yet: this version has no binding to"
                + " the QNN libraries. Load the program with target 'sim' instead");
    }

    private static void requireOurs(Target target) {
        if (!target.name().equals(TARGET.name())) {
            throw new IllegalArgumentException("the QNN back end has no target '" + target.name() + "', only '" + TARGET.name() + "'");
        }
    }
}

package org.autoneural.qnn;

import java.util.List;
import java.util.Optional;
import org.autoneural.backend.Backend;
import org.autoneural.backend.BackendException;
import org.autoneural.backend.Capabilities;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.backend.Diagnostic;
import org.autoneural.backend.Executable;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.backend.Survey;
import org.autoneural.backend.Target;
import org.autoneural.ir.Program;
import org.autoneural.qnn.graph.QnnProgram;
import org.autoneural.qnn.map.ProgramMapping;
import org.autoneural.qnn.table.HtpTable;
import org.autoneural.qnn.table.OpTable;

/**
 * Qualcomm's SA8295P: says what the chip can execute, compiles programs to context binaries and runs those, both with the vendor's
 * libraries, which are opened when they are needed.
 */
public final class QnnBackend implements Backend {
    private static final Target TARGET = new Target("qnn-sa8295p", "Qualcomm SA8295P, Hexagon v68 (needs the QNN SDK)");

    @Override
    public List<Target> targets() {
        return List.of(TARGET);
    }

    @Override
    public Capabilities capabilities(Target target) {
        requireOurs(target);
        return HtpCapabilities.of(htp());
    }

    @Override
    public List<Diagnostic> check(Program program, Target target) {
        requireOurs(target);
        List<Diagnostic> wrong = ProgramSurvey.wrongStage(program);
        return wrong.isEmpty() ? ProgramSurvey.diagnostics(ProgramMapping.of(program, OpTable.read(), htp()), htp()) : wrong;
    }

    @Override
    public Survey survey(Program program, Target target) {
        requireOurs(target);
        return ProgramSurvey.of(ProgramMapping.of(program, OpTable.read(), htp()), htp());
    }

    /**
     * The program with a context binary for each part of it.
     *
     * @throws BackendException when the vendor's libraries are not here or refuse something
     */
    @Override
    public CompiledProgram compile(Program program, Target target) {
        requireOurs(target);
        QnnProgram mapped = ProgramMapping.of(program, OpTable.read(), htp()).program().orElseThrow(() ->
                new IllegalArgumentException("the program cannot run on " + target.name() + "; check lists the reasons"));
        return new ContextCompiler(QnnSettings.here(), htp().soc()).compile(program, mapped);
    }

    @Override
    public Optional<String> unavailable(Target target) {
        requireOurs(target);
        return new ContextCompiler(QnnSettings.here(), htp().soc()).unavailable()
                .map(why -> "compiling for " + target.name() + " is not possible here: " + why + ". Without them, target 'sim' obeys the same limits");
    }

    /** @throws BackendException when the vendor's libraries are not here, do not fit the file, or fail */
    @Override
    public Executable load(CompiledProgram compiled, Target target, ExecutionOptions options) {
        requireOurs(target);
        return new QnnExecutable(compiled, QnnSettings.here(), htp().soc());
    }

    /** Read when it is asked for: the back end is looked up at every start of the program, for other targets, too. */
    private static HtpTable htp() {
        return HtpTable.of("sa8295p");
    }

    private static void requireOurs(Target target) {
        if (!target.name().equals(TARGET.name())) {
            throw new IllegalArgumentException("the QNN back end has no target '" + target.name() + "', only '" + TARGET.name() + "'");
        }
    }
}

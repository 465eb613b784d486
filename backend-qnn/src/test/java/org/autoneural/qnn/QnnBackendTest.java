package org.autoneural.qnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Set;
import org.autoneural.backend.BackendException;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Capabilities.Role;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.backend.Diagnostic;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.backend.Survey;
import org.autoneural.backend.Survey.Verdict;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Stage;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Reshape;
import org.autoneural.qnn.map.MappingCases;
import org.junit.jupiter.api.Test;

class QnnBackendTest {
    private final Backends.Choice choice = Backends.target("qnn-sa8295p");

    @Test
    void everyRuleNamesItsSource() {
        assertThat(choice.backend().capabilities(choice.target()).rules()).isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.source()).isNotBlank())
                .extracting(r -> r.code()).doesNotHaveDuplicates();
    }

    @Test
    void theQuantizerIsToldWhatTheChipTakes() {
        var capabilities = choice.backend().capabilities(choice.target());
        assertThat(capabilities.allowed(Role.MATMUL_B)).isEqualTo(Set.of(DType.S8));
        assertThat(capabilities.allowed(Role.NORM_GAIN)).isEqualTo(Set.of(DType.S8));
        assertThat(capabilities.allowed(Role.WEIGHT)).isEqualTo(Set.of(DType.S4, DType.S8));
        assertThat(capabilities.allowed(Role.ACTIVATION)).isEqualTo(Set.of(DType.S8, DType.S16));
        assertThat(capabilities.forbids(Role.MATMUL_B, DType.S16)).hasValueSatisfying(r -> assertThat(r.code()).isEqualTo("V68-MATMUL"));
    }

    @Test
    void aFloatGraphIsRefused() {
        GraphBuilder b = new GraphBuilder("main", Stage.FLOAT);
        b.output(b.add(Reshape.to(4), "y", "", b.input("x", TensorType.f32(2, 2))));
        assertThat(check(b.build())).extracting(Diagnostic::code).containsExactly("QNN001");
    }

    @Test
    void sixAxesAreRefusedWithTheRule() {
        Graph graph = MappingCases.graph(b -> b.output(MappingCases.moved(b, Reshape.to(4), b.input("x", MappingCases.s16(0.01, 1, 1, 1, 1, 2, 2)), 0.01, 4)));
        assertThat(check(graph)).singleElement().satisfies(d -> {
            assertThat(d.code()).isEqualTo("QNN002");
            assertThat(d.severity()).isEqualTo(Diagnostic.Severity.ERROR);
            assertThat(d.toString()).contains("%y (reshape)").contains("HTP-RANK").contains("U16[1,1,1,1,2,2]").contains("reshape first");
        });
        Survey survey = choice.backend().survey(new Program(List.of(graph)), choice.target());
        assertThat(survey.nodes()).singleElement().satisfies(n -> {
            assertThat(n.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(n.reasons()).singleElement().satisfies(r -> assertThat(r.source()).contains("supplement"));
        });
        assertThat(survey.contexts()).isEmpty();
    }

    @Test
    void rewritingThatChangesNumbersIsAWarning() {
        assertThat(check(MappingCases.named("rms_norm"))).singleElement().satisfies(d -> {
            assertThat(d.code()).isEqualTo("QNN004");
            assertThat(d.severity()).isEqualTo(Diagnostic.Severity.WARNING);
            assertThat(d.toString()).contains("MAP-GAMMA8");
        });
        assertThat(check(MappingCases.named("transpose"))).isEmpty();
    }

    @Test
    void withoutTheVendorsLibrariesCompilingSaysWhatIsMissingAndWhatToDo() {
        assumeTrue(System.getenv("QNN_SDK_ROOT") == null, "QNN_SDK_ROOT is set");
        assertThat(choice.backend().unavailable(choice.target())).hasValueSatisfying(why -> assertThat(why)
                .contains("qnn-sa8295p").contains("QNN_SDK_ROOT").contains("'sim'"));
        Program program = new Program(List.of(MappingCases.named("matmul")));
        assertThatThrownBy(() -> choice.backend().compile(program, choice.target())).isInstanceOf(BackendException.class)
                .hasMessageContaining("libQnnHtp.so").hasMessageContaining("QNN_SDK_ROOT");
        assertThatThrownBy(() -> choice.backend().load(CompiledProgram.of(program), choice.target(), ExecutionOptions.defaults()))
                .isInstanceOf(BackendException.class).hasMessageContaining("manifest.json");
    }

    private List<Diagnostic> check(Graph graph) {
        return choice.backend().check(new Program(List.of(graph)), choice.target());
    }
}

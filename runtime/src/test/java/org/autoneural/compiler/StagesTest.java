package org.autoneural.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.autoneural.CompiledCockpit;
import org.autoneural.artifact.Artifact;
import org.autoneural.checkpoint.Checkpoint;
import org.autoneural.cockpit.CockpitTiny;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.text.IrParser;
import org.autoneural.ir.text.IrPrinter;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The built-in model at every stage of compiling. */
class StagesTest {
    private static Compiler compiler;
    private static Map<Stage, Program> stages;

    @BeforeAll
    static void compile() {
        compiler = new Compiler(CompiledCockpit.few(), Progress.silent());
        stages = Map.of(Stage.FLOAT, compiler.optimized(), Stage.QUANTIZED, compiler.quantized(), Stage.INTEGER, compiler.integer());
    }

    @AfterAll
    static void close() {
        compiler.close();
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void everyEntryPointIsLegalAndItsTextParsesBack(Stage stage) {
        Program program = stages.get(stage);
        assertThat(program.entryPoints()).extracting(Graph::name).containsExactly("vision", "prefill", "decode");
        for (Graph graph : program.entryPoints()) {
            assertThat(graph.stage()).isEqualTo(stage);
            assertThat(Verifier.verify(graph)).as(graph.toString()).isEmpty();
            String text = IrPrinter.print(graph);
            Graph parsed = IrParser.parse(text, name -> graph.constant(name).orElseThrow());
            assertThat(IrPrinter.print(parsed)).isEqualTo(text);
            assertThat(parsed.nodes()).isEqualTo(graph.nodes());
            assertThat(parsed.types()).isEqualTo(graph.types());
            assertThat(parsed.states()).isEqualTo(graph.states());
            assertThat(Verifier.verify(parsed)).as("parsed " + graph).isEmpty();
        }
    }

    @Test
    void noFloatIsLeftInIntegers() {
        for (Graph graph : stages.get(Stage.INTEGER).entryPoints()) {
            assertThat(graph.types()).allSatisfy((name, type) -> assertThat(type.dtype().isFloat()).as(name).isFalse());
            assertThat(graph.constants()).allSatisfy((name, data) -> assertThat(data.dtype().isFloat()).as(name).isFalse());
        }
    }

    @Test
    void entryPointsShareTheirTensors() {
        for (Stage stage : Stage.values()) {
            Graph prefill = stages.get(stage).entryPoint("prefill");
            Graph decode = stages.get(stage).entryPoint("decode");
            List<String> shared = prefill.constants().keySet().stream().filter(decode::isConstant).toList();
            assertThat(shared).as(stage.text()).contains("model.layers.0.conv.in_proj.weight" + (stage == Stage.INTEGER ? ".q" : ""));
            for (String name : shared) {
                assertThat(Tensor.copyOf(prefill.constant(name).orElseThrow()).equals(Tensor.copyOf(decode.constant(name).orElseThrow())))
                        .as("%s: %s has the same elements in prefill and decode", stage.text(), name).isTrue();
            }
            assertThat(prefill.states()).isEqualTo(decode.states());
            assertThat(stages.get(stage).entryPoint("vision").type("features").quant())
                    .isEqualTo(prefill.type("features").quant());
        }
    }

    /**
     * Whoever reads a dump can go from any integer node to the module of the checkpoint that it computes. The one exception is the
     * normalization of the picture's bytes: it comes from preprocessor_config.json, not from a tensor.
     */
    @Test
    void everyIntegerNodeHasItsSource() {
        List<String> modules;
        try (Checkpoint checkpoint = Checkpoint.open(CockpitTiny.checkpoint())) {
            modules = new ArrayList<>(checkpoint.tensors());
        }
        try (Artifact artifact = Artifact.open(CompiledCockpit.small())) {
            List<String> without = new ArrayList<>();
            List<String> unknown = new ArrayList<>();
            for (Graph graph : artifact.program().entryPoints()) {
                for (Node node : graph.nodes()) {
                    if (node.source().isEmpty() && !(node.op() instanceof ImageNormalize)) {
                        without.add(IrPrinter.print(graph, node));
                    } else if (modules.stream().noneMatch(tensor -> tensor.startsWith(node.source()))) {
                        unknown.add(IrPrinter.print(graph, node));
                    }
                }
            }
            assertThat(without).as("integer nodes without a source").isEmpty();
            assertThat(unknown).as("integer nodes whose source is no module of the checkpoint").isEmpty();
        }
    }

    @Test
    void theArtifactHoldsTheIntegerGraphs() {
        try (Artifact artifact = Artifact.open(CompiledCockpit.small())) {
            for (Graph graph : stages.get(Stage.INTEGER).entryPoints()) {
                assertThat(IrPrinter.print(artifact.program().entryPoint(graph.name()))).isEqualTo(IrPrinter.print(graph));
            }
        }
    }
}

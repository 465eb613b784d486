package org.autoneural.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.autoneural.CompiledCockpit;
import org.autoneural.artifact.Artifact;
import org.autoneural.backend.Survey;
import org.autoneural.backend.Survey.NodeVerdict;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.junit.jupiter.api.Test;

/**
 * What is checked without reading a weight is what compiling makes. Requantize nodes are left out: whether two encodings are equal
 * is known after calibration only, and the structure has one wherever they may differ.
 */
class StructuralModelTest {
    @Test
    void theStructureIsThatOfTheCompiledModel() {
        List<String> compiled = new ArrayList<>();
        try (Artifact artifact = Artifact.open(CompiledCockpit.small())) {
            for (Graph graph : artifact.program().entryPoints()) {
                for (Node node : graph.nodes()) {
                    add(compiled, graph.name(), node.name(), node.op().name());
                }
            }
        }
        Survey survey;
        try (Compiler compiler = new Compiler(CompiledCockpit.few(), Progress.silent())) {
            survey = compiler.survey();
        }
        List<String> structure = new ArrayList<>();
        for (NodeVerdict node : survey.nodes()) {
            add(structure, node.entryPoint(), node.node(), node.op());
        }
        assertThat(structure).isEqualTo(compiled);
    }

    /** A node whose result is requantized is called after the value before that. */
    private static void add(List<String> nodes, String graph, String node, String op) {
        if (!op.equals("requantize")) {
            nodes.add(graph + " %" + node.replaceAll("\\.moved$", "") + " " + op);
        }
    }
}

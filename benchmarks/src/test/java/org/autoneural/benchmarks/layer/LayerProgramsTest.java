package org.autoneural.benchmarks.layer;

import static org.assertj.core.api.Assertions.assertThat;

import org.autoneural.ir.Graph;
import org.autoneural.ir.Node;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerProgramsTest {
    /** The small ones: generating the weights of the others takes longer than all of these. */
    @ParameterizedTest
    @EnumSource(names = {"DECODE_KEY_W4", "DECODE_SCORES", "DECODE_MIX", "PREFILL_SOFTMAX", "PREFILL_RMS_NORM", "PREFILL_MUL", "PREFILL_ADD",
        "PREFILL_SILU", "VISION_CONV3_S0", "VISION_POINT_S0", "VISION_DEPTH3_S1", "VISION_DEPTH5_S2", "VISION_SCORES_S2"})
    void everyKindIsALegalIntegerProgramOfTheWorkItSays(Layer layer) {
        Graph graph = Verifier.check(LayerPrograms.of(layer).entryPoint("main"));
        Node node = graph.nodes().get(0);
        if (layer.unit().equals("MAC")) {
            assertThat(node.op().cost(node.inputs().stream().map(graph::type).toList(), node.outputs().stream().map(graph::type).toList()).macs())
                    .isEqualTo(layer.work());
        }
    }
}

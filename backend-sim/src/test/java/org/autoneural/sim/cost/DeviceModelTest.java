package org.autoneural.sim.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.autoneural.backend.LatencyEstimate;
import org.autoneural.backend.LatencyEstimate.Bound;
import org.autoneural.backend.LatencyModel;
import org.autoneural.backend.LatencyModels;
import org.autoneural.backend.Precision;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.DType;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.junit.jupiter.api.Test;

class DeviceModelTest {
    private final LatencyModel model = LatencyModels.of("sa8295p");

    /** {@code layers} convolutions of {@code channels} channels on a map of {@code size} pixels, and a sum. */
    private static Graph convolutions(int layers, int channels, int size) {
        GraphBuilder graph = new GraphBuilder("net", Stage.FLOAT);
        String x = graph.input("x", TensorType.f32(1, size, size, channels));
        for (int i = 0; i < layers; i++) {
            String w = graph.constant("w" + i, Tensor.zeros(DType.F32, Shape.of(channels, 3, 3, channels)));
            x = graph.add(Conv2d.of(1, List.of(1, 1, 1, 1), 1, Layout.NHWC), "y" + i, "layer" + i, x, w);
        }
        graph.output(graph.add(Add.of(), "sum", "", x, x));
        return graph.build();
    }

    @Test
    void everyNodeHasItsPlaceInTheSchedule() {
        Graph graph = convolutions(4, 64, 28);
        LatencyEstimate estimate = model.estimate(graph, Precision.W8A8);
        assertThat(estimate.nodes()).hasSize(graph.nodes().size());
        assertThat(estimate.nodes()).allSatisfy(n -> assertThat(n.endMs()).isBetween(n.startMs(), estimate.latencyMs()));
        assertThat(estimate.nodes()).extracting(LatencyEstimate.NodeEstimate::source).contains("layer3");
        assertThat(estimate.macs()).isEqualTo(4L * 28 * 28 * 64 * 64 * 9);
        assertThat(estimate.latencyMs()).isBetween(estimate.lowMs(), estimate.highMs());
        assertThat(estimate.serialMs()).isGreaterThanOrEqualTo(estimate.latencyMs());
    }

    @Test
    void moreWorkAndWiderNumbersTakeLonger() {
        double base = model.estimate(convolutions(4, 64, 56), Precision.W8A8).latencyMs();
        assertThat(model.estimate(convolutions(8, 64, 56), Precision.W8A8).latencyMs()).isGreaterThan(base);
        assertThat(model.estimate(convolutions(4, 64, 112), Precision.W8A8).latencyMs()).isGreaterThan(base);
        assertThat(model.estimate(convolutions(4, 64, 56), Precision.W8A16).latencyMs()).isGreaterThan(base);
        assertThat(model.estimate(convolutions(4, 64, 56), Precision.FP16).latencyMs()).isGreaterThan(base);
    }

    /** One row through a large matrix: every weight is read for one multiply-add. */
    @Test
    void productsOfOneRowAreBoundByMemory() {
        GraphBuilder graph = new GraphBuilder("decode", Stage.FLOAT);
        String x = graph.input("x", TensorType.f32(1, 2048));
        graph.output(graph.add(Linear.of(), "y", "", x, graph.constant("w", Tensor.zeros(DType.F32, Shape.of(8192, 2048)))));
        LatencyEstimate four = model.estimate(graph.build(), Precision.W4A16);
        LatencyEstimate eight = model.estimate(graph.build(), Precision.W8A16);
        assertThat(four.nodes().get(0).boundBy()).isEqualTo(Bound.MEMORY);
        assertThat(four.nodes().get(0).ddrBytes()).isEqualTo(8192 * 2048 / 2 + 2 * (2048 + 8192));
        assertThat(eight.latencyMs()).isGreaterThan(four.latencyMs());
    }

    @Test
    void mapsThatDoNotFitOnChipCrossTheBus() {
        assertThat(model.estimate(convolutions(1, 64, 28), Precision.W8A8).ddrBytes())
                .isEqualTo(64 * 64 * 9 + 2 * 28 * 28 * 64);
        LatencyEstimate large = model.estimate(convolutions(2, 64, 1024), Precision.W8A8);
        assertThat(large.onChipBytes()).isLessThanOrEqualTo(8 << 20);
        assertThat(large.ddrBytes()).isGreaterThan(2L * 1024 * 1024 * 64);
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> model.estimate(convolutions(1, 32, 8))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stage float where integer is needed");
        assertThatThrownBy(() -> LatencyModels.of("sa9000")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no latency model for 'sa9000'; there are models for [sa8295p]");
        assertThatThrownBy(() -> Precision.parse("w2a2")).hasMessageContaining("[fp16, w8a8, w8a16, w4a16]");
    }
}

package org.autoneural.sim.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.stream.Stream;
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
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Softmax;
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

    /** What the model says of a convolution of a map and of {@code op} behind it. */
    private List<LatencyEstimate.NodeEstimate> behindAConvolution(Op op, int channels, Precision precision) {
        GraphBuilder graph = new GraphBuilder("net", Stage.FLOAT);
        String x = graph.input("x", TensorType.f32(1, 64, 64, 32));
        String w = graph.constant("w", Tensor.zeros(DType.F32, Shape.of(channels, 3, 3, 32)));
        String sum = graph.add(Add.of(), "sum", "", x, x); // a picture from outside would have to be converted
        graph.output(graph.add(op, "z", "", graph.add(Conv2d.of(1, List.of(1, 1, 1, 1), 1, Layout.NHWC), "y", "", sum, w)));
        return model.estimate(graph.build(), precision).nodes().subList(1, 3);
    }

    @Test
    void sumsOfTheArrayBecomeResultsOnTheVectorUnit() {
        Op op = new Activation(Activation.Function.SILU);
        double bytes = behindAConvolution(op, 64, Precision.W8A8).get(0).vectorMs(), twoBytes = behindAConvolution(op, 64, Precision.W8A16).get(0).vectorMs();
        assertThat(bytes).isPositive();
        // Twice the registers, and two sums for each result.
        assertThat(twoBytes).isCloseTo(4 * bytes, withinPercentage(1e-6));
        double passes = behindAConvolution(op, 64, Precision.W8A16).get(0).matrixMs() / behindAConvolution(op, 64, Precision.W8A8).get(0).matrixMs();
        assertThat(passes).isCloseTo(2, withinPercentage(0.1)); // speeds stand with five digits in their file
    }

    /** An activation function behind a convolution has its work only; behind anything else it is issued. */
    @Test
    void activationFunctionsBehindConvolutionsAreNotIssued() {
        List<LatencyEstimate.NodeEstimate> fused = behindAConvolution(new Activation(Activation.Function.SILU), 64, Precision.W8A8);
        assertThat(fused.get(1).endMs() - fused.get(1).startMs()).isCloseTo(fused.get(1).vectorMs(), withinPercentage(1e-6));
        List<LatencyEstimate.NodeEstimate> issued = behindAConvolution(Softmax.of(false), 64, Precision.W8A8);
        assertThat(issued.get(1).endMs() - issued.get(1).startMs()).isGreaterThan(1.001 * issued.get(1).vectorMs());
    }

    @Test
    void mapsOfFewChannelsAreWorkedOnAsTheyLie() {
        Op op = new Activation(Activation.Function.SIGMOID);
        double one = behindAConvolution(op, 1, Precision.W8A8).get(1).vectorMs(), many = behindAConvolution(op, 32, Precision.W8A8).get(1).vectorMs();
        assertThat(many).isCloseTo(32 * one, withinPercentage(1e-6));
    }

    /** As documented: the interval is that of the precision. */
    @Test
    void eachPrecisionHasItsInterval() {
        double[] high = Stream.of(Precision.FP16, Precision.W8A8, Precision.W8A16, Precision.W4A16).map(p -> model.estimate(convolutions(2, 64, 56), p))
                .mapToDouble(e -> e.highMs() / e.latencyMs()).toArray();
        assertThat(high[2]).isGreaterThan(high[0]);
        assertThat(high[0]).isGreaterThan(high[1]);
        assertThat(high[3]).as("no measurement has 4-bit weights").isCloseTo(high[2], withinPercentage(1e-9));
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

package org.autoneural.quantizer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Reshape;
import org.autoneural.quantizer.Quantizer;
import org.autoneural.quantizer.Targets;
import org.autoneural.quantizer.encoding.EncodingLedger;
import org.autoneural.quantizer.encoding.EncodingPlan;
import org.autoneural.quantizer.lower.Lowering;
import org.autoneural.quantizer.observe.Range;
import org.autoneural.quantizer.recipe.Recipe;
import org.junit.jupiter.api.Test;

class LayerComparisonTest {
    /** A bad weight (4 bits, one far value a row), a view, and a sum that adds nothing but its rounding. */
    static Program program() {
        GraphBuilder g = new GraphBuilder("prefill", Stage.FLOAT);
        g.input("x", TensorType.f32(1, 2));
        g.constant("w", Tensor.ofFloats(Shape.of(2, 2), 1, 0.06f, 0.07f, -1));
        g.add(Linear.of(), "bad", "layers.0.bad", "x", "w");
        g.add(Reshape.to(2, 1), "view", "layers.0.view", "bad");
        g.add(Reshape.to(1, 2), "back", "layers.0.view", "view");
        g.add(Add.of(), "sum", "layers.1.sum", "back", "x");
        g.output("sum");
        return new Program(List.of(g.build()));
    }

    private static LayerComparison comparison(Program program) {
        EncodingPlan plan = EncodingPlan.of(program, Recipe.w8a16w4a16(), Targets.V68_WITH_16_BIT_GAINS);
        Map<String, Range> ranges = new TreeMap<>();
        plan.observers().keySet().forEach(v -> ranges.put(v, v.equals("sum") ? new Range(-3, 3) : new Range(-2, 2)));
        Program quantized = Quantizer.quantize(program, EncodingLedger.of(plan, ranges));
        return new LayerComparison(program.entryPoint("prefill"), quantized.entryPoint("prefill"), Lowering.lower(quantized).entryPoint("prefill"));
    }

    static LossReport report() {
        LayerComparison comparison = comparison(program());
        comparison.run(Map.of("x", Tensor.ofFloats(Shape.of(1, 2), 0.5f, 1)));
        comparison.run(Map.of("x", Tensor.ofFloats(Shape.of(1, 2), -1, 0.9f)));
        return new LossReport("tiny <b>", "w8a16-w4a16", 2, 2, comparison.losses(), comparison.weights());
    }

    @Test
    void theLossIsTheLayersWhereItArises() {
        Map<String, LayerLoss> losses = new TreeMap<>();
        report().layers().forEach(l -> losses.put(l.value(), l));
        LayerLoss bad = losses.get("bad");
        // 0.06 and 0.07 of weights up to 1 are 0.42 and 0.49 steps of 1/7: both become 0
        double noise = Math.sqrt(Math.pow(0.06 * 1, 2) + Math.pow(0.07 * 0.5, 2) + Math.pow(0.06 * 0.9, 2) + Math.pow(0.07 * 1, 2));
        double signal = Math.sqrt(Math.pow(0.56, 2) + Math.pow(0.965, 2) + Math.pow(0.946, 2) + Math.pow(0.97, 2));
        assertThat(bad.introduced()).isCloseTo(noise / signal, within(1e-3));
        assertThat(bad.gathered()).isCloseTo(bad.introduced(), within(1e-4));
        assertThat(losses.get("view").introduced()).isZero();
        assertThat(losses.get("view").gathered()).isEqualTo(bad.gathered());
        assertThat(losses.get("sum").introduced()).isBetween(1e-6, 1e-4);
        assertThat(losses.get("sum").gathered()).isGreaterThan(0.02);
        assertThat(losses.values()).allSatisfy(l -> assertThat(l.integer().orElseThrow().relativeRms()).as(l.value())
                .isCloseTo(l.quantized().relativeRms(), within(1e-4)));
        assertThat(report().byIntroduced().get(0).value()).isEqualTo("bad");
    }

    @Test
    void whatTheRangeCutsOffIsCounted() {
        LayerComparison comparison = comparison(program());
        // one bit of headroom: the encoding holds up to 4
        comparison.run(Map.of("x", Tensor.ofFloats(Shape.of(1, 2), 5, 1)));
        LayerLoss bad = comparison.losses().get(0);
        assertThat(bad.value()).isEqualTo("bad");
        assertThat(bad.histogram().above()).isEqualTo(1);
        assertThat(bad.histogram().saturation()).isEqualTo(0.5);
        // channel 0 loses 1.06 of 5.06, channel 1 a weight of 0.07: 0.35 of 0.65
        assertThat(bad.quantized().worstChannel()).isEqualTo(1);
        assertThat(bad.quantized().worstRelativeRms()).isCloseTo(0.35 / 0.65, within(1e-3));
    }

    @Test
    void weightsAreReportedByTheirChannels() {
        WeightLoss w = report().weights().get(0);
        assertThat(w.name()).isEqualTo("w");
        assertThat(w.encoding()).isEqualTo("s4 x2");
        assertThat(w.distance().worstChannel()).isEqualTo(1);
        assertThat(w.distance().relativeRms()).isCloseTo(Math.sqrt((0.0036 + 0.0049) / 2.0085), within(1e-3));
        assertThat(w.clipped()).isZero();
    }

    @Test
    void otherNodesAreRefused() {
        Program program = program();
        GraphBuilder g = new GraphBuilder("prefill", Stage.FLOAT);
        g.input("x", TensorType.f32(1, 2));
        g.add(Add.of(), "sum", "", "x", "x");
        g.output("sum");
        assertThatThrownBy(() -> new LayerComparison(g.build(), program.entryPoint("prefill"), program.entryPoint("prefill")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("have different nodes");
    }
}

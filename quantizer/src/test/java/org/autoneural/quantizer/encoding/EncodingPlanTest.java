package org.autoneural.quantizer.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.autoneural.backend.Capabilities;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.QuantParams.Origin;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.quantizer.QuantizationException;
import org.autoneural.quantizer.Targets;
import org.autoneural.quantizer.observe.Observer;
import org.autoneural.quantizer.observe.Range;
import org.autoneural.quantizer.recipe.Recipe;
import org.junit.jupiter.api.Test;

class EncodingPlanTest {
    private static final Capabilities TARGET = Targets.V68_WITH_16_BIT_GAINS;

    private static Program program(GraphBuilder... graphs) {
        return new Program(java.util.Arrays.stream(graphs).map(GraphBuilder::build).toList());
    }

    /** Every measured range is -1..1 but for those given. */
    private static EncodingLedger ledger(Program program, Recipe recipe, Map<String, Range> given) {
        EncodingPlan plan = EncodingPlan.of(program, recipe, TARGET);
        Map<String, Range> ranges = new java.util.TreeMap<>(given);
        plan.observers().keySet().forEach(v -> ranges.putIfAbsent(v, new Range(-1, 1)));
        return EncodingLedger.of(plan, ranges);
    }

    private static Tensor ones(int... dims) {
        float[] values = new float[(int) Shape.of(dims).elements()];
        java.util.Arrays.fill(values, 1);
        return Tensor.ofFloats(Shape.of(dims), values);
    }

    @Test
    void cacheAndFreshRowsAreTiedAndStoredAsTheTargetWants() {
        GraphBuilder g = new GraphBuilder("decode", Stage.FLOAT);
        g.input("x", TensorType.f32(1, 8));
        g.input("q", TensorType.f32(2, 1, 4));
        g.input("cache", TensorType.f32(2, 8, 4));
        g.input("pos", TensorType.of(DType.S32, 1));
        g.input("n_valid", TensorType.of(DType.S32, 1));
        g.constant("w", ones(8, 8));
        g.add(Linear.of(), "k", "layer", "x", "w");
        g.add(Reshape.to(1, 2, 4), "fresh", "layer", "k");
        g.add(new KvAppend(), "next", "layer", "cache", "fresh", "pos", "n_valid");
        g.add(MatMul.of(true, true), "scores", "layer", "q", "next", "pos");
        g.output("scores");
        g.state("cache", "next");
        EncodingLedger ledger = ledger(program(g), Recipe.w8a16(), Map.of("k", new Range(-3, 2)));
        QuantParams k = QuantParams.perTensor(DType.S8, 3.0 / 127, 0, Origin.OBSERVER);
        assertThat(ledger.get("k")).contains(k);
        assertThat(ledger.get("fresh")).contains(k.withOrigin(Origin.PROPAGATED));
        assertThat(ledger.get("next")).contains(k.withOrigin(Origin.TIED));
        assertThat(ledger.get("cache")).contains(k.withOrigin(Origin.TIED));
        assertThat(ledger.get("q").orElseThrow().storage()).isEqualTo(DType.S16);
    }

    @Test
    void convolutionStatesAreTiedToWhatFlowsIn() {
        GraphBuilder g = new GraphBuilder("decode", Stage.FLOAT);
        g.input("u", TensorType.f32(1, 2));
        g.input("state", TensorType.f32(2, 2));
        g.input("n_valid", TensorType.of(DType.S32, 1));
        g.constant("w", ones(2, 3));
        g.add(CausalConv1d.of(), List.of("z", "next"), "layer", "u", "state", "n_valid", "w");
        g.output("z");
        g.state("state", "next");
        EncodingLedger ledger = ledger(program(g), Recipe.w8a8(), Map.of("u", new Range(-1, 3)));
        QuantParams u = ledger.get("u").orElseThrow();
        assertThat(u.zeroPoint()).isEqualTo(-64);
        assertThat(ledger.get("state")).contains(u.withOrigin(Origin.TIED));
        assertThat(ledger.get("next")).contains(u.withOrigin(Origin.PROPAGATED));
        assertThat(ledger.get("w").orElseThrow().storage()).isEqualTo(DType.S8);
    }

    @Test
    void embeddingsHaveTheSelectionsEncodingInEveryEntryPoint() {
        GraphBuilder prefill = new GraphBuilder("prefill", Stage.FLOAT);
        prefill.input("ids", TensorType.of(DType.S32, 4));
        prefill.input("features", TensorType.f32(4, 2));
        prefill.input("image_mask", TensorType.of(DType.U8, 4));
        Tensor table = ones(9, 2);
        prefill.constant("table", table);
        prefill.add(Gather.of(), "embeddings", "embed", "table", "ids");
        prefill.add(new SelectRows(), "inputs", "embed", "image_mask", "features", "embeddings");
        prefill.output("inputs");
        GraphBuilder decode = new GraphBuilder("decode", Stage.FLOAT);
        decode.input("ids", TensorType.of(DType.S32, 1));
        decode.constant("table", table);
        decode.add(Gather.of(), "embeddings", "embed", "table", "ids");
        decode.output("embeddings");
        Program program = program(prefill, decode);
        EncodingLedger ledger = ledger(program, Recipe.w8a16(), Map.of("inputs", new Range(-5, 1)));
        assertThat(ledger.get("embeddings").orElseThrow().sameEncoding(ledger.get("inputs").orElseThrow())).isTrue();
        Map<String, Observer> observers = EncodingPlan.of(program, Recipe.w8a16(), TARGET).observers();
        assertThat(observers.get("embeddings")).isSameAs(observers.get("inputs")).isNotNull();
    }

    private static GraphBuilder linear(String graph, String source) {
        GraphBuilder g = new GraphBuilder(graph, Stage.FLOAT);
        g.input(graph + ".x", TensorType.f32(1, 2));
        g.constant(source + ".weight", ones(2, 2));
        g.add(Linear.of(), graph + ".y", source, graph + ".x", source + ".weight");
        g.output(graph + ".y");
        return g;
    }

    @Test
    void weightsTakeTheirWidthFromEntryPointAndExceptions() {
        Program program = program(linear("vision", "encoder"), linear("prefill", "layers.0"));
        EncodingLedger ledger = ledger(program, Recipe.w8a16w4a16(), Map.of());
        assertThat(ledger.get("encoder.weight").orElseThrow().storage()).isEqualTo(DType.S8);
        assertThat(ledger.get("layers.0.weight").orElseThrow().storage()).isEqualTo(DType.S4);
        assertThat(ledger.get("layers.0.weight").orElseThrow().origin()).isEqualTo(Origin.OBSERVER);
    }

    @Test
    void whatTheTargetCannotStoreIsNamed() {
        assertThatThrownBy(() -> EncodingPlan.of(program(linear("prefill", "a")), Recipe.w8a16w4a16(), Targets.WIDE))
                .isInstanceOf(QuantizationException.class)
                .hasMessageContaining("QT003 at recipe w8a16-w4a16, weights of %a.weight: found s4; allowed: [s8] by W-WEIGHT (no 4-bit weights; source: chapter 3)");
    }

    @Test
    void gainsAreRoundedTo8BitsForATargetThatTakesNoMoreAndANoteNamesTheRule() {
        GraphBuilder g = new GraphBuilder("vision", Stage.FLOAT);
        g.input("x", TensorType.f32(1, 2));
        g.constant("gain", Tensor.ofFloats(Shape.of(2), 1, -0.5f));
        g.add(new RmsNorm(1e-6, 1, java.util.Optional.empty()), "y", "norm", "x", "gain");
        g.output("y");
        EncodingPlan narrow = EncodingPlan.of(program(g), Recipe.w8a16(), Targets.V68);
        QuantParams gain = EncodingLedger.of(narrow, Map.of("x", new Range(-1, 1), "y", new Range(-1, 1))).get("gain").orElseThrow();
        assertThat(gain.storage()).as("the container").isEqualTo(DType.S16);
        assertThat(Encodings.quantize(Tensor.ofFloats(Shape.of(2), 1, -0.5f), gain).toInts()).containsExactly(127, -64);
        assertThat(narrow.notes()).singleElement().hasToString("info QT006 at graph vision, node %y (rms_norm) from norm, gain %gain: found 16 bits;"
                + " allowed: [s8] by T-GAMMA (gains have 8 bits; source: a page of the manual); rounded to 8 bits");
        EncodingPlan wide = EncodingPlan.of(program(g), Recipe.w8a16(), TARGET);
        assertThat(wide.notes()).isEmpty();
        assertThat(EncodingLedger.of(wide, Map.of("x", new Range(-1, 1), "y", new Range(-1, 1))).get("gain").orElseThrow().scale()).isEqualTo(1.0 / 32767);
    }

    @Test
    void oneNameWithTwoRolesIsNamed() {
        GraphBuilder g = linear("prefill", "a");
        g.constant("b", ones(2));
        g.add(Linear.of(), "other", "c", "prefill.y", "a.weight", "b");
        g.add(Linear.of(), "third", "d", "other", "a.weight", "b");
        g.output("third");
        assertThatThrownBy(() -> EncodingPlan.of(program(g), Recipe.w8a16(), TARGET)).isInstanceOf(QuantizationException.class)
                .hasMessageContaining("QT002 at graph prefill, node %third (linear) from d, value %b");
    }

    @Test
    void computedWeightsAreNamed() {
        GraphBuilder g = new GraphBuilder("prefill", Stage.FLOAT);
        g.input("x", TensorType.f32(2, 2));
        g.add(Mul.of(), "w", "a", "x", "x");
        g.add(Linear.of(), "y", "a", "x", "w");
        g.output("y");
        assertThatThrownBy(() -> EncodingPlan.of(program(g), Recipe.w8a16(), TARGET)).isInstanceOf(QuantizationException.class)
                .hasMessageContaining("QT004 at graph prefill, node %y (linear) from a: found weight %w is computed");
    }

    @Test
    void brokenConstantsAreNamed() {
        GraphBuilder g = new GraphBuilder("prefill", Stage.FLOAT);
        g.input("x", TensorType.f32(1, 2));
        g.constant("w", Tensor.ofFloats(Shape.of(1, 2), 1, Float.NaN));
        g.constant("c", Tensor.ofFloats(Shape.of(1, 1), Float.POSITIVE_INFINITY));
        g.add(Linear.of(), "y", "a", "x", "w");
        g.add(Add.of(), "z", "a", "y", "c");
        g.output("z");
        assertThatThrownBy(() -> ledger(program(g), Recipe.w8a16(), Map.of())).isInstanceOf(QuantizationException.class)
                .hasMessageContaining("QT005 at graph prefill, constant %w: found channel 0 holds NaN")
                .hasMessageContaining("QT005 at graph prefill, constant %c: found holds Infinity");
    }

    @Test
    void aStateThatOnlyPassesThroughIsAnErrorNotALoop() {
        GraphBuilder g = new GraphBuilder("decode", Stage.FLOAT);
        g.input("state", TensorType.f32(2, 2));
        g.add(Reshape.to(2, 2), "next", "a", "state");
        g.state("state", "next");
        Graph built = g.build();
        EncodingPlan plan = EncodingPlan.of(new Program(List.of(built)), Recipe.w8a16(), TARGET);
        assertThatThrownBy(() -> EncodingLedger.of(plan, Map.of())).isInstanceOf(QuantizationException.class)
                .hasMessageContaining("QT001");
    }
}

package org.autoneural.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.autoneural.model.ModelFixtures.close;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.ir.interpret.StatefulRun;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.verify.Verifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every block against the reference's output (goldens/units). */
class BlockGoldensTest {
    private static final double LIMIT = 1e-5;

    private final FloatInterpreter interpreter = new FloatInterpreter();

    private static JsonNode params(Safetensors golden) throws Exception {
        return new ObjectMapper().readTree(golden.metadata().get("params"));
    }

    private static VisionStyle style(boolean layerScale) {
        return new VisionStyle(1e-6, Activation.Function.GELU_TANH, layerScale);
    }

    private static GraphBuilder graph(Map<String, TensorData> inputs) {
        GraphBuilder graph = new GraphBuilder("unit", Stage.FLOAT);
        inputs.forEach((name, data) -> graph.input(name, TensorType.of(data.dtype(), data.shape())));
        return graph;
    }

    private Map<String, Tensor> run(GraphBuilder graph, String output, Map<String, TensorData> inputs) {
        graph.output(output);
        Map<String, Tensor> seen = new HashMap<>();
        interpreter.run(Verifier.check(graph.build()), inputs, seen::put);
        return seen;
    }

    private Map<String, Tensor> block(Safetensors golden, VisionBlock block) {
        Map<String, TensorData> in = Map.of("x", golden.tensor("in.x"));
        GraphBuilder graph = graph(in);
        Weights weights = ModelFixtures.weights(golden, "");
        String y = block.build(new Scope(graph, weights, "", "b"), "x");
        assertThat(y).isEqualTo("b");
        assertThat(weights.used()).containsExactlyInAnyOrderElementsOf(weights.names());
        Map<String, Tensor> seen = run(graph, y, in);
        close("y", seen.get(y).toFloats(), golden.tensor("out.y"), LIMIT);
        return seen;
    }

    @ParameterizedTest
    @ValueSource(strings = {"edge_residual_s2", "edge_residual_s1_skip"})
    void edgeResidual(String name) throws Exception {
        Safetensors golden = ModelFixtures.unit(name);
        block(golden, new EdgeResidual(style(false), params(golden).get("stride").intValue(), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"uir_a3_k5_s2", "uir_a5_k5_s2", "uir_a5_k0_skip", "uir_a0_k0_skip", "uir_a0_k0_noscale_noskip"})
    void universalInvertedResidual(String name) throws Exception {
        Safetensors golden = ModelFixtures.unit(name);
        JsonNode params = params(golden);
        Map<String, Tensor> seen = block(golden, new UniversalInvertedResidual(style(params.get("layer_scale").booleanValue()),
                params.get("stride").intValue(), false));
        if (params.get("dw_start").intValue() > 0) {
            close("dw_start", seen.get("b.dw_start.bn").toFloats(), golden.tensor("out.dw_start"), LIMIT);
        }
        close("pw_exp", seen.get("b.pw_exp.bn.act").toFloats(), golden.tensor("out.pw_exp"), LIMIT);
    }

    @Test
    void noSkipLeavesTheResidualOut() {
        Safetensors golden = ModelFixtures.unit("uir_a0_k0_skip");
        Map<String, TensorData> in = Map.of("x", golden.tensor("in.x"));
        GraphBuilder graph = graph(in);
        String y = new UniversalInvertedResidual(style(true), 1, true)
                .build(new Scope(graph, ModelFixtures.weights(golden, ""), "", "b"), "x");
        close("y", run(graph, y, in).get(y).toFloats(), golden.tensor("out.layer_scale"), LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqa_v2", "mqa_v2_odd", "mqa_v1"})
    void mobileAttention(String name) throws Exception {
        Safetensors golden = ModelFixtures.unit(name);
        Map<String, Tensor> seen = block(golden,
                new MobileAttention(style(true), params(golden).get("kv_stride").intValue(), false));
        close("norm", seen.get("b.norm").toFloats(), golden.tensor("out.norm"), LIMIT);
        close("query", seen.get("b.attn.query.proj").toFloats(), golden.tensor("out.query"), LIMIT);
        close("key", seen.get("b.attn.key.proj").toFloats(), golden.tensor("out.key"), LIMIT);
        close("value", seen.get("b.attn.value.proj").toFloats(), golden.tensor("out.value"), LIMIT);
        close("attn", seen.get("b.attn.output.proj").toFloats(), golden.tensor("out.attn"), LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"msfa_avgpool3", "msfa_avgpool2", "msfa_same", "msfa_bilinear"})
    void multiScaleFusion(String name) throws Exception {
        Safetensors golden = ModelFixtures.unit(name);
        Map<String, TensorData> in = Map.of("high", golden.tensor("in.high"), "low", golden.tensor("in.low"));
        GraphBuilder graph = graph(in);
        int resolution = params(golden).get("output_resolution").intValue();
        String y = new MultiScaleFusion(style(false), resolution, resolution)
                .build(new Scope(graph, ModelFixtures.weights(golden, ""), "", "msfa"), List.of("high", "low"));
        Map<String, Tensor> seen = run(graph, y, in);
        close("up", seen.get("msfa.up1").toFloats(), golden.tensor("out.up"), 0);
        close("ffn", seen.get("msfa.ffn").toFloats(), golden.tensor("out.ffn"), LIMIT);
        close("y", seen.get(y).toFloats(), golden.tensor("out.y"), LIMIT);
    }

    @Test
    void connector() {
        Safetensors golden = ModelFixtures.unit("connector");
        Tensor x = rows(golden.tensor("in.x"));
        GraphBuilder graph = graph(Map.of("tokens", x));
        Connector connector = new Connector(ModelFixtures.weights(golden, "p."), "p", Activation.Function.SILU, true, 1);
        assertThat(connector.build(graph, "tokens")).isEqualTo("features");
        Map<String, Tensor> seen = run(graph, "features", Map.of("tokens", x));
        close("mid", seen.get("connector.linear_1").toFloats(), golden.tensor("out.mid"), LIMIT);
        close("y", seen.get("features").toFloats(), golden.tensor("out.y"), LIMIT);
    }

    @Test
    void featureScaleMultipliesTheTokens() {
        Safetensors golden = ModelFixtures.unit("connector");
        Tensor x = rows(golden.tensor("in.x"));
        float[] halves = x.toFloats().clone();
        for (int i = 0; i < halves.length; i++) {
            halves[i] *= 0.5f;
        }
        Tensor half = Tensor.ofFloats(x.shape(), halves);
        GraphBuilder graph = graph(Map.of("tokens", half));
        new Connector(ModelFixtures.weights(golden, "p."), "p", Activation.Function.SILU, true, 2).build(graph, "tokens");
        close("y", run(graph, "features", Map.of("tokens", half)).get("features").toFloats(), golden.tensor("out.y"), LIMIT);
    }

    @Test
    void gatedMlp() {
        Safetensors golden = ModelFixtures.unit("lfm2_swiglu");
        Tensor x = rows(golden.tensor("in.x"));
        GraphBuilder graph = graph(Map.of("x", x));
        String y = new GatedMlp("feed_forward", "w1", "w3", "w2")
                .build(new Scope(graph, ModelFixtures.weights(golden, "feed_forward."), "", "l"), "x");
        Map<String, Tensor> seen = run(graph, y, Map.of("x", x));
        close("gate", seen.get("l.feed_forward.w1").toFloats(), golden.tensor("out.gate"), LIMIT);
        close("up", seen.get("l.feed_forward.w3").toFloats(), golden.tensor("out.up"), LIMIT);
        close("y", seen.get(y).toFloats(), golden.tensor("out.y"), LIMIT);
    }

    @Test
    void ropeTable() {
        Safetensors golden = ModelFixtures.unit("lfm2_rope_table");
        long[] positions = golden.tensor("in.positions").toLongs();
        int last = (int) Arrays.stream(positions).max().orElseThrow();
        RopeTables tables = RopeTables.of(1e6, 16, last + 1);
        float[] cos = new float[8 * positions.length];
        float[] sin = new float[8 * positions.length];
        float[] expectedCos = new float[cos.length];
        float[] expectedSin = new float[cos.length];
        for (int p = 0; p < positions.length; p++) {
            tables.cos().readFloats(positions[p] * 8, cos, p * 8, 8);
            tables.sin().readFloats(positions[p] * 8, sin, p * 8, 8);
            // The reference repeats the half table in the second half of the head.
            golden.tensor("out.cos").readFloats(p * 16L, expectedCos, p * 8, 8);
            golden.tensor("out.sin").readFloats(p * 16L, expectedSin, p * 8, 8);
        }
        close("cos", cos, expectedCos, LIMIT);
        close("sin", sin, expectedSin, LIMIT);
    }

    @Test
    void shortConvolution() {
        Safetensors golden = ModelFixtures.unit("lfm2_short_conv");
        ShortConvolution convolution = new ShortConvolution(false);
        Weights weights = ModelFixtures.weights(golden, "conv.");
        float[] x = golden.tensor("in.x").toFloats();
        StatefulRun run = new StatefulRun(interpreter::run);
        close("y 0..5", mix(run, convolution, weights, x, 0, 6, 6), golden.tensor("out.y_prefill6"), LIMIT);
        closeState(run, golden.tensor("out.state_after6"));
        for (int t = 6; t < 9; t++) {
            close("y " + t, mix(run, convolution, weights, x, t, 1, 1), golden.tensor("out.y_step" + t), LIMIT);
            closeState(run, golden.tensor("out.state_after" + (t + 1)));
        }
        close("y", mix(new StatefulRun(interpreter::run), convolution, weights, x, 0, 9, 9), golden.tensor("out.y_full"), LIMIT);
    }

    @Test
    void shortConvolutionOfFewerTokensThanTaps() {
        Safetensors golden = ModelFixtures.unit("lfm2_short_conv_short");
        StatefulRun run = new StatefulRun(interpreter::run);
        float[] y = mix(run, new ShortConvolution(false), ModelFixtures.weights(golden, "conv."),
                golden.tensor("in.x").toFloats(), 0, 2, 5);
        close("y", y, golden.tensor("out.y_prefill2"), LIMIT);
        closeState(run, golden.tensor("out.state_after2"));
    }

    @Test
    void attention() {
        Safetensors golden = ModelFixtures.unit("lfm2_attention");
        Weights weights = ModelFixtures.weights(golden, "self_attn.");
        Attention attention = new Attention(8, 2, 16, OptionalDouble.of(1e-5), false, "out_proj");
        float[] x = golden.tensor("in.x").toFloats();
        close("y", mix(new StatefulRun(interpreter::run), attention, weights, x, 0, 8, 8), golden.tensor("out.y_full"), LIMIT);
        StatefulRun run = new StatefulRun(interpreter::run);
        close("y 0..5", mix(run, attention, weights, x, 0, 6, 7), golden.tensor("out.y_prefill6"), LIMIT);
        closeCache(run, "l.k_cache", golden.tensor("out.k_after6"));
        closeCache(run, "l.v_cache", golden.tensor("out.v_after6"));
        close("y 6", mix(run, attention, weights, x, 6, 1, 1), golden.tensor("out.y_step6"), LIMIT);
        close("y 7", mix(run, attention, weights, x, 7, 1, 1), golden.tensor("out.y_step7"), LIMIT);
        closeCache(run, "l.k_cache", golden.tensor("out.k_after8"));
        closeCache(run, "l.v_cache", golden.tensor("out.v_after8"));
    }

    @Test
    void decoderLayers() {
        GatedMlp mlp = new GatedMlp("feed_forward", "w1", "w3", "w2");
        for (TokenMixer mixer : List.of(new ShortConvolution(false), new Attention(8, 2, 16, OptionalDouble.of(1e-5), false, "out_proj"))) {
            Safetensors golden = ModelFixtures.unit(mixer instanceof Attention ? "lfm2_layer_attention" : "lfm2_layer_conv");
            Weights weights = ModelFixtures.weights(golden, "");
            DecoderLayer layer = new DecoderLayer("operator_norm", mixer, "ffn_norm", mlp);
            float[] y = tokens(new StatefulRun(interpreter::run), golden.tensor("in.x").toFloats(), 0, 8, 8,
                    (graph, tokens) -> layer.build(new Scope(graph, weights, "", "l"), "x", 1e-5, tokens));
            close(golden.file().toString(), y, golden.tensor("out.y"), LIMIT);
            assertThat(weights.used()).containsExactlyInAnyOrderElementsOf(weights.names());
        }
    }

    private interface Body {
        String build(GraphBuilder graph, TokenInputs tokens);
    }

    private float[] mix(StatefulRun run, TokenMixer mixer, Weights weights, float[] x, int pos, int count, int rows) {
        return tokens(run, x, pos, count, rows, (graph, tokens) -> mixer.build(new Scope(graph, weights, "", "l"), "x", tokens));
    }

    /** Runs tokens pos .. pos+count-1 of x (128 channels) as one chunk of {@code rows} rows; gives the rows that count. */
    private float[] tokens(StatefulRun run, float[] x, int pos, int count, int rows, Body body) {
        int width = 128;
        GraphBuilder graph = new GraphBuilder("unit", Stage.FLOAT);
        graph.input("x", TensorType.f32(rows, width));
        graph.input("pos", TensorType.of(DType.S32, 1));
        graph.input("n_valid", TensorType.of(DType.S32, 1));
        RopeTables tables = RopeTables.of(1e6, 16, 12);
        TokenInputs tokens = new TokenInputs("pos", "n_valid", graph.constant("rope.cos", tables.cos()),
                graph.constant("rope.sin", tables.sin()), 12, new ArrayList<>());
        String y = body.build(graph, tokens);
        graph.output(y);
        tokens.states().forEach(s -> graph.state(s.input(), s.output()));
        Graph built = Verifier.check(graph.build());
        float[] chunk = new float[rows * width];
        Arrays.fill(chunk, 1e3f); // what stands in rows that do not count must not matter
        System.arraycopy(x, pos * width, chunk, 0, count * width);
        float[] out = run.run(built, Map.of("x", Tensor.ofFloats(Shape.of(rows, width), chunk), "pos", Tensor.index(pos),
                "n_valid", Tensor.index(count))).get(y).toFloats();
        return Arrays.copyOf(out, count * width);
    }

    /** expected: [1, D, 3], of which the last two columns are our rows. */
    private static void closeState(StatefulRun run, TensorData expected) {
        int width = expected.shape().dim(1);
        float[] rows = new float[2 * width];
        for (int r = 0; r < 2; r++) {
            for (int c = 0; c < width; c++) {
                rows[r * width + c] = expected.getFloat(c * 3L + r + 1);
            }
        }
        close("state", run.states().get("l.conv.state").toFloats(), rows, LIMIT);
    }

    /** expected: [1, G, T, d], our cache [G, 12, d]. */
    private static void closeCache(StatefulRun run, String name, TensorData expected) {
        Shape shape = expected.shape();
        int block = shape.dim(2) * shape.dim(3);
        float[] rows = new float[shape.dim(1) * block];
        Tensor cache = run.states().get(name);
        for (int g = 0; g < shape.dim(1); g++) {
            cache.readFloats((long) g * cache.shape().inner(0), rows, g * block, block);
        }
        close(name, rows, expected, LIMIT);
    }

    private static Tensor rows(TensorData batched) {
        return Tensor.ofFloats(Shape.of(batched.shape().dim(1), batched.shape().dim(2)), batched.toFloats());
    }
}

package org.autoneural.quantizer.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.autoneural.backend.Capabilities;
import org.autoneural.quantizer.Targets;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.GraphRewriter;
import org.autoneural.ir.Node;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.encode.RopeTables;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Add;
import org.autoneural.ir.op.AvgPool2d;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Clamp;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.ImageNormalize;
import org.autoneural.ir.op.KvAppend;
import org.autoneural.ir.op.LastRow;
import org.autoneural.ir.op.LayerNorm;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.MaxPool2d;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.Requantize;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.ResizeBilinear;
import org.autoneural.ir.op.ResizeNearest;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Rope;
import org.autoneural.ir.op.Scale;
import org.autoneural.ir.op.SelectRows;
import org.autoneural.ir.op.Slice;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.Transpose;
import org.autoneural.quantizer.QuantizationException;
import org.autoneural.quantizer.Quantizer;
import org.autoneural.quantizer.encoding.EncodingLedger;
import org.autoneural.quantizer.encoding.EncodingPlan;
import org.autoneural.quantizer.encoding.Encodings;
import org.autoneural.quantizer.observe.Calibration;
import org.autoneural.quantizer.observe.Range;
import org.autoneural.quantizer.recipe.Recipe;
import org.autoneural.quantizer.recipe.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each op lowered alone: the integer result against the float op on what the integers stand for (weights and inputs rounded to
 * their encodings first, so that only the op's own arithmetic counts), in steps of the result's scale.
 */
class LoweringTest {
    static final Capabilities TARGET = Targets.V68_WITH_16_BIT_GAINS;
    /** One rounding: half a step, and what f32 adds to the reference. */
    private static final double ONE_ROUNDING = 0.51;
    /** A table: its own error and the rounding of its entries. */
    private static final double TABLE = 1.6;

    /** A graph whose output is {@code y}, and how far its integers may be off. */
    private record Case(String name, double steps, BiConsumer<GraphBuilder, Random> build) {}

    private static Case unary(String name, double steps, Op op, int... shape) {
        return new Case(name, steps, (g, r) -> {
            g.input("x", TensorType.f32(shape));
            g.add(op, "y", "layer", "x");
        });
    }

    private static Tensor random(Random r, int... dims) {
        float[] values = new float[(int) Shape.of(dims).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) r.nextGaussian();
        }
        return Tensor.ofFloats(Shape.of(dims), values);
    }

    private static final List<Case> CASES = List.of(
            new Case("linear", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(3, 40));
                g.constant("w", random(r, 7, 40));
                g.add(Linear.of(), "y", "layer", "x", "w");
            }),
            new Case("linear with bias", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(3, 40));
                g.constant("w", random(r, 7, 40));
                g.constant("b", random(r, 7));
                g.add(Linear.of(), "y", "layer", "x", "w", "b");
            }),
            new Case("linear with a huge bias", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(3, 4));
                g.constant("w", Tensor.ofFloats(Shape.of(2, 4), 1e-9f, 0, 0, 0, 0, 0, 0, 0));
                g.constant("b", Tensor.ofFloats(Shape.of(2), 5, -3));
                g.add(Linear.of(), "y", "layer", "x", "w", "b");
            }),
            new Case("conv2d", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(1, 6, 7, 4));
                g.constant("w", random(r, 5, 3, 3, 4));
                g.add(Conv2d.of(2, List.of(0, 0, 1, 1), 1, Layout.NHWC), "y", "layer", "x", "w");
            }),
            new Case("depthwise conv2d with bias", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(1, 6, 7, 4));
                g.constant("w", random(r, 4, 5, 5, 1));
                g.constant("b", random(r, 4));
                g.add(Conv2d.of(1, List.of(2, 2, 2, 2), 4, Layout.NHWC), "y", "layer", "x", "w", "b");
            }),
            new Case("causal_conv1d", ONE_ROUNDING, (g, r) -> {
                g.input("u", TensorType.f32(5, 6));
                g.input("state", TensorType.f32(2, 6));
                g.input("n_valid", TensorType.of(DType.S32, 1));
                g.constant("w", random(r, 6, 3));
                g.add(CausalConv1d.of(), List.of("y", "next"), "layer", "u", "state", "n_valid", "w");
                g.state("state", "next");
            }),
            new Case("gather", ONE_ROUNDING, (g, r) -> {
                g.input("ids", TensorType.of(DType.S32, 4));
                g.constant("table", random(r, 9, 6));
                g.add(Gather.of(), "y", "layer", "table", "ids");
            }),
            new Case("gather, then select_rows", 2 * ONE_ROUNDING, (g, r) -> {
                g.input("ids", TensorType.of(DType.S32, 4));
                g.input("features", TensorType.f32(4, 6));
                g.input("image_mask", TensorType.of(DType.U8, 4));
                g.constant("table", random(r, 9, 6));
                g.add(Gather.of(), "e", "layer", "table", "ids");
                g.add(new SelectRows(), "y", "layer", "image_mask", "features", "e");
            }),
            new Case("matmul", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(4, 3, 16));
                g.input("k", TensorType.f32(2, 16, 5));
                g.add(MatMul.of(false, false), "y", "layer", "x", "k");
            }),
            new Case("causal matmul, transposed", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(4, 3, 16));
                g.input("k", TensorType.f32(2, 8, 16));
                g.input("pos", TensorType.of(DType.S32, 1));
                g.add(MatMul.of(true, true), "y", "layer", "x", "k", "pos");
            }),
            new Case("mul", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(30));
                g.input("x2", TensorType.f32(30));
                g.add(Mul.of(), "y", "layer", "x", "x2");
            }),
            new Case("add", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(30));
                g.input("x2", TensorType.f32(30));
                g.add(Add.of(), "y", "layer", "x", "x2");
            }),
            new Case("add of a constant", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(30));
                g.constant("c", random(r, 30));
                g.add(Add.of(), "y", "layer", "x", "c");
            }),
            unary("gelu_tanh", TABLE, new Activation(Activation.Function.GELU_TANH), 40),
            unary("gelu_erf", TABLE, new Activation(Activation.Function.GELU_ERF), 40),
            unary("silu", TABLE, new Activation(Activation.Function.SILU), 40),
            unary("sigmoid", TABLE, new Activation(Activation.Function.SIGMOID), 40),
            unary("tanh", TABLE, new Activation(Activation.Function.TANH), 40),
            unary("hard_sigmoid", TABLE, new Activation(Activation.Function.HARD_SIGMOID), 40),
            unary("hard_swish", TABLE, new Activation(Activation.Function.HARD_SWISH), 40),
            unary("relu", ONE_ROUNDING, new Clamp(0, Double.POSITIVE_INFINITY), 40),
            // the bound itself is rounded to a step
            unary("clamp", 2 * ONE_ROUNDING, new Clamp(-0.4, 0.7), 40),
            new Case("rms_norm", 0.6, (g, r) -> {
                g.input("x", TensorType.f32(3, 24));
                g.constant("gamma", random(r, 24));
                g.add(RmsNorm.of(1e-5, 1), "y", "layer", "x", "gamma");
            }),
            new Case("layer_norm", 0.6, (g, r) -> {
                g.input("x", TensorType.f32(3, 24));
                g.constant("gamma", random(r, 24));
                g.constant("beta", random(r, 24));
                g.add(LayerNorm.of(1e-5), "y", "layer", "x", "gamma", "beta");
            }),
            // 1 is stored as 32767 (127): one step more
            unary("softmax", 1.01, Softmax.of(false), 2, 3, 9),
            new Case("rope", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(3, 2, 8));
                g.input("pos", TensorType.of(DType.S32, 1));
                ropeTables(g);
                g.add(Rope.of(), "y", "layer", "x", "cos", "sin", "pos");
            }),
            unary("avg_pool2d", ONE_ROUNDING, AvgPool2d.of(2, 3, Layout.NHWC), 1, 4, 6, 5),
            unary("max_pool2d", 0.01, MaxPool2d.of(3, 2, List.of(1, 1, 1, 1)), 1, 7, 6, 5),
            unary("resize_bilinear", ONE_ROUNDING, ResizeBilinear.of(7, 5, Layout.NHWC), 1, 4, 6, 5),
            new Case("image_normalize", ONE_ROUNDING, (g, r) -> {
                g.input("image", TensorType.of(DType.U8, 1, 4, 4, 3));
                g.constant("scale", Tensor.ofFloats(Shape.of(3), 1 / 127.5f, 1 / 60f, -1 / 255f));
                g.constant("offset", Tensor.ofFloats(Shape.of(3), -1, 0.3f, 0));
                g.add(ImageNormalize.of(Layout.NHWC), "y", "layer", "image", "scale", "offset");
            }),
            new Case("concat", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(2, 3));
                g.constant("c", random(r, 2, 4));
                g.add(new Concat(1), "y", "layer", "x", "c");
            }),
            new Case("movement", 0.01, (g, r) -> {
                g.input("x", TensorType.f32(1, 4, 6, 2));
                g.input("n_valid", TensorType.of(DType.S32, 1));
                g.add(new ResizeNearest(2, 3, Layout.NHWC), "a", "layer", "x");
                g.add(Transpose.of(0, 2, 3, 1), "b", "layer", "a");
                g.add(Reshape.to(3, 4), "c", "layer", "b");
                g.add(new Slice(1, 1, 4), "d", "layer", "c");
                g.add(new LastRow(), "y", "layer", "d", "n_valid");
            }),
            new Case("a slice that becomes a second operand", ONE_ROUNDING, (g, r) -> {
                g.input("x", TensorType.f32(2, 6, 16));
                g.add(new Slice(1, 0, 3), "q", "layer", "x");
                g.add(new Slice(1, 3, 6), "y", "layer", "x");
                g.add(MatMul.of(true, false), "scores", "layer", "q", "y");
                g.output("scores");
            }),
            new Case("kv_append", 0.01, (g, r) -> {
                g.input("cache", TensorType.f32(2, 8, 4));
                g.input("fresh", TensorType.f32(3, 2, 4));
                g.input("pos", TensorType.of(DType.S32, 1));
                g.input("n_valid", TensorType.of(DType.S32, 1));
                g.add(new KvAppend(), "y", "layer", "cache", "fresh", "pos", "n_valid");
                g.state("cache", "y");
            }),
            new Case("kv_append of fresh rows that others read, too", ONE_ROUNDING, (g, r) -> {
                g.input("cache", TensorType.f32(2, 8, 4));
                g.input("fresh", TensorType.f32(3, 2, 4));
                g.input("q", TensorType.f32(4, 3, 4));
                g.input("pos", TensorType.of(DType.S32, 1));
                g.input("n_valid", TensorType.of(DType.S32, 1));
                g.add(new KvAppend(), "y", "layer", "cache", "fresh", "pos", "n_valid");
                g.add(MatMul.of(true, true), "scores", "layer", "q", "y", "pos");
                g.add(Mul.of(), "square", "layer", "fresh", "fresh");
                g.state("cache", "y");
                g.output("scores");
                g.output("square");
            }));

    private static void ropeTables(GraphBuilder g) {
        RopeTables tables = RopeTables.build(10, 8, 10000);
        float[] cos = new float[40];
        float[] sin = new float[40];
        for (int i = 0; i < 40; i++) {
            cos[i] = tables.cos()[i] / 32768f;
            sin[i] = tables.sin()[i] / 32768f;
        }
        g.constant("cos", Tensor.ofFloats(Shape.of(10, 4), cos));
        g.constant("sin", Tensor.ofFloats(Shape.of(10, 4), sin));
    }

    static Stream<Arguments> cases() {
        return CASES.stream().flatMap(c -> RECIPES.stream().map(r -> Arguments.of(c.name(), r.name())));
    }

    /** The presets, and what a precision plan makes: results of another width than their operands. */
    private static final List<Recipe> RECIPES = Stream.concat(Recipe.presets().stream(), Stream.of(
            Recipe.w8a8().with("wide result", List.of(Rule.ANY.named("y").activations(16))),
            Recipe.w8a16().with("narrow result", List.of(Rule.ANY.named("y").activations(8))))).toList();

    private static Recipe recipe(String name) {
        return RECIPES.stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
    }

    private static Graph graph(String name, long seed) {
        GraphBuilder g = new GraphBuilder("graph", Stage.FLOAT);
        CASES.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow().build().accept(g, new Random(seed));
        Graph built = g.build();
        if (!built.outputs().contains("y")) {
            g.output("y");
        }
        return g.build();
    }

    private static Map<String, Tensor> inputs(Graph g, long seed) {
        Random r = new Random(seed + 1000);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (String v : g.inputs()) {
            Shape shape = g.type(v).shape();
            int n = (int) shape.elements();
            inputs.put(v, switch (v) {
                case "pos" -> Tensor.index(2);
                case "n_valid" -> Tensor.index(2);
                case "ids" -> Tensor.ofInts(DType.S32, shape, r.ints(n, 0, 9).toArray());
                case "image_mask" -> Tensor.ofInts(DType.U8, shape, r.ints(n, 0, 2).toArray());
                case "image" -> Tensor.ofInts(DType.U8, shape, r.ints(n, 0, 256).toArray());
                // states hold what went in before
                case "cache", "state" -> Tensor.zeros(DType.F32, shape);
                default -> random(r, shape.dims().stream().mapToInt(i -> i).toArray());
            });
        }
        return inputs;
    }

    /** Ranges of one run, a quarter wider: rounding of the weights must not make results saturate. */
    private static EncodingLedger ledger(Graph g, Map<String, Tensor> inputs, Recipe recipe) {
        EncodingPlan plan = EncodingPlan.of(new Program(List.of(g)), recipe, TARGET);
        Calibration calibration = new Calibration(new Program(List.of(g)), plan.observers());
        calibration.observe(g, inputs);
        Map<String, Range> ranges = new TreeMap<>(calibration.ranges());
        ranges.replaceAll((v, r) -> new Range(1.25 * r.min(), 1.25 * r.max()));
        return EncodingLedger.of(plan, ranges);
    }

    private static Tensor rounded(TensorData values, QuantParams q) {
        return Tensor.ofFloats(values.shape(), Encodings.dequantize(Encodings.quantize(values, q), q));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void integersAreWithinTheStatedStepsOfTheFloatOp(String name, String recipeName) {
        for (long seed = 1; seed <= 5; seed++) {
            Graph g = graph(name, seed);
            Map<String, Tensor> inputs = inputs(g, seed);
            EncodingLedger ledger = ledger(g, inputs, recipe(recipeName));
            Graph integers = Lowering.lower(Quantizer.quantize(new Program(List.of(g)), ledger)).entryPoint("graph");

            GraphRewriter reference = new GraphRewriter(g);
            g.constants().forEach((v, data) -> ledger.get(v).filter(q -> q.storage().bits() <= 16)
                    .ifPresent(q -> reference.constant(v, rounded(data, q))));
            Map<String, Tensor> rounded = new HashMap<>();
            Map<String, Tensor> quantized = new HashMap<>();
            inputs.forEach((v, t) -> {
                rounded.put(v, ledger.get(v).map(q -> rounded(t, q)).orElse(t));
                quantized.put(v, ledger.get(v).map(q -> Encodings.quantize(t, q)).orElse(t));
            });
            Map<String, Tensor> expected = new FloatInterpreter().run(reference.build(), rounded);
            Map<String, Tensor> found = new IntegerInterpreter().run(integers, quantized);
            double allowed = CASES.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow().steps() + biasRounding(g, integers);
            QuantParams q = integers.type("y").quant().orElseThrow();
            float[] real = Encodings.dequantize(found.get("y"), q);
            for (int i = 0; i < real.length; i++) {
                double steps = Math.abs(real[i] - expected.get("y").getFloat(i)) / q.scale();
                assertThat(steps).as("seed %d, %%y[%d]: %s against %s, in steps of %s", seed, i, real[i],
                        expected.get("y").getFloat(i), q.scale()).isLessThanOrEqualTo(allowed);
            }
        }
    }

    /**
     * What rounding the biases to steps of the accumulator, {@code scale(x) * scale(w[c])}, adds at most, in steps of the result:
     * half a step of the accumulator. With few bits in the operands and many in the result that is more than the result's own.
     */
    private static double biasRounding(Graph floats, Graph integers) {
        double sum = 0;
        for (Node n : integers.nodes()) {
            boolean product = n.op() instanceof Linear || n.op() instanceof Conv2d;
            if (product && floats.producer(n.outputs().get(0)).filter(f -> f.inputs().size() == 3).isPresent()) {
                QuantParams w = integers.type(n.inputs().get(1)).quant().orElseThrow();
                double widest = IntStream.range(0, w.scaleCount()).mapToDouble(w::scale).max().orElseThrow();
                sum += 0.5 * integers.type(n.inputs().get(0)).quant().orElseThrow().scale() * widest
                        / integers.type(n.outputs().get(0)).quant().orElseThrow().scale();
            }
        }
        return sum;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    void nodesKeepTheirSource(String name, String recipeName) {
        Graph g = graph(name, 1);
        Graph integers = Lowering.lower(Quantizer.quantize(new Program(List.of(g)),
                ledger(g, inputs(g, 1), recipe(recipeName)))).entryPoint("graph");
        assertThat(integers.stage()).isEqualTo(Stage.INTEGER);
        assertThat(integers.inputs()).isEqualTo(g.inputs());
        assertThat(integers.outputs()).isEqualTo(g.outputs());
        assertThat(integers.states()).isEqualTo(g.states());
        assertThat(integers.nodes()).allSatisfy(n -> assertThat(n.source()).isEqualTo("layer"));
    }

    @Test
    void constantsAreNamedAfterTheirTensor() {
        Graph g = graph("linear with bias", 1);
        Graph integers = Lowering.lower(Quantizer.quantize(new Program(List.of(g)), ledger(g, inputs(g, 1), Recipe.w8a16())))
                .entryPoint("graph");
        assertThat(integers.constants().keySet()).containsExactly("w.q", "b.q", "w.multiplier", "w.shift");
    }

    @Test
    void accumulatorIsTheNarrowestThatTheWeightsProve() {
        assertThat(accumulator(40, 0.01f)).as("40 products of s16 and s8 of which one is 127").isEqualTo(Accumulator.I32_WRAP);
        assertThat(accumulator(2000, 1)).as("2000 products of s16 and 127").isEqualTo(Accumulator.I48);
    }

    /** One output channel: a weight of 1 and the others {@code rest}. */
    private static Accumulator accumulator(int length, float rest) {
        GraphBuilder b = new GraphBuilder("graph", Stage.FLOAT);
        float[] w = new float[length];
        java.util.Arrays.fill(w, rest);
        w[0] = 1;
        b.input("x", TensorType.f32(1, length));
        b.constant("w", Tensor.ofFloats(Shape.of(1, length), w));
        b.add(Linear.of(), "y", "layer", "x", "w");
        b.output("y");
        Graph g = b.build();
        Graph integers = Lowering.lower(Quantizer.quantize(new Program(List.of(g)), ledger(g, inputs(g, 1), Recipe.w8a16())))
                .entryPoint("graph");
        return ((Linear) integers.nodes().get(0).op()).integer().orElseThrow().accumulator();
    }

    @Test
    void tiedEmbeddingsAreOneTableWithTwoSetsOfMultipliers() {
        GraphBuilder b = new GraphBuilder("graph", Stage.FLOAT);
        b.input("ids", TensorType.of(DType.S32, 2));
        b.constant("table", random(new Random(3), 9, 6));
        b.add(Gather.of(), "embeddings", "embed", "table", "ids");
        b.add(Linear.of(), "y", "head", "embeddings", "table");
        b.output("y");
        Graph g = b.build();
        Graph integers = Lowering.lower(Quantizer.quantize(new Program(List.of(g)),
                ledger(g, inputs(g, 1), Recipe.w8a16w4a16()))).entryPoint("graph");
        assertThat(integers.type("table.q").dtype()).as("embeddings stay at 8 bits").isEqualTo(DType.S8);
        assertThat(integers.constants().keySet()).containsExactly("table.q", "table.multiplier", "table.shift", "table.bias",
                "y.multiplier", "y.shift");
    }

    @Test
    void movedSecondOperandIsRequantized() {
        Graph g = graph("a slice that becomes a second operand", 1);
        Graph integers = Lowering.lower(Quantizer.quantize(new Program(List.of(g)), ledger(g, inputs(g, 1), Recipe.w8a16())))
                .entryPoint("graph");
        assertThat(integers.type("q").dtype()).isEqualTo(DType.S16);
        assertThat(integers.type("y").dtype()).isEqualTo(DType.S8);
        assertThat(integers.producer("y").orElseThrow().op()).isInstanceOf(Requantize.class);
    }

    @Test
    void whatHasNoIntegerFormIsNamed() {
        GraphBuilder b = new GraphBuilder("graph", Stage.QUANTIZED);
        QuantParams q = QuantParams.perTensor(DType.S16, 1, 0, QuantParams.Origin.IMPORT);
        b.input("x", TensorType.f32(4).withQuant(q));
        b.constant("gamma", Tensor.ofFloats(Shape.of(4), 1, 1, 1, 1), TensorType.f32(4).withQuant(q));
        b.add(new Scale(0), List.of("y"), List.of(TensorType.f32(4).withQuant(q)), "layer", "x", "gamma");
        b.output("y");
        assertThatThrownBy(() -> Lowering.lower(new Program(List.of(b.build())))).isInstanceOf(QuantizationException.class)
                .hasMessageContaining("QT010 at graph graph, node %y (scale) from layer").hasMessageContaining("run the passes");
    }

    @Test
    void scalesThatNoMultiplierHoldsAreNamed() {
        GraphBuilder b = new GraphBuilder("graph", Stage.QUANTIZED);
        b.input("x", TensorType.f32(4).withQuant(QuantParams.perTensor(DType.S16, 1e12, 0, QuantParams.Origin.IMPORT)));
        b.add(new Clamp(0, 1), List.of("y"), List.of(TensorType.f32(4).withQuant(
                QuantParams.perTensor(DType.S16, 1, 0, QuantParams.Origin.IMPORT))), "layer", "x");
        b.output("y");
        assertThatThrownBy(() -> Lowering.lower(new Program(List.of(b.build())))).isInstanceOf(QuantizationException.class)
                .hasMessageContaining("QT010").hasMessageContaining("allowed: above 0, below 1073741824");
    }
}

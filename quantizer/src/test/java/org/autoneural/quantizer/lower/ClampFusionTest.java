package org.autoneural.quantizer.lower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.interpret.IntegerInterpreter;
import org.autoneural.ir.op.Clamp;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.pass.PassManager;
import org.autoneural.ir.pass.Passes;
import org.autoneural.quantizer.Quantizer;
import org.autoneural.quantizer.encoding.EncodingLedger;
import org.autoneural.quantizer.encoding.EncodingPlan;
import org.autoneural.quantizer.encoding.Encodings;
import org.autoneural.quantizer.observe.Calibration;
import org.autoneural.quantizer.recipe.Recipe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A linear and its ReLU become one integer node that gives the same integers as the two. */
class ClampFusionTest {
    @ParameterizedTest
    @ValueSource(strings = {"w8a16", "w8a8"})
    void reluBecomesBounds(String recipe) {
        Random random = new Random(5);
        GraphBuilder builder = new GraphBuilder("main", Stage.FLOAT);
        builder.input("x", TensorType.f32(4, 24));
        builder.constant("w", random(random, 6, 24));
        builder.add(Linear.of(), "product", "fc", "x", "w");
        builder.add(new Clamp(0, Double.POSITIVE_INFINITY), "y", "relu", "product");
        builder.output("y");
        Program program = new Program(List.of(builder.build()));

        EncodingPlan plan = EncodingPlan.of(program, Recipe.preset(recipe), LoweringTest.TARGET);
        Calibration calibration = new Calibration(program, plan.observers());
        Tensor x = random(random, 4, 24);
        calibration.observe(program.entryPoints().get(0), Map.of("x", x));
        Program lowered = Lowering.lower(Quantizer.quantize(program, EncodingLedger.of(plan, calibration.ranges())));
        Graph two = lowered.entryPoints().get(0);
        Graph one = new PassManager(Passes.integer()).run(two);

        assertThat(two.nodes()).extracting(n -> n.op().name()).containsExactly("linear", "requantize");
        assertThat(one.nodes()).extracting(n -> n.op().name()).containsExactly("linear");
        Tensor stored = Encodings.quantize(x, two.type("x").quant().orElseThrow());
        Tensor expected = new IntegerInterpreter().run(two, Map.of("x", stored)).get("y");
        assertThat(new IntegerInterpreter().run(one, Map.of("x", stored)).get("y")).isEqualTo(expected);
        int zero = two.type("y").quant().orElseThrow().zeroPoint();
        assertThat(java.util.Arrays.stream(expected.toInts()).boxed()).as("some are cut off, some are not").contains(zero)
                .anyMatch(v -> v > zero).noneMatch(v -> v < zero);
    }

    private static Tensor random(Random r, int... dims) {
        float[] values = new float[(int) Shape.of(dims).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) r.nextGaussian();
        }
        return Tensor.ofFloats(Shape.of(dims), values);
    }
}

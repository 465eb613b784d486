package org.autoneural.ir.interpret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.autoneural.ir.DType;
import org.autoneural.ir.Graph;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.op.CausalConv1d;
import org.autoneural.ir.op.Concat;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.Mul;
import org.autoneural.ir.op.Slice;
import org.junit.jupiter.api.Test;

class InterpreterTest {
    /** Weights stored as bf16, of which each read of the whole is counted. */
    private static final class CountingWeights implements TensorData {
        int reads;

        @Override
        public DType dtype() {
            return DType.BF16;
        }

        @Override
        public Shape shape() {
            return Shape.of(2, 3);
        }

        @Override
        public float getFloat(long index) {
            return index + 1;
        }

        @Override
        public long getLong(long index) {
            throw new IllegalStateException("not an integer tensor");
        }

        @Override
        public float[] toFloats() {
            reads++;
            return TensorData.super.toFloats();
        }
    }

    private static Graph linear(TensorData weights) {
        GraphBuilder g = new GraphBuilder("g", Stage.FLOAT);
        g.input("x", TensorType.f32(1, 3));
        g.constant("w", weights);
        g.add(Linear.of(), "y", "layers.0", "x", "w");
        g.add(Mul.of(), "z", "", "y", "y");
        g.output("z");
        g.output("x");
        return g.build();
    }

    @Test
    void floatRunReturnsOutputsInOrderAndShowsEveryComputedTensor() {
        CountingWeights weights = new CountingWeights();
        FloatInterpreter interpreter = new FloatInterpreter();
        Graph graph = linear(weights);
        Tensor x = Tensor.ofFloats(Shape.of(1, 3), 1, 0, -1);
        List<String> seen = new ArrayList<>();
        Map<String, Tensor> out = interpreter.run(graph, Map.of("x", x), (v, t) -> seen.add(v + " " + t + " " + t.getFloat(0)));
        assertThat(out.keySet()).containsExactly("z", "x");
        assertThat(out.get("z").toFloats()).containsExactly(4, 4);
        assertThat(out.get("x")).isEqualTo(x);
        assertThat(seen).containsExactly("y f32[1,2] -2.0", "z f32[1,2] 4.0");
        interpreter.run(graph, Map.of("x", x));
        assertThat(weights.reads).as("constants are copied once for an interpreter").isEqualTo(1);
    }

    @Test
    void wrongInputsAreNamed() {
        FloatInterpreter interpreter = new FloatInterpreter();
        Graph graph = linear(new CountingWeights());
        Tensor x = Tensor.ofFloats(Shape.of(1, 3), 1, 0, -1);
        assertThatThrownBy(() -> interpreter.run(graph, Map.of())).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("graph g: input %x is missing, give f32[1,3]");
        assertThatThrownBy(() -> interpreter.run(graph, Map.of("x", x.reshaped(Shape.of(3)))))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("graph g: input %x is f32[3], must be f32[1,3]");
        assertThatThrownBy(() -> interpreter.run(graph, Map.of("x", Tensor.zeros(DType.S8, Shape.of(1, 3)))))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("graph g: input %x is s8[1,3], must be f32[1,3]");
        assertThatThrownBy(() -> interpreter.run(graph, Map.of("x", x, "y", x)))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("graph g has no input %y; its inputs: [x]");
    }

    @Test
    void stagesAreNotMixed() {
        Graph floats = linear(new CountingWeights());
        assertThatThrownBy(() -> new IntegerInterpreter().run(floats, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("graph g (float, 2 nodes) cannot run here; allowed stages: [integer]");
        Graph integers = new GraphBuilder("i", Stage.INTEGER).build();
        assertThatThrownBy(() -> new FloatInterpreter().run(integers, Map.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("allowed stages: [float, quantized]");
        assertThat(new IntegerInterpreter().run(integers, Map.of())).isEmpty();
    }

    @Test
    void failingNodeIsNamed() {
        GraphBuilder g = new GraphBuilder("g", Stage.FLOAT);
        g.input("ids", TensorType.of(DType.S32, 1));
        g.constant("table", Tensor.ofFloats(Shape.of(2, 1), 5, 6));
        g.add(Gather.of(), "y", "model.embed_tokens", "table", "ids");
        g.output("y");
        Graph graph = g.build();
        assertThat(new FloatInterpreter().run(graph, Map.of("ids", Tensor.index(1))).get("y").toFloats()).containsExactly(6);
        assertThatThrownBy(() -> new FloatInterpreter().run(graph, Map.of("ids", Tensor.index(2))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("graph g, node %y (gather) from model.embed_tokens: ");
    }

    @Test
    void constantOfAnotherTypeThanDeclaredIsRefused() {
        GraphBuilder g = new GraphBuilder("g", Stage.INTEGER);
        g.constant("w", Tensor.ofInts(DType.S8, Shape.of(1), 100), TensorType.of(DType.S4, 1));
        g.output("w");
        assertThatThrownBy(() -> new IntegerInterpreter().run(g.build(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("graph g: constant %w is s8[1], must be s4[1]");
    }

    @Test
    void integerDataMovementRuns() {
        GraphBuilder g = new GraphBuilder("g", Stage.INTEGER);
        g.input("x", TensorType.of(DType.S16, 2, 2));
        g.add(new Slice(1, 1, 2), "right", "", "x");
        g.add(new Concat(1), "y", "", "right", "x");
        g.output("y");
        Tensor x = Tensor.ofInts(DType.S16, Shape.of(2, 2), 1, 2, 3, 4);
        assertThat(new IntegerInterpreter().run(g.build(), Map.of("x", x)).get("y"))
                .isEqualTo(Tensor.ofInts(DType.S16, Shape.of(2, 3), 2, 1, 2, 4, 3, 4));
    }

    @Test
    void statesGoFromRunToRun() {
        GraphBuilder g = new GraphBuilder("g", Stage.FLOAT);
        g.input("u", TensorType.f32(2, 1));
        g.input("n_valid", TensorType.of(DType.S32, 1));
        g.input("state", TensorType.f32(2, 1));
        g.constant("w", Tensor.ofFloats(Shape.of(1, 3), 100, 10, 1));
        g.add(CausalConv1d.of(), List.of("z", "new_state"), "conv", "u", "state", "n_valid", "w");
        g.output("z");
        g.state("state", "new_state");
        Graph graph = g.build();
        StatefulRun run = new StatefulRun(new FloatInterpreter()::run);
        Map<String, Tensor> first = run.run(graph, Map.of("u", Tensor.ofFloats(Shape.of(2, 1), 1, 2), "n_valid", Tensor.index(2)));
        assertThat(first.get("z").toFloats()).containsExactly(1, 12);
        Map<String, Tensor> second = run.run(graph, Map.of("u", Tensor.ofFloats(Shape.of(2, 1), 3, 99), "n_valid", Tensor.index(1)));
        assertThat(second.get("z").getFloat(0)).isEqualTo(123);
        assertThat(run.states().get("state").toFloats()).containsExactly(2, 3);
    }

    @Test
    void statesBeginAsRealZero() {
        GraphBuilder g = new GraphBuilder("g", Stage.INTEGER);
        TensorType type = TensorType.of(DType.S8, 2).stored(QuantParams.perTensor(DType.S8, 1, -7, QuantParams.Origin.TIED));
        g.input("state", type);
        g.add(new Slice(0, 0, 2), "next", "", "state");
        g.state("state", "next");
        assertThat(new StatefulRun(new IntegerInterpreter()::run).run(g.build(), Map.of()).get("next").toInts())
                .containsExactly(-7, -7);
    }
}

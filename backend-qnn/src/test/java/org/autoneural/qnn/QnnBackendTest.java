package org.autoneural.qnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.autoneural.backend.Backends;
import org.autoneural.backend.Diagnostic;
import org.autoneural.backend.ExecutionOptions;
import org.autoneural.ir.DType;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.ChannelRescale;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.NormRescale;
import org.autoneural.ir.op.ProductRescale;
import org.autoneural.ir.op.Reshape;
import org.autoneural.ir.op.RmsNorm;
import org.junit.jupiter.api.Test;

class QnnBackendTest {
    private final Backends.Choice choice = Backends.target("qnn-sa8295p");

    @Test
    void everyRuleNamesItsSource() {
        assertThat(choice.backend().capabilities(choice.target()).rules()).isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.source()).isNotBlank())
                .extracting(r -> r.code()).doesNotHaveDuplicates();
    }

    @Test
    void keysOf16BitsAreRefused() {
        assertThat(check(matmul(DType.S16))).singleElement().satisfies(d -> {
            assertThat(d.code()).isEqualTo("QNN003");
            assertThat(d.toString()).contains("%scores").contains("%k").contains("s16[1,4,2]").contains("s8");
        });
        assertThat(check(matmul(DType.S8))).isEmpty();
    }

    @Test
    void aFloatGraphIsRefused() {
        GraphBuilder b = new GraphBuilder("main", Stage.FLOAT);
        b.output(b.add(Reshape.to(4), "y", "", b.input("x", TensorType.f32(2, 2))));
        assertThat(check(b)).extracting(Diagnostic::code).containsExactly("QNN001");
    }

    @Test
    void sixAxesAreRefused() {
        GraphBuilder b = integers();
        b.output(b.add(Reshape.to(4), "y", "", b.input("x", TensorType.of(DType.S16, 1, 1, 1, 1, 2, 2))));
        assertThat(check(b)).extracting(Diagnostic::code).containsExactly("QNN002");
    }

    @Test
    void aGainOfMoreThan8BitsIsAWarning() {
        assertThat(check(norm(128))).singleElement().satisfies(d -> {
            assertThat(d.code()).isEqualTo("QNN004");
            assertThat(d.severity()).isEqualTo(Diagnostic.Severity.WARNING);
        });
        assertThat(check(norm(127))).isEmpty();
    }

    private static GraphBuilder norm(int largestGain) {
        GraphBuilder b = integers();
        b.constant("gamma", Tensor.ofInts(DType.S16, Shape.of(4), 1, 2, 3, largestGain));
        b.output(b.add(new RmsNorm(1e-5, 1, Optional.of(new NormRescale(0, 1, 1, 0, 0, -1, 1))), "y", "", b.input("x", TensorType.of(DType.S16, 2, 4)), "gamma"));
        return b;
    }

    @Test
    void aDilatedDepthwiseConvolutionWithAStrideIsRefused() {
        assertThat(check(depthwise(2, 3))).extracting(Diagnostic::code).containsExactly("QNN005");
        assertThat(check(depthwise(1, 3))).isEmpty();
        assertThat(check(depthwise(2, 2))).isEmpty();
    }

    @Test
    void aSigmoidHasAFixedScale() {
        assertThat(check(sigmoid(0x1p-14))).extracting(Diagnostic::code).containsExactly("QNN006");
        assertThat(check(sigmoid(0x1p-15))).isEmpty();
    }

    @Test
    void compilingAndLoadingSayWhatIsMissingAndWhatToDo() {
        Program program = new Program(List.of(matmul(DType.S8).build()));
        assertThatThrownBy(() -> choice.backend().compile(program, choice.target())).isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("qnn-sa8295p").hasMessageContaining("'sim'");
        assertThatThrownBy(() -> choice.backend().load(program, choice.target(), ExecutionOptions.defaults()))
                .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("'sim'");
    }

    private List<Diagnostic> check(GraphBuilder graph) {
        return choice.backend().check(new Program(List.of(graph.build())), choice.target());
    }

    private static GraphBuilder integers() {
        return new GraphBuilder("main", Stage.INTEGER);
    }

    private static GraphBuilder matmul(DType keys) {
        GraphBuilder b = integers();
        b.input("q", TensorType.of(DType.S16, 2, 3, 2));
        b.input("k", TensorType.of(keys, 1, 4, 2));
        ProductRescale rule = new ProductRescale(Accumulator.I48, 1 << 30, 40, Rounding.SINGLE, 0, 0, 0, -32_767, 32_767);
        b.output(b.add(new MatMul(true, false, Optional.of(rule)), "scores", "", "q", "k"));
        return b;
    }

    private static GraphBuilder depthwise(int stride, int dilation) {
        GraphBuilder b = integers();
        b.input("x", TensorType.of(DType.S16, 1, 9, 9, 2));
        b.constant("w", Tensor.zeros(DType.S8, Shape.of(2, 3, 3, 1)));
        b.constant("bias", Tensor.zeros(DType.S32, Shape.of(2)));
        b.constant("m", Tensor.zeros(DType.S32, Shape.of(2)));
        b.constant("n", Tensor.zeros(DType.S8, Shape.of(2)));
        ChannelRescale rule = new ChannelRescale(Accumulator.I48, Rounding.SINGLE, 0, 0, -32_767, 32_767);
        b.output(b.add(new Conv2d(stride, stride, List.of(0, 0, 0, 0), dilation, dilation, 2, Layout.NHWC, Optional.of(rule)), "y", "", "x", "w", "bias", "m", "n"));
        return b;
    }

    private static GraphBuilder sigmoid(double scale) {
        GraphBuilder b = integers();
        b.input("x", TensorType.of(DType.S16, 4));
        b.constant("table", Tensor.zeros(DType.S16, Shape.of(513)));
        b.output(b.add(new Activation(Activation.Function.SIGMOID), List.of("y"), List.of(new TensorType(DType.S16, Shape.of(4),
                Optional.of(QuantParams.perTensor(DType.S16, scale, 0, QuantParams.Origin.RULE)))), "", "x", "table").get(0));
        return b;
    }
}

package org.autoneural.ir.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.autoneural.Goldens;
import org.autoneural.checkpoint.Safetensors;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The float meaning of single ops against the reference modules' outputs (goldens/units): relative L2 distance at most 1e-5. */
class FloatGoldenTest {
    private static final double LIMIT = 1e-5;

    /** One file of goldens/units. */
    private static final class Unit implements AutoCloseable {
        private final Safetensors file;

        Unit(String name) {
            file = Safetensors.open(Goldens.folder("goldens").resolve("units").resolve(name + ".safetensors"));
        }

        Tensor get(String tensor) {
            return Tensor.copyOf(file.tensor(tensor));
        }

        boolean has(String tensor) {
            return file.contains(tensor);
        }

        @Override
        public void close() {
            file.close();
        }
    }

    private static void close(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double error = 0, norm = 0;
        for (int i = 0; i < expected.elements(); i++) {
            error += Math.pow((double) actual.getFloat(i) - expected.getFloat(i), 2);
            norm += Math.pow(expected.getFloat(i), 2);
        }
        assertThat(Math.sqrt(error / norm)).as("relative L2 distance").isLessThanOrEqualTo(LIMIT);
    }

    private static Tensor nhwc(Tensor nchw) {
        return OpRun.run(Transpose.of(0, 2, 3, 1), nchw);
    }

    private static Tensor nchw(Tensor nhwc) {
        return OpRun.run(Transpose.of(0, 3, 1, 2), nhwc);
    }

    /** Zeros before one axis under TensorFlow's "same" rule (the rest stands after). */
    private static int[] same(int extent, int kernel, int stride) {
        int total = Math.max(((extent + stride - 1) / stride - 1) * stride + kernel - extent, 0);
        return new int[] {total / 2, total - total / 2};
    }

    @ParameterizedTest
    @CsvSource({"conv1x1,1", "conv3x3_s1,1", "conv3x3_s2_even,2", "conv3x3_s2_odd,2", "dw3x3_s1,1", "dw3x3_s2_even,2",
        "dw5x5_s1,1", "dw5x5_s2_even,2", "dw5x5_s2_odd,2"})
    void conv2d(String name, int stride) {
        try (Unit unit = new Unit(name)) {
            Tensor x = unit.get("in.x"), w = unit.get("w.weight");
            int groups = x.shape().dim(1) / w.shape().dim(1);
            int[] rows = same(x.shape().dim(2), w.shape().dim(2), stride), columns = same(x.shape().dim(3), w.shape().dim(3), stride);
            List<Integer> pads = List.of(rows[0], columns[0], rows[1], columns[1]);
            Conv2d first = Conv2d.of(stride, pads, groups, Layout.NCHW), last = Conv2d.of(stride, pads, groups, Layout.NHWC);
            if (unit.has("w.bias")) {
                close(OpRun.run(first, x, w, unit.get("w.bias")), unit.get("out.y"));
                close(nchw(OpRun.run(last, nhwc(x), nhwc(w), unit.get("w.bias"))), unit.get("out.y"));
            } else {
                close(OpRun.run(first, x, w), unit.get("out.y"));
                close(nchw(OpRun.run(last, nhwc(x), nhwc(w))), unit.get("out.y"));
            }
        }
    }

    @Test
    void rmsNormOverChannelsAndThenActivation() {
        try (Unit unit = new Unit("rmsnorm2d")) {
            close(OpRun.run(RmsNorm.of(1e-6, 1), unit.get("in.x"), unit.get("w.weight")), unit.get("out.y"));
            close(nchw(OpRun.run(RmsNorm.of(1e-6, 3), nhwc(unit.get("in.x")), unit.get("w.weight"))), unit.get("out.y"));
        }
        try (Unit unit = new Unit("rmsnormact2d")) {
            close(OpRun.run(new Activation(Activation.Function.GELU_TANH),
                    OpRun.run(RmsNorm.of(1e-6, 1), unit.get("in.x"), unit.get("w.weight"))), unit.get("out.y"));
        }
    }

    @Test
    void rmsNormOverTheLastAxis() {
        try (Unit unit = new Unit("lfm2_rmsnorm")) {
            close(OpRun.run(RmsNorm.of(1e-5, 2), unit.get("in.x"), unit.get("w.weight")), unit.get("out.y"));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Activation.Function.class, names = {"TANH", "HARD_SIGMOID", "HARD_SWISH"}, mode = EnumSource.Mode.EXCLUDE)
    void activations(Activation.Function function) {
        try (Unit unit = new Unit("activations")) {
            close(OpRun.run(new Activation(function), unit.get("in.x")),
                    unit.get("out." + function.name().toLowerCase(java.util.Locale.ROOT)));
        }
    }

    @Test
    void softmax() {
        try (Unit unit = new Unit("softmax")) {
            close(OpRun.run(Softmax.of(false), unit.get("in.x")), unit.get("out.y"));
        }
    }

    @Test
    void connectorIsTwoLinears() {
        try (Unit unit = new Unit("connector")) {
            Tensor hidden = OpRun.run(Linear.of(), unit.get("in.x"), unit.get("w.linear_1.weight"), unit.get("w.linear_1.bias"));
            close(hidden, unit.get("out.mid"));
            close(OpRun.run(Linear.of(), OpRun.run(new Activation(Activation.Function.SILU), hidden),
                    unit.get("w.linear_2.weight"), unit.get("w.linear_2.bias")), unit.get("out.y"));
        }
    }

    @ParameterizedTest
    @CsvSource({"msfa_avgpool2,8", "msfa_avgpool3,12", "msfa_bilinear,9", "msfa_same,6"})
    void resizeAndPool(String name, int high) {
        try (Unit unit = new Unit(name)) {
            Tensor low = unit.get("in.low"), ffn = unit.get("out.ffn");
            close(OpRun.run(new ResizeNearest(high, high, Layout.NCHW), low), unit.get("out.up"));
            close(nchw(OpRun.run(new ResizeNearest(high, high, Layout.NHWC), nhwc(low))), unit.get("out.up"));
            int to = unit.get("out.y").shape().dim(2);
            for (Layout layout : Layout.values()) {
                Tensor x = layout == Layout.NCHW ? ffn : nhwc(ffn);
                Tensor pooled = high == to ? x : high % to == 0 ? OpRun.run(AvgPool2d.of(high / to, high / to, layout), x)
                        : OpRun.run(ResizeBilinear.of(to, to, layout), x);
                Tensor y = OpRun.run(RmsNorm.of(1e-6, layout.channelAxis()), pooled, unit.get("w.norm.weight"));
                close(layout == Layout.NCHW ? y : nchw(y), unit.get("out.y"));
            }
        }
    }

    /** Six rows of a chunk of nine count; three single steps follow; then the same from scratch in one go. */
    @Test
    void causalConvolutionWithState() {
        try (Unit unit = new Unit("lfm2_short_conv")) {
            Tensor proj = OpRun.run(Linear.of(), unit.get("in.x").reshaped(Shape.of(9, 128)), unit.get("w.in_proj.weight"));
            Tensor bx = OpRun.run(Mul.of(), OpRun.run(new Slice(1, 0, 128), proj), OpRun.run(new Slice(1, 256, 384), proj));
            Tensor c = OpRun.run(new Slice(1, 128, 256), proj);
            close(bx.reshaped(Shape.of(1, 9, 128)), unit.get("out.Bx"));
            Tensor w = unit.get("w.conv.weight").reshaped(Shape.of(128, 3)), none = Tensor.zeros(DType.F32, Shape.of(2, 128));
            List<Tensor> six = OpRun.all(CausalConv1d.of(), bx, none, Tensor.index(6), w);
            Tensor y = OpRun.run(Linear.of(), OpRun.run(Mul.of(), c, six.get(0)), unit.get("w.out_proj.weight"));
            close(OpRun.run(new Slice(0, 0, 6), y).reshaped(Shape.of(1, 6, 128)), unit.get("out.y_prefill6"));
            close(y.reshaped(Shape.of(1, 9, 128)), unit.get("out.y_full"));
            Tensor state = six.get(1);
            closeState(state, unit.get("out.state_after6"));
            for (int t = 6; t < 9; t++) {
                List<Tensor> step = OpRun.all(CausalConv1d.of(), OpRun.run(new Slice(0, t, t + 1), bx), state, Tensor.index(1), w);
                Tensor gated = OpRun.run(Mul.of(), OpRun.run(new Slice(0, t, t + 1), c), step.get(0));
                close(OpRun.run(Linear.of(), gated, unit.get("w.out_proj.weight")).reshaped(Shape.of(1, 1, 128)),
                        unit.get("out.y_step" + t));
                state = step.get(1);
                closeState(state, unit.get("out.state_after" + (t + 1)));
            }
        }
    }

    /** The reference keeps three columns [1, D, 3]; a runtime needs the last two. */
    private static void closeState(Tensor state, Tensor reference) {
        Tensor rows = OpRun.run(Transpose.of(1, 0), reference.reshaped(Shape.of(128, 3)));
        close(state, OpRun.run(new Slice(0, 1, 3), rows));
    }

    /** RoPE by the reference's tables equals the rotation by the exact angle; row t of the tables is the t-th listed position. */
    @Test
    void ropeTurnsByPosition() {
        try (Unit unit = new Unit("lfm2_rope_table")) {
            Tensor cos = OpRun.run(new Slice(1, 0, 8), unit.get("out.cos").reshaped(Shape.of(8, 16)));
            Tensor sin = OpRun.run(new Slice(1, 0, 8), unit.get("out.sin").reshaped(Shape.of(8, 16)));
            TensorData positions = unit.get("in.positions");
            Tensor x = Tensor.zeros(DType.F32, Shape.of(8, 1, 16));
            Tensor expected = Tensor.zeros(DType.F32, Shape.of(8, 1, 16));
            for (int t = 0; t < 8; t++) {
                for (int j = 0; j < 8; j++) {
                    // One unit vector a pair: it ends at (cos, sin) of its angle.
                    x.setFloat(t * 16 + j, 1);
                    double angle = positions.getLong(t) * Math.pow(1e6, -j / 8.0);
                    expected.setFloat(t * 16 + j, (float) Math.cos(angle));
                    expected.setFloat(t * 16 + j + 8, (float) Math.sin(angle));
                }
            }
            close(OpRun.run(Rope.of(), x, cos, sin, Tensor.index(0)), expected);
            Tensor later = OpRun.run(Rope.of(), OpRun.run(new Slice(0, 3, 8), x), cos, sin, Tensor.index(3));
            close(later, OpRun.run(new Slice(0, 3, 8), expected));
        }
    }
}

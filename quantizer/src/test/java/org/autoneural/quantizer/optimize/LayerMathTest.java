package org.autoneural.quantizer.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.autoneural.ir.DType;
import org.autoneural.ir.GraphBuilder;
import org.autoneural.ir.Program;
import org.autoneural.ir.QuantParams;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.interpret.FloatInterpreter;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Gather;
import org.autoneural.ir.op.Layout;
import org.autoneural.ir.op.Linear;
import org.autoneural.quantizer.encoding.Encodings;
import org.autoneural.quantizer.encoding.WeightScales;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arithmetic behind the algorithms, on random matrices; the layers of a program. */
class LayerMathTest {
    private static Tensor random(Random r, int... dims) {
        float[] values = new float[(int) Shape.of(dims).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) r.nextGaussian();
        }
        return Tensor.ofFloats(Shape.of(dims), values);
    }

    /** A program of one convolution on [1, 7, 6, channels]. */
    private static Program conv(Random r, int channels, int outputs, int groups, int stride) {
        GraphBuilder g = new GraphBuilder("vision", Stage.FLOAT);
        g.input("x", TensorType.f32(1, 7, 6, channels));
        g.constant("w", random(r, outputs, 3, 3, channels / groups));
        g.add(Conv2d.of(stride, List.of(0, 1, 2, 1), groups, Layout.NHWC), "y", "layer", "x", "w");
        g.output("y");
        return new Program(List.of(g.build()));
    }

    /** d^T H d over all outputs is the mean power of a convolution with weights d, so patches are in the weights' order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void momentsOfPatchesGiveThePowerOfAConvolution(long seed) {
        Random r = new Random(seed);
        int groups = new int[] {1, 2, 4}[r.nextInt(3)];
        Program program = conv(r, 4, 8, groups, 1 + r.nextInt(2));
        Layer layer = Layer.of(program).get(0);
        Tensor x = random(r, 1, 7, 6, 4);
        InputMoments moments = new InputMoments(layer);
        moments.observe(x.toFloats(), 0, (int) x.elements());
        Tensor y = new FloatInterpreter().run(program.entryPoint("vision"), java.util.Map.of("x", x)).get("y");
        double expected = 0;
        double[] sums = new double[8];
        for (int i = 0; i < y.elements(); i++) {
            expected += (double) y.getFloat(i) * y.getFloat(i);
            sums[i % 8] += y.getFloat(i);
        }
        long pixels = y.elements() / 8;
        assertThat(moments.rows()).isEqualTo(pixels);
        double power = 0;
        for (int o = 0; o < 8; o++) {
            double[] w = new double[layer.inputs()];
            float[] row = layer.row(o);
            double mean = 0;
            for (int k = 0; k < w.length; k++) {
                w[k] = row[k];
                mean += w[k] * moments.mean(layer.group(o))[k];
            }
            power += QuadraticError.of(moments.second(layer.group(o), false), w);
            assertThat(mean).as("seed %d, mean of output %d", seed, o).isCloseTo(sums[o] / pixels, within(1e-4));
        }
        assertThat(power * pixels).as("seed %d", seed).isCloseTo(expected, within(1e-4 * expected));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void momentsDoNotDependOnHowRowsArePieced(long seed) {
        Random r = new Random(seed);
        GraphBuilder g = new GraphBuilder("prefill", Stage.FLOAT);
        g.input("x", TensorType.f32(150, 130));
        g.constant("w", random(r, 3, 130));
        g.add(Linear.of(), "y", "layer", "x", "w");
        g.output("y");
        Layer layer = Layer.of(new Program(List.of(g.build()))).get(0);
        float[] x = random(r, 150, 130).toFloats();
        InputMoments whole = new InputMoments(layer);
        whole.observe(x, 0, x.length);
        InputMoments pieces = new InputMoments(layer);
        int cut = 130 * (1 + r.nextInt(148));
        pieces.observe(x, 0, cut);
        pieces.observe(x, cut, x.length - cut);
        double[] a = whole.second(0, true);
        double[] b = pieces.second(0, true);
        double expected = 0;
        for (int i = 0; i < 150; i++) {
            expected += (double) x[i * 130 + 3] * x[i * 130 + 129] / 150;
        }
        assertThat(whole.second(0, false)[3 * 130 + 129]).isCloseTo(expected, within(1e-9));
        for (int i = 0; i < a.length; i++) {
            assertThat(b[i]).as("seed %d", seed).isCloseTo(a[i], within(1e-9));
        }
    }

    private static double[] moments(Random r, int n) {
        double[] h = new double[n * n];
        for (int s = 0; s < 3 * n; s++) {
            double common = r.nextGaussian();
            double[] x = r.doubles(n, -1, 1).map(v -> v + common).toArray();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    h[i * n + j] += x[i] * x[j] / (3 * n);
                }
            }
        }
        return h;
    }

    /** Against all 3^6 roundings of the integers around the weights. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void gptqIsNearTheBestRoundingAndNeverWorseThanNearest(long seed) {
        Random r = new Random(seed);
        int n = 6;
        double[] h = moments(r, n);
        float[] w = new float[n];
        for (int k = 0; k < n; k++) {
            w[k] = (float) (3 * r.nextGaussian());
        }
        double best = Double.POSITIVE_INFINITY;
        for (int code = 0; code < 729; code++) {
            double[] d = new double[n];
            for (int k = 0, c = code; k < n; k++, c /= 3) {
                d[k] = Math.max(-7, Math.min(7, Math.rint(w[k]) + c % 3 - 1)) - w[k];
            }
            best = Math.min(best, QuadraticError.of(h, d));
        }
        byte[] found = new byte[n];
        new Gptq(h, n).round(w, 1, 7, found);
        byte[] nearest = new byte[n];
        WeightRounding.nearest().round(w, 1, 7, nearest);
        double error = error(h, w, found);
        assertThat(error).as("seed %d", seed).isLessThanOrEqualTo(error(h, w, nearest) + 1e-12).isLessThanOrEqualTo(2.5 * best + 1e-9);
        byte[] learned = new byte[n];
        new AdaRound(h, n).round(w, 1, 7, learned);
        assertThat(error(h, w, learned)).as("AdaRound, seed %d", seed).isLessThanOrEqualTo(error(h, w, nearest) + 1e-12);
    }

    private static double error(double[] h, float[] w, byte[] integers) {
        double[] d = new double[w.length];
        Arrays.setAll(d, k -> integers[k] - w[k]);
        return QuadraticError.of(h, d);
    }

    @Test
    void inputsThatAreAlwaysZeroDoNoHarm() {
        byte[] integers = new byte[4];
        new Gptq(new double[16], 4).round(new float[] {0.6f, -1.4f, 2, 9}, 1, 7, integers);
        assertThat(integers).containsExactly(1, -1, 2, 7);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64, 12, 192, 20, 40})
    void hadamardMatricesKeepLengthsAndSpreadAnOutlier(int order) {
        HadamardMatrix matrix = HadamardMatrix.of(order).orElseThrow();
        double[][] columns = new double[order][];
        for (int i = 0; i < order; i++) {
            columns[i] = new double[order];
            columns[i][i] = 1;
            matrix.apply(columns[i]);
            for (double v : columns[i]) {
                assertThat(Math.abs(v)).isCloseTo(1 / Math.sqrt(order), within(1e-12));
            }
        }
        for (int i = 0; i < order; i++) {
            for (int j = 0; j < order; j++) {
                double dot = 0;
                for (int k = 0; k < order; k++) {
                    dot += columns[i][k] * columns[j][k];
                }
                assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-12));
            }
        }
    }

    @Test
    void thereIsNoHadamardMatrixOfEveryOrder() {
        assertThat(HadamardMatrix.of(6)).isEmpty();
        assertThat(HadamardMatrix.of(36)).isEmpty();
    }

    @Test
    void aRoundedWeightQuantizesToItsIntegers() {
        Random r = new Random(5);
        Layer layer = Layer.of(conv(r, 4, 8, 1, 1)).get(0);
        QuantParams q = WeightScales.perChannel(layer.data(), DType.S4, true);
        RoundedWeight rounded = WeightRounding.round(layer, q, g -> (weights, scale, max, integers) -> {
            for (int k = 0; k < integers.length; k++) {
                integers[k] = (byte) (k % 15 - 7);
            }
        });
        int[] integers = Encodings.quantize(rounded, q).toInts();
        for (int i = 0; i < integers.length; i++) {
            assertThat(integers[i]).isEqualTo(i % layer.inputs() % 15 - 7);
        }
    }

    @Test
    void aWeightThatATableReadsIsNoLayer() {
        GraphBuilder g = new GraphBuilder("prefill", Stage.FLOAT);
        g.input("ids", TensorType.of(DType.S32, 2));
        g.constant("table", random(new Random(1), 9, 4));
        g.constant("own", random(new Random(2), 4, 4));
        g.add(Gather.of(), "h", "e", "table", "ids");
        g.add(Linear.of(), "m", "m", "h", "own");
        g.add(Linear.of(), "logits", "l", "m", "table");
        g.output("logits");
        assertThat(Layer.of(new Program(List.of(g.build())))).extracting(Layer::weight).containsExactly("own");
    }
}

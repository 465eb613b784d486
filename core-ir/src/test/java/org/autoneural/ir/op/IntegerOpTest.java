package org.autoneural.ir.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.math.Accumulator;
import org.autoneural.ir.math.Rounding;
import org.autoneural.ir.math.encode.Multiplier;
import org.autoneural.ir.math.encode.MultiplierEncoder;
import org.autoneural.ir.math.encode.MultiplierPair;
import org.autoneural.ir.math.encode.NormEncoder;
import org.autoneural.ir.math.encode.NormParams;
import org.autoneural.ir.math.encode.RopeTables;
import org.autoneural.ir.math.encode.SoftmaxEncoder;
import org.autoneural.ir.math.encode.TableEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The integer meaning of each op against the real numbers that its integers stand for: dequantize, compute in double, compare
 * within the stated steps of the result. Half a step is the rounding; the rest is each function's own error.
 */
class IntegerOpTest {
    /** Rounding plus what a 31-bit multiplier adds. */
    private static final double HALF = 0.5 + 1e-3;

    /** An encoding with values to try it on: every tensor holds both ends of its type. */
    private record Enc(DType type, double scale, int zero) {
        int min() {
            return zero == 0 ? (int) -type.max() : (int) type.min();
        }

        int max() {
            return (int) type.max();
        }

        double real(long q) {
            return scale * (q - zero);
        }

        Tensor random(RandomGenerator random, int... dims) {
            Tensor t = Tensor.zeros(type, Shape.of(dims));
            for (int i = 0; i < t.elements(); i++) {
                int extreme = random.nextInt(12);
                t.setLong(i, extreme == 0 ? min() : extreme == 1 ? max() : random.nextInt(min(), max() + 1));
            }
            return t;
        }

        double[] reals(TensorData t) {
            double[] all = new double[(int) t.elements()];
            for (int i = 0; i < all.length; i++) {
                all[i] = real(t.getLong(i));
            }
            return all;
        }
    }

    private static final Enc S8 = new Enc(DType.S8, 0.04, -17);
    private static final Enc S16 = new Enc(DType.S16, 3e-4, 0);

    /** The real results of an op in the order of its integers; compares element by element within {@code steps}. */
    private static void assertClose(long seed, Tensor actual, Enc enc, double[] expected, double steps) {
        assertThat(actual.elements()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            double wanted = Math.max(enc.min(), Math.min(enc.max(), enc.zero() + expected[i] / enc.scale()));
            if (!(Math.abs(actual.getLong(i) - wanted) <= steps)) {
                throw new AssertionError("seed " + seed + ": element " + i + " of " + actual + " is " + actual.getLong(i)
                        + ", expected " + wanted + " within " + steps + " steps");
            }
        }
    }

    /** An encoding of {@code type} that most of {@code reals} fit into; some saturate. */
    private static Enc fitting(DType type, int zero, double[] reals) {
        double most = 1e-9;
        for (double r : reals) {
            most = Math.max(most, Math.abs(r));
        }
        return new Enc(type, most * 0.9 / (type.max() - Math.abs(zero)), zero);
    }

    /** Weights with one scale an output channel, their bias, and the multipliers to {@code out}. */
    private static final class Weights {
        final Tensor w;
        final double[] scales;
        final Tensor bias;

        Weights(RandomGenerator random, DType type, int... dims) {
            w = new Enc(type, 1, 0).random(random, dims);
            scales = IntStream.range(0, dims[0]).mapToDouble(o -> 0.001 * (1 + random.nextDouble())).toArray();
            bias = Tensor.zeros(DType.S32, Shape.of(dims[0]));
            for (int o = 0; o < dims[0]; o++) {
                bias.setLong(o, random.nextInt(-100_000, 100_000));
            }
        }

        double weight(int o, int index) {
            return scales[o] * w.getLong(index);
        }

        double bias(int o, double inScale) {
            return bias.getLong(o) * inScale * scales[o];
        }

        Tensor multiplier(Enc x, Enc y) {
            return Tensor.ofInts(DType.S32, Shape.of(scales.length), encoded(x, y).multiplier());
        }

        Tensor shift(Enc x, Enc y) {
            return Tensor.ofInts(DType.S8, Shape.of(scales.length), encoded(x, y).shift());
        }

        private org.autoneural.ir.math.encode.ChannelMultipliers encoded(Enc x, Enc y) {
            return MultiplierEncoder.encodeChannels(IntStream.range(0, scales.length)
                    .mapToDouble(o -> x.scale() * scales[o] / y.scale()).toArray());
        }
    }

    private static Optional<ChannelRescale> channel(Enc x, Enc y) {
        return Optional.of(new ChannelRescale(Accumulator.I48, Rounding.SINGLE, x.zero(), y.zero(), y.min(), y.max()));
    }

    private static TensorRescale tensor(double ratio, int zeroIn, Enc y) {
        Multiplier m = MultiplierEncoder.encode(ratio);
        return new TensorRescale(m.multiplier(), m.shift(), Rounding.SINGLE, zeroIn, y.zero(), y.min(), y.max());
    }

    private static ProductRescale product(Enc a, Enc b, Enc y) {
        Multiplier m = MultiplierEncoder.encode(a.scale() * b.scale() / y.scale());
        return new ProductRescale(Accumulator.I48, m.multiplier(), m.shift(), Rounding.SINGLE, a.zero(), b.zero(), y.zero(),
                y.min(), y.max());
    }

    private static RandomGenerator generator(long seed) {
        return new java.util.SplittableRandom(seed);
    }

    private static Enc input(RandomGenerator random) {
        return random.nextBoolean() ? S8 : S16;
    }

    private static DType weightType(RandomGenerator random) {
        return random.nextBoolean() ? DType.S4 : DType.S8;
    }

    private static Enc output(RandomGenerator random, double[] reals) {
        return random.nextBoolean() ? fitting(DType.S8, random.nextInt(-60, 61), reals) : fitting(DType.S16, 0, reals);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void linear(long seed) {
        RandomGenerator random = generator(seed);
        Enc in = input(random);
        int rows = 1 + random.nextInt(4), k = 1 + random.nextInt(70), o = 1 + random.nextInt(9);
        Tensor x = in.random(random, rows, k);
        Weights w = new Weights(random, weightType(random), o, k);
        double[] y = new double[rows * o];
        for (int i = 0; i < y.length; i++) {
            y[i] = w.bias(i % o, in.scale());
            for (int j = 0; j < k; j++) {
                y[i] += in.real(x.getLong(i / o * k + j)) * w.weight(i % o, i % o * k + j);
            }
        }
        Enc out = output(random, y);
        assertClose(seed, OpRun.integer(new Linear(channel(in, out)), out.type(), x, w.w, w.bias, w.multiplier(in, out),
                w.shift(in, out)), out, y, HALF);
    }

    /** The reference pads the dequantized picture with real zeros and convolves that. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void conv2d(long seed) {
        RandomGenerator random = generator(seed);
        Enc in = input(random);
        int groups = 1 + random.nextInt(3), cg = 1 + random.nextInt(3), og = 1 + random.nextInt(3);
        int c = groups * cg, o = groups * og, h = 3 + random.nextInt(5), wd = 3 + random.nextInt(5);
        int kh = 1 + random.nextInt(3), kw = 1 + random.nextInt(3);
        int top = random.nextInt(3), left = random.nextInt(3), bottom = random.nextInt(3), right = random.nextInt(3);
        int sh = 1 + random.nextInt(2), sw = 1 + random.nextInt(2);
        int dh = kh < h / 2 ? 1 + random.nextInt(2) : 1, dw = 1;
        Tensor x = in.random(random, 1, h, wd, c);
        Weights w = new Weights(random, weightType(random), o, kh, kw, cg);
        double[][][] padded = new double[h + top + bottom][wd + left + right][c];
        for (int i = 0; i < h * wd * c; i++) {
            padded[top + i / c / wd][left + i / c % wd][i % c] = in.real(x.getLong(i));
        }
        int ho = (padded.length - (kh - 1) * dh - 1) / sh + 1, wo = (padded[0].length - (kw - 1) * dw - 1) / sw + 1;
        double[] y = new double[ho * wo * o];
        for (int i = 0; i < y.length; i++) {
            int oc = i % o, column = i / o % wo, row = i / o / wo;
            y[i] = w.bias(oc, in.scale());
            for (int t = 0; t < kh * kw * cg; t++) {
                int ci = t % cg, v = t / cg % kw, u = t / cg / kw;
                y[i] += padded[row * sh + u * dh][column * sw + v * dw][oc / og * cg + ci] * w.weight(oc, oc * kh * kw * cg + t);
            }
        }
        Enc out = output(random, y);
        Conv2d op = new Conv2d(sh, sw, List.of(top, left, bottom, right), dh, dw, groups, Layout.NHWC, channel(in, out));
        assertClose(seed, OpRun.integer(op, out.type(), x, w.w, w.bias, w.multiplier(in, out), w.shift(in, out)), out, y, HALF);
    }

    /** Zero points away from 0: a picture of real zeros gives the bias everywhere, at the padded border too. */
    @Test
    void paddingIsRealZero() {
        Enc in = new Enc(DType.S8, 0.1, 90), out = new Enc(DType.S8, 0.1, -50);
        Tensor x = Tensor.ofInts(DType.S8, Shape.of(1, 3, 3, 1), 90, 90, 90, 90, 90, 90, 90, 90, 90);
        Tensor w = Tensor.ofInts(DType.S8, Shape.of(1, 3, 3, 1), 127, 127, 127, 127, 127, 127, 127, 127, 127);
        Conv2d op = new Conv2d(1, 1, List.of(1, 1, 1, 1), 1, 1, 1, Layout.NHWC, channel(in, out));
        Tensor y = OpRun.integer(op, DType.S8, x, w, Tensor.ofInts(DType.S32, Shape.of(1), 7), ints(DType.S32, 1 << 30),
                ints(DType.S8, 30));
        assertThat(y.toInts()).containsOnly(-50 + 7);
    }

    @Test
    void integerConvolutionIsNhwcOnly() {
        Conv2d op = new Conv2d(1, 1, List.of(0, 0, 0, 0), 1, 1, 1, Layout.NCHW, channel(S8, S8));
        assertThatThrownBy(() -> OpRun.integer(op, DType.S8, ints(DType.S8, 1).reshaped(Shape.of(1, 1, 1, 1)),
                ints(DType.S8, 1).reshaped(Shape.of(1, 1, 1, 1)), ints(DType.S32, 0), ints(DType.S32, 1), ints(DType.S8, 0)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nhwc");
    }

    private static Tensor ints(DType type, int... values) {
        return Tensor.ofInts(type, Shape.of(values.length), values);
    }

    /** Rows beyond n_valid do not enter the new state, and a chunk equals its rows one by one, bit for bit. */
    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34, 35, 36})
    void causalConv1d(long seed) {
        RandomGenerator random = generator(seed);
        Enc in = input(random);
        int n = 2 + random.nextInt(5), d = 1 + random.nextInt(4), taps = 2 + random.nextInt(3);
        int nValid = 1 + random.nextInt(n);
        Tensor u = in.random(random, n, d), state = in.random(random, taps - 1, d);
        Weights w = new Weights(random, DType.S8, d, taps);
        double[] full = new double[(taps - 1 + n) * d];
        for (int i = 0; i < full.length; i++) {
            int row = i / d - (taps - 1);
            full[i] = in.real(row < 0 ? state.getLong(i) : u.getLong(row * d + i % d));
        }
        double[] z = new double[n * d];
        for (int i = 0; i < z.length; i++) {
            z[i] = w.bias(i % d, in.scale());
            for (int j = 0; j < taps; j++) {
                z[i] += full[(i / d + j) * d + i % d] * w.weight(i % d, i % d * taps + j);
            }
        }
        Enc out = output(random, z);
        CausalConv1d op = new CausalConv1d(channel(in, out));
        Tensor m = w.multiplier(in, out), s = w.shift(in, out);
        List<DType> types = List.of(out.type(), in.type());
        List<Tensor> chunk = OpRun.integers(op, types, u, state, Tensor.index(nValid), w.w, w.bias, m, s);
        assertClose(seed, chunk.get(0), out, z, HALF);

        Tensor carried = state;
        for (int t = 0; t < nValid; t++) {
            Tensor row = OpRun.run(new Slice(0, t, t + 1), u);
            List<Tensor> step = OpRun.integers(op, types, row, carried, Tensor.index(1), w.w, w.bias, m, s);
            assertThat(step.get(0)).as("seed %d, row %d", seed, t).isEqualTo(OpRun.run(new Slice(0, t, t + 1), chunk.get(0)));
            carried = step.get(1);
        }
        assertThat(chunk.get(1)).as("seed %d: state after %d of %d rows", seed, nValid, n).isEqualTo(carried);
    }

    /** All four forms; with causal, what lies beyond the live tokens is poison that must not be seen. */
    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52})
    void matmul(long seed) {
        RandomGenerator random = generator(seed);
        boolean transposeB = seed % 2 == 0, causal = seed % 4 < 2;
        Enc ea = input(random), eb = new Enc(DType.S8, 0.02, random.nextBoolean() ? 0 : 33);
        int groups = 1 + random.nextInt(2), heads = groups * (1 + random.nextInt(3)), m = 1 + random.nextInt(4);
        int k = 4 + random.nextInt(6), n = 4 + random.nextInt(6);
        int tokens = transposeB ? n : k, pos = causal ? random.nextInt(tokens - 1) : 0;
        Tensor a = ea.random(random, heads, m, k);
        Tensor b = transposeB ? eb.random(random, groups, n, k) : eb.random(random, groups, k, n);
        double[] y = new double[heads * m * n];
        for (int i = 0; i < y.length; i++) {
            int column = i % n, row = i / n % m, head = i / n / m, group = head * groups / heads;
            for (int j = 0; j < k; j++) {
                boolean live = !causal || (transposeB ? column : j) <= pos + row;
                int bi = transposeB ? (group * n + column) * k + j : (group * k + j) * n + column;
                y[i] += live ? ea.real(a.getLong((head * m + row) * k + j)) * eb.real(b.getLong(bi)) : 0;
            }
        }
        Enc out = output(random, y);
        MatMul op = new MatMul(transposeB, causal, Optional.of(product(ea, eb, out)));
        Tensor result = causal ? OpRun.integer(op, out.type(), a, b, Tensor.index(pos)) : OpRun.integer(op, out.type(), a, b);
        assertClose(seed, result, out, y, HALF);
        if (causal) {
            // Change every stale row of b (and for values the scores that would meet it): the live result must not move.
            Tensor poisoned = Tensor.ofInts(b.dtype(), b.shape(), b.toInts().clone());
            for (int g = 0; g < groups; g++) {
                for (int token = pos + m; token < tokens; token++) {
                    int inner = (int) b.elements() / groups / tokens;
                    for (int j = 0; j < inner; j++) {
                        poisoned.setLong((g * tokens + token) * inner + j, random.nextInt(-128, 128));
                    }
                }
            }
            assertThat(OpRun.integer(op, out.type(), a, poisoned, Tensor.index(pos))).as("seed %d", seed).isEqualTo(result);
            for (int i = 0; transposeB && i < y.length; i++) {
                if (i % n > pos + i / n % m) {
                    assertThat(result.getLong(i)).as("seed %d: masked score %d", seed, i).isEqualTo(out.zero());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63, 64, 65, 66, 67, 68})
    void softmax(long seed) {
        RandomGenerator random = generator(seed);
        boolean causal = seed % 2 == 0;
        Enc in = random.nextBoolean() ? new Enc(DType.S8, 0.05, 12) : new Enc(DType.S16, 2e-4, 0);
        int heads = 1 + random.nextInt(3), m = 1 + random.nextInt(3), n = 5 + random.nextInt(30);
        int pos = causal ? random.nextInt(n) : 0;
        Tensor x = in.random(random, heads, m, n);
        double[] y = new double[heads * m * n];
        for (int row = 0; row < heads * m; row++) {
            int live = causal ? Math.min(n, pos + row % m + 1) : n;
            double sum = 0;
            for (int i = 0; i < live; i++) {
                sum += Math.exp(in.real(x.getLong(row * n + i)));
            }
            for (int i = 0; i < live; i++) {
                y[row * n + i] = Math.exp(in.real(x.getLong(row * n + i))) / sum;
            }
        }
        Enc out = random.nextBoolean() ? new Enc(DType.S16, 0x1p-15, 0) : new Enc(DType.S8, 0x1p-8, -128);
        Multiplier f = SoftmaxEncoder.encode(in.scale());
        Softmax op = new Softmax(causal, Optional.of(new TensorRescale(f.multiplier(), f.shift(), Rounding.SINGLE, in.zero(),
                out.zero(), out.min(), out.max())));
        Tensor result = causal ? OpRun.integer(op, out.type(), x, Tensor.index(pos)) : OpRun.integer(op, out.type(), x);
        // The exponent is rounded to 2^-16 in log2: up to 0.35 steps of 2^-15 beside the rounding.
        assertClose(seed, result, out, y, HALF + 0.4);
        for (int i = 0; causal && i < y.length; i++) {
            if (i % n > pos + i / n % m) {
                assertThat(result.getLong(i)).as("seed %d: masked probability %d", seed, i).isEqualTo(out.zero());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {71, 72, 73, 74, 75, 76})
    void rmsNorm(long seed) {
        RandomGenerator random = generator(seed);
        Enc in = input(random), gamma = new Enc(DType.S16, 1e-4, 0);
        int rows = 1 + random.nextInt(4), c = 1 + random.nextInt(60);
        Tensor x = in.random(random, rows, c), g = gamma.random(random, c);
        for (int k = 0; k < c; k++) {
            x.setLong(k, in.zero()); // a row of real zeros must give real zeros
        }
        double eps = 1e-5;
        double[] xs = in.reals(x), y = new double[rows * c];
        for (int i = 0; i < y.length; i++) {
            double squares = 0;
            for (int k = 0; k < c; k++) {
                squares += xs[i / c * c + k] * xs[i / c * c + k];
            }
            y[i] = xs[i] / Math.sqrt(squares / c + eps) * gamma.real(g.getLong(i % c));
        }
        Enc out = output(random, y);
        NormParams p = NormEncoder.rms(c, eps, in.scale(), gamma.scale(), out.scale());
        NormRescale form = new NormRescale(p.epsInt(), p.multiplier(), p.shift(), in.zero(), out.zero(), out.min(), out.max());
        // Epsilon is rounded to whole squared steps of x, which shows at small rows of s8 only.
        assertClose(seed, OpRun.integer(new RmsNorm(eps, 1, Optional.of(form)), out.type(), x, g), out, y, HALF + 0.01);
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83, 84, 85, 86})
    void layerNorm(long seed) {
        RandomGenerator random = generator(seed);
        Enc in = input(random), gamma = new Enc(DType.S16, 1e-4, 0);
        int rows = 1 + random.nextInt(4), c = 2 + random.nextInt(60);
        Tensor x = in.random(random, rows, c), g = gamma.random(random, c);
        float[] beta = new float[c];
        for (int k = 0; k < c; k++) {
            beta[k] = (float) random.nextDouble(-2, 2);
        }
        double eps = 1e-5;
        double[] xs = in.reals(x), y = new double[rows * c];
        for (int i = 0; i < y.length; i++) {
            double mean = 0, variance = 0;
            for (int k = 0; k < c; k++) {
                mean += xs[i / c * c + k] / c;
            }
            for (int k = 0; k < c; k++) {
                variance += Math.pow(xs[i / c * c + k] - mean, 2) / c;
            }
            y[i] = (xs[i] - mean) / Math.sqrt(variance + eps) * gamma.real(g.getLong(i % c)) + beta[i % c];
        }
        Enc out = output(random, y);
        NormParams p = NormEncoder.layer(c, eps, in.scale(), gamma.scale(), out.scale());
        NormRescale form = new NormRescale(p.epsInt(), p.multiplier(), p.shift(), in.zero(), out.zero(), out.min(), out.max());
        Tensor b = Tensor.ofInts(DType.S32, Shape.of(c), NormEncoder.beta(beta, out.scale()));
        assertClose(seed, OpRun.integer(new LayerNorm(eps, Optional.of(form)), out.type(), x, g, b), out, y, HALF + 0.01);
    }

    @ParameterizedTest
    @ValueSource(longs = {91, 92, 93, 94})
    void rope(long seed) {
        RandomGenerator random = generator(seed);
        Enc in = input(random), out = seed % 2 == 0 ? new Enc(DType.S8, in.scale() * 300, 0) : new Enc(DType.S16, in.scale() * 1.2, 0);
        int n = 5, heads = 2, d = 8, positions = 9, pos = random.nextInt(9);
        RopeTables tables = RopeTables.build(positions, d, 10_000);
        Shape shape = Shape.of(positions, d / 2);
        Tensor cos = table(tables.cos()).reshaped(shape), sin = table(tables.sin()).reshaped(shape);
        Tensor x = in.random(random, n, heads, d);
        double[] y = new double[n * heads * d];
        for (int i = 0; i < y.length; i++) {
            int j = i % d % (d / 2), p = Math.min(pos + i / d / heads, positions - 1);
            double angle = p * Math.pow(10_000, -2.0 * j / d);
            double first = in.real(x.getLong(i - i % d + j)), second = in.real(x.getLong(i - i % d + j + d / 2));
            y[i] = i % d < d / 2 ? first * Math.cos(angle) - second * Math.sin(angle) : second * Math.cos(angle) + first * Math.sin(angle);
        }
        Rope op = new Rope(Optional.of(tensor(in.scale() * 0x1p-15 / out.scale(), in.zero(), out)));
        // Each table entry is off by up to 2^-16 (2^-15 at +-1), times |x| of up to 2^15 steps.
        assertClose(seed, OpRun.integer(op, out.type(), x, cos, sin, Tensor.index(pos)), out, y, HALF + 1.7);
    }

    private static Tensor table(short[] values) {
        return ints(DType.S16, IntStream.range(0, values.length).map(i -> values[i]).toArray());
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 102, 103, 104, 105, 106})
    void addAndMul(long seed) {
        RandomGenerator random = generator(seed);
        Enc ea = input(random), eb = random.nextBoolean() ? new Enc(DType.S8, 0.3, 99) : new Enc(DType.S16, 1e-5, 0);
        int n = 50;
        Tensor a = ea.random(random, n), b = eb.random(random, n);
        double[] sum = new double[n], product = new double[n];
        for (int i = 0; i < n; i++) {
            sum[i] = ea.real(a.getLong(i)) + eb.real(b.getLong(i));
            product[i] = ea.real(a.getLong(i)) * eb.real(b.getLong(i));
        }
        Enc es = output(random, sum), ep = output(random, product);
        MultiplierPair pair = MultiplierEncoder.encodePair(ea.scale() / es.scale(), eb.scale() / es.scale());
        Add add = new Add(Optional.of(new PairRescale(pair.multiplierA(), pair.multiplierB(), pair.shift(), ea.zero(), eb.zero(),
                es.zero(), es.min(), es.max())));
        assertClose(seed, OpRun.integer(add, es.type(), a, b), es, sum, HALF);
        assertClose(seed, OpRun.integer(new Mul(Optional.of(product(ea, eb, ep))), ep.type(), a, b), ep, product, HALF);
    }

    @ParameterizedTest
    @ValueSource(longs = {111, 112, 113, 114})
    void requantize(long seed) {
        RandomGenerator random = generator(seed);
        Enc in = input(random);
        Tensor x = in.random(random, 60);
        Enc out = output(random, in.reals(x));
        Requantize op = new Requantize(tensor(in.scale() / out.scale(), in.zero(), out));
        assertClose(seed, OpRun.integer(op, out.type(), x), out, in.reals(x), HALF);
    }

    /** Over every value of the operand's type, so that each table entry counts. */
    @ParameterizedTest
    @EnumSource(Activation.Function.class)
    void activation(Activation.Function function) {
        Activation op = new Activation(function);
        for (Enc in : List.of(new Enc(DType.S8, 0.06, -20), new Enc(DType.S16, 2.5e-4, 0))) {
            int count = (int) (in.type().max() - in.type().min() + 1);
            int[] all = IntStream.range(0, count).map(i -> i + (int) in.type().min()).toArray();
            double[] y = IntStream.of(all).mapToDouble(q -> op.apply(in.real(q))).toArray();
            Enc out = new Enc(in.type(), in.type() == DType.S8 ? 0.05 : 2.5e-4, in.type() == DType.S8 ? -90 : 0);
            Tensor table = in.type() == DType.S8
                    ? fromBytes(TableEncoder.encode8(op::apply, in.scale(), in.zero(), out.scale(), out.zero(), out.min(), out.max()).entries())
                    : table(TableEncoder.encode16(op::apply, in.scale(), out.scale(), out.min(), out.max()).entries());
            Tensor result = OpRun.integer(op, out.type(), Tensor.ofInts(in.type(), Shape.of(count), all), table);
            assertClose(0, result, out, y, in.type() == DType.S8 ? HALF : 1.1);
        }
    }

    private static Tensor fromBytes(byte[] values) {
        return ints(DType.S8, IntStream.range(0, values.length).map(i -> values[i]).toArray());
    }

    @ParameterizedTest
    @ValueSource(longs = {121, 122, 123, 124})
    void avgPool(long seed) {
        RandomGenerator random = generator(seed);
        Enc in = input(random);
        int kh = 1 + random.nextInt(3), kw = 1 + random.nextInt(3), sh = 1 + random.nextInt(2), sw = 1 + random.nextInt(3);
        int h = kh + random.nextInt(6), w = kw + random.nextInt(6), c = 3, ho = (h - kh) / sh + 1, wo = (w - kw) / sw + 1;
        Tensor x = in.random(random, 1, h, w, c);
        double[] y = new double[ho * wo * c];
        for (int i = 0; i < y.length; i++) {
            for (int t = 0; t < kh * kw; t++) {
                int row = i / c / wo * sh + t / kw, column = i / c % wo * sw + t % kw;
                y[i] += in.real(x.getLong((row * w + column) * c + i % c)) / (kh * kw);
            }
        }
        Enc out = output(random, y);
        AvgPool2d op = new AvgPool2d(kh, kw, sh, sw, Layout.NHWC, Optional.of(tensor(in.scale() / out.scale() / (kh * kw), in.zero(), out)));
        assertClose(seed, OpRun.integer(op, out.type(), x), out, y, HALF);
    }

    @ParameterizedTest
    @ValueSource(longs = {131, 132, 133, 134, 135, 136})
    void resizeBilinear(long seed) {
        RandomGenerator random = generator(seed);
        Enc in = input(random);
        int h = 1 + random.nextInt(9), w = 1 + random.nextInt(9), ho = 1 + random.nextInt(9), wo = 1 + random.nextInt(9), c = 2;
        Tensor x = in.random(random, 1, h, w, c);
        double[] y = new double[ho * wo * c];
        for (int i = 0; i < y.length; i++) {
            double row = Math.max((i / c / wo + 0.5) * h / ho - 0.5, 0), column = Math.max((i / c % wo + 0.5) * w / wo - 0.5, 0);
            for (int r = 0; r < h; r++) {
                for (int k = 0; k < w; k++) {
                    y[i] += tent(row, r, h) * tent(column, k, w) * in.real(x.getLong((r * w + k) * c + i % c));
                }
            }
        }
        Enc out = output(random, y);
        ResizeBilinear op = new ResizeBilinear(ho, wo, Layout.NHWC,
                Optional.of(tensor(in.scale() / out.scale() / (4.0 * ho * wo), in.zero(), out)));
        assertClose(seed, OpRun.integer(op, out.type(), x), out, y, HALF);
    }

    /** Weight of input index {@code i} at {@code coordinate}; the last index also stands for all beyond it. */
    private static double tent(double coordinate, int i, int extent) {
        return Math.max(0, 1 - Math.abs(Math.min(coordinate, extent - 1) - i));
    }

    @Test
    void gather() {
        long seed = 141;
        RandomGenerator random = generator(seed);
        Enc symmetric = new Enc(DType.S8, 1, 0), out = new Enc(DType.S16, 1e-5, 0);
        Weights table = new Weights(random, DType.S8, 20, 6);
        int[] ids = {0, 19, 7, 7, 3};
        double[] y = new double[ids.length * 6];
        for (int i = 0; i < y.length; i++) {
            y[i] = table.weight(ids[i / 6], ids[i / 6] * 6 + i % 6);
        }
        Gather op = new Gather(channel(symmetric, out));
        TensorData[] in = {table.w, ints(DType.S32, ids), table.multiplier(symmetric, out), table.shift(symmetric, out)};
        assertClose(seed, OpRun.integer(op, out.type(), in), out, y, HALF);
        for (int wrong : new int[] {-1, 20, Integer.MAX_VALUE}) {
            in[1] = ints(DType.S32, 4, wrong);
            assertThatThrownBy(() -> OpRun.integer(op, out.type(), in)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("id " + wrong + " at row 1 is not in the table, must be 0..19");
            assertThatThrownBy(() -> OpRun.run(Gather.of(), Tensor.zeros(DType.F32, Shape.of(20, 6)), in[1]))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("must be 0..19");
        }
    }

    @Test
    void imageNormalize() {
        // (image / 127.5 - 1) / 0.25 for channel 0; other numbers for channel 1
        double[] scale = {1 / 127.5 / 0.25, 0.02}, offset = {-4, 1.5};
        int shift = 20;
        Enc out = new Enc(DType.S16, 1.5e-4, 0);
        int[] multiplier = new int[2];
        long[] bias = new long[2];
        for (int c = 0; c < 2; c++) {
            multiplier[c] = Math.toIntExact(Math.round(scale[c] / out.scale() * (1 << shift)));
            bias[c] = Math.round(offset[c] / out.scale() * (1 << shift));
        }
        Tensor image = Tensor.zeros(DType.U8, Shape.of(1, 1, 256, 2));
        double[] y = new double[512];
        for (int i = 0; i < 512; i++) {
            image.setLong(i, i / 2);
            y[i] = i / 2 * scale[i % 2] + offset[i % 2];
        }
        ImageNormalize op = new ImageNormalize(Layout.NHWC, Optional.of(new ImageNormalize.Integers(shift, out.min(), out.max())));
        assertClose(0, OpRun.integer(op, DType.S16, image, ints(DType.S32, multiplier), Tensor.ofLongs(Shape.of(2), bias)), out, y, HALF);
    }

    /** The cache: only rows pos .. pos + n_valid - 1 change; a chunk that does not fit is refused. */
    @Test
    void kvAppendAndLastRow() {
        RandomGenerator random = generator(151);
        Enc e = new Enc(DType.S8, 1, 0);
        Tensor cache = e.random(random, 2, 6, 3), fresh = e.random(random, 4, 2, 3);
        Tensor y = OpRun.run(new KvAppend(), cache, fresh, Tensor.index(2), Tensor.index(3));
        for (int i = 0; i < 36; i++) {
            int g = i / 18, row = i / 3 % 6, k = i % 3;
            long wanted = row >= 2 && row < 5 ? fresh.getLong(((row - 2) * 2 + g) * 3 + k) : cache.getLong(i);
            assertThat(y.getLong(i)).isEqualTo(wanted);
        }
        assertThat(OpRun.run(new KvAppend(), cache, fresh, Tensor.index(2), Tensor.index(4)).getLong(17)).isEqualTo(fresh.getLong(3 * 6 + 2));
        assertThatThrownBy(() -> OpRun.run(new KvAppend(), cache, fresh, Tensor.index(3), Tensor.index(4)))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("rows 3..6 do not fit a cache of 6 rows");
        assertThatThrownBy(() -> OpRun.run(new KvAppend(), cache, fresh, Tensor.index(-1), Tensor.index(4)))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("pos is -1, must be at least 0");
        Tensor rows = ints(DType.S8, 1, 2, 3, 4).reshaped(Shape.of(2, 2));
        assertThat(OpRun.run(new LastRow(), rows, Tensor.index(1)).toInts()).containsExactly(1, 2);
        for (int wrong : new int[] {0, 3, -5}) {
            assertThatThrownBy(() -> OpRun.run(new LastRow(), rows, Tensor.index(wrong)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("n_valid is " + wrong + ", must be 1..2");
        }
    }

    @Test
    void movementKeepsIntegersOfAnyKind() {
        Tensor x = ints(DType.S4, 1, -8, 7, 0, 3, -2).reshaped(Shape.of(2, 3));
        assertThat(OpRun.run(Transpose.of(1, 0), x)).isEqualTo(ints(DType.S4, 1, 0, -8, 3, 7, -2).reshaped(Shape.of(3, 2)));
        assertThat(OpRun.run(Reshape.to(6), x)).isEqualTo(x.reshaped(Shape.of(6)));
        assertThat(OpRun.run(new Concat(0), x, x).toInts()).containsExactly(1, -8, 7, 0, 3, -2, 1, -8, 7, 0, 3, -2);
        Tensor mask = ints(DType.U8, 0, 1), other = ints(DType.S4, 5, 5, 5, 6, 6, 6).reshaped(Shape.of(2, 3));
        assertThat(OpRun.run(new SelectRows(), mask, x, other).toInts()).containsExactly(5, 5, 5, 0, 3, -2);
        Tensor picture = ints(DType.S16, 1, 2, 3, 4).reshaped(Shape.of(1, 2, 2, 1));
        assertThat(OpRun.run(new ResizeNearest(3, 4, Layout.NHWC), picture).toInts())
                .containsExactly(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4);
    }

    /** A result range tighter than the type is a fused activation; a result that leaves the type is found at once. */
    @Test
    void resultsAreClampedAndStoresChecked() {
        TensorRescale relu = new TensorRescale(1, 0, Rounding.SINGLE, 0, 0, 0, 6);
        assertThat(OpRun.integer(new Requantize(relu), DType.S8, ints(DType.S16, -300, 3, 300)).toInts()).containsExactly(0, 3, 6);
        TensorRescale wild = new TensorRescale(1, 0, Rounding.SINGLE, 0, 0, -1000, 1000);
        assertThatThrownBy(() -> OpRun.integer(new Requantize(wild), DType.S8, ints(DType.S16, 300)))
                .isInstanceOf(ArithmeticException.class).hasMessageContaining("300 is outside s8");
    }

    @ParameterizedTest
    @EnumSource(Accumulator.class)
    void accumulatorAttributeDecides(Accumulator accumulator) {
        ChannelRescale form = new ChannelRescale(accumulator, Rounding.SINGLE, 0, 0, -32767, 32767);
        // 2^31 + 2^17: just beyond 32 bits.
        Tensor bias = Tensor.ofLongs(Shape.of(1), (1L << 31) + (1 << 17));
        Tensor y = OpRun.integer(new Linear(Optional.of(form)), DType.S16, ints(DType.S16, 0).reshaped(Shape.of(1, 1)),
                ints(DType.S8, 1).reshaped(Shape.of(1, 1)), bias, ints(DType.S32, 1), ints(DType.S8, 17));
        int expected = switch (accumulator) {
            case I32_WRAP -> -(1 << 14) + 1;
            case I32_SAT -> 1 << 14;
            case I48, I64 -> (1 << 14) + 1;
        };
        assertThat(y.toInts()).containsExactly(expected);
    }

    @Test
    void integerOperandsNeedAnIntegerForm() {
        for (Op op : List.of(Add.of(), Mul.of())) {
            assertThatThrownBy(() -> OpRun.integer(op, DType.S8, ints(DType.S8, 1), ints(DType.S8, 1)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no integer form");
        }
    }
}

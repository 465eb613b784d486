package org.autoneural.ir.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * 2-D convolution, grouped ({@code groups == C}: depthwise), with explicit zero padding:
 * {@code y[o, i, j] = bias[o] + sum over c, u, v of x[c, i*strideH + u*dilationH - top, j*strideW + v*dilationW - left] * w[o, c, u, v]}.
 *
 * <p>Integers: the sum runs over {@code (x - zeroIn) * w} (padding contributes nothing), then {@link ChannelRescale} with
 * {@code multiplier[o]} and {@code shift[o]}. NHWC only; the bias is always there, zeros when the layer has none.
 *
 * @param strideH   step between output rows, at least 1
 * @param strideW   step between output columns, at least 1
 * @param pads      zeros added: top, left, bottom, right
 * @param dilationH step between kernel rows, at least 1
 * @param dilationW step between kernel columns, at least 1
 * @param groups    channel groups; divides input and output channels
 * @param layout    order of axes of x, w and y
 * @param integer   integer form; empty before the INTEGER stage
 */
public record Conv2d(int strideH, int strideW, List<Integer> pads, int dilationH, int dilationW, int groups, Layout layout,
        Optional<ChannelRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("conv2d", Engine.MATRIX, "2-D convolution, grouped or depthwise")
            .in("x", Signature.ACTIVATION, "[1, C, H, W] or [1, H, W, C]")
            .in("w", Signature.WEIGHT, "[O, C/groups, kh, kw] or [O, kh, kw, C/groups]")
            .optional("bias", Signature.BIAS, "[O]; integers: scale of x times scale of w[o]")
            .integer("multiplier", Set.of(DType.S32), "[O]")
            .integer("shift", Set.of(DType.S8), "[O]")
            .out("y", Signature.ACTIVATION, "[1, O, H', W'] or [1, H', W', O]")
            .build();

    public Conv2d {
        pads = List.copyOf(pads);
    }

    /** A float convolution without dilation. */
    public static Conv2d of(int stride, List<Integer> pads, int groups, Layout layout) {
        return new Conv2d(stride, stride, pads, 1, 1, groups, layout, Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    /** Kernel height of a weight tensor in this op's layout. */
    public int kernelH(Shape w) {
        return w.dim(layout.heightAxis());
    }

    /** Columns of the window of weights of shape {@code w}. */
    public int kernelW(Shape w) {
        return w.dim(layout.widthAxis());
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        TensorType x = in.get(0);
        TensorType w = in.get(1);
        Infer.rank(x, 4, "x");
        Infer.rank(w, 4, "w");
        Infer.require(strideH >= 1 && strideW >= 1 && dilationH >= 1 && dilationW >= 1 && groups >= 1,
                "stride, dilation and groups must be at least 1");
        Infer.require(pads.size() == 4 && pads.stream().allMatch(p -> p >= 0),
                "pads must be four numbers of at least 0 (top, left, bottom, right), are %s", pads);
        int c = x.shape().dim(layout.channelAxis());
        int o = w.shape().dim(0);
        Infer.require(c % groups == 0 && o % groups == 0, "groups %d must divide %d input and %d output channels", groups, c, o);
        Infer.require(w.shape().dim(layout.channelAxis()) == c / groups,
                "w %s must have %d input channels a group (x is %s, groups %d)", w.shape(), c / groups, x.shape(), groups);
        if (in.size() > 2) {
            Infer.shape(in.get(2), "bias", o);
        }
        int h = extent(x.shape().dim(layout.heightAxis()) + pads.get(0) + pads.get(2), kernelH(w.shape()), strideH, dilationH);
        int wd = extent(x.shape().dim(layout.widthAxis()) + pads.get(1) + pads.get(3), kernelW(w.shape()), strideW, dilationW);
        Infer.require(h >= 1 && wd >= 1, "kernel of w %s is larger than the padded x %s", w.shape(), x.shape());
        return Infer.result(x, layout.shape(x.shape().dim(0), o, h, wd));
    }

    private static int extent(int padded, int kernel, int stride, int dilation) {
        return Math.floorDiv(padded - (kernel - 1) * dilation - 1, stride) + 1;
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.layout(check, layout);
        if (Verify.integerForm(check, integer)) {
            ChannelRescale form = integer.get();
            form.verify(check, 0, 3, check.in(1).shape().dim(0));
            Verify.weights(check, form.accumulator(), form.zeroIn(), 1, 2);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in, out.get(0), Operands.integerForm(this, integer));
            return;
        }
        float[] bias = in.size() > 2 ? in.get(2).toFloats() : null;
        if (layout == Layout.NCHW) {
            evaluateNchw(in.get(0), in.get(1), bias, out.get(0));
        } else {
            evaluateNhwc(in.get(0), in.get(1), bias, out.get(0));
        }
    }

    /** Row by row: y[o, i, :] += w[o, c, u, v] * x[c, row, column...]. */
    private void evaluateNchw(TensorData x, TensorData w, float[] bias, Tensor y) {
        int c = x.shape().dim(1), h = x.shape().dim(2), wd = x.shape().dim(3);
        int o = y.shape().dim(1), ho = y.shape().dim(2), wo = y.shape().dim(3);
        int kh = w.shape().dim(2), kw = w.shape().dim(3), cg = c / groups, og = o / groups;
        float[] xs = x.toFloats(), ws = w.toFloats(), ys = y.toFloats();
        for (int b = 0; b < x.shape().dim(0); b++) {
            for (int oc = 0; oc < o; oc++) {
                int plane = (b * o + oc) * ho * wo;
                Arrays.fill(ys, plane, plane + ho * wo, bias == null ? 0 : bias[oc]);
                for (int ci = 0; ci < cg; ci++) {
                    int xPlane = (b * c + oc / og * cg + ci) * h * wd;
                    for (int u = 0; u < kh; u++) {
                        for (int v = 0; v < kw; v++) {
                            float weight = ws[((oc * cg + ci) * kh + u) * kw + v];
                            int left = v * dilationW - pads.get(1);
                            int from = Math.max(0, Math.floorDiv(-left + strideW - 1, strideW));
                            int to = Math.min(wo, Math.floorDiv(wd - 1 - left, strideW) + 1);
                            for (int i = 0; i < ho; i++) {
                                int row = i * strideH + u * dilationH - pads.get(0);
                                if (row < 0 || row >= h || to <= from) {
                                    continue;
                                }
                                int xo = xPlane + row * wd + left + from * strideW;
                                int yo = plane + i * wo + from;
                                if (strideW == 1) {
                                    FloatMath.axpy(weight, xs, xo, ys, yo, to - from);
                                } else {
                                    for (int j = 0; j < to - from; j++) {
                                        ys[yo + j] += weight * xs[xo + j * strideW];
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /** Pixel by pixel, tap by tap, all output channels at once. */
    private void evaluateNhwc(TensorData x, TensorData w, float[] bias, Tensor y) {
        int h = x.shape().dim(1), wd = x.shape().dim(2), c = x.shape().dim(3);
        int ho = y.shape().dim(1), wo = y.shape().dim(2), o = y.shape().dim(3);
        int kh = w.shape().dim(1), kw = w.shape().dim(2), cg = c / groups;
        float[] xs = x.toFloats(), ws = w.toFloats(), ys = y.toFloats(), sum = new float[o];
        FloatMatrix matrix = new FloatMatrix(ws, o, kh * kw * cg);
        for (int b = 0; b < x.shape().dim(0); b++) {
            for (int i = 0; i < ho; i++) {
                for (int j = 0; j < wo; j++) {
                    if (bias == null) {
                        Arrays.fill(sum, 0);
                    } else {
                        System.arraycopy(bias, 0, sum, 0, o);
                    }
                    for (int u = 0; u < kh; u++) {
                        int row = i * strideH + u * dilationH - pads.get(0);
                        for (int v = 0; v < kw && row >= 0 && row < h; v++) {
                            int column = j * strideW + v * dilationW - pads.get(1);
                            if (column >= 0 && column < wd) {
                                addTap(xs, ((b * h + row) * wd + column) * c, matrix, (u * kw + v) * cg, cg, sum);
                            }
                        }
                    }
                    System.arraycopy(sum, 0, ys, ((b * ho + i) * wo + j) * o, o);
                }
            }
        }
    }

    /** Adds what the pixel at {@code xo} gives through one tap, whose weights begin at input {@code first}. */
    private void addTap(float[] xs, int xo, FloatMatrix matrix, int first, int cg, float[] sum) {
        if (groups == 1) {
            matrix.accumulate(xs, xo, first, cg, sum);
        } else {
            matrix.accumulateGroups(xs, xo, first, cg, groups, sum);
        }
    }

    // x: [1, H, W, C], w: [O, kh, kw, C/groups], bias, multiplier, shift: [O] -> y: [1, H', W', O]
    private void evaluateIntegers(List<TensorData> in, Tensor y, ChannelRescale form) {
        Infer.require(layout == Layout.NHWC, "integer conv2d has layout nhwc only");
        Shape x = in.get(0).shape(), w = in.get(1).shape();
        int[] xs = in.get(0).toInts(), ws = in.get(1).toInts(), multiplier = in.get(3).toInts(), shift = in.get(4).toInts();
        long[] bias = in.get(2).toLongs();
        int h = x.dim(1), wd = x.dim(2), c = x.dim(3);
        int ho = y.shape().dim(1), wo = y.shape().dim(2), o = y.shape().dim(3);
        int kh = w.dim(1), kw = w.dim(2), cg = c / groups, og = o / groups;
        for (int b = 0; b < x.dim(0); b++) {
            for (int i = 0; i < ho; i++) {
                for (int j = 0; j < wo; j++) {
                    for (int oc = 0; oc < o; oc++) {
                        long sum = bias[oc];
                        for (int u = 0; u < kh; u++) {
                            int row = i * strideH + u * dilationH - pads.get(0);
                            // Taps on padding are left out: padding is real zero, whatever the zero point.
                            for (int v = 0; v < kw && row >= 0 && row < h; v++) {
                                int column = j * strideW + v * dilationW - pads.get(1);
                                if (column >= 0 && column < wd) {
                                    sum += IntegerMath.dot(xs, ((b * h + row) * wd + column) * c + oc / og * cg, form.zeroIn(),
                                            ws, ((oc * kh + u) * kw + v) * cg, 0, cg);
                                }
                            }
                        }
                        y.setLong(((b * ho + i) * wo + j) * o + oc, form.apply(sum, multiplier[oc], shift[oc]));
                    }
                }
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        Shape w = in.get(1).shape();
        long taps = w.elements() / w.dim(0);
        return Cost.of(Engine.MATRIX, out.get(0).shape().elements() * taps, 0, in, out);
    }
}

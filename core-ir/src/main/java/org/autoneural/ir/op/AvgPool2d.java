package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.IntMean;

/**
 * Mean over windows without padding: {@code y[c, i, j] = mean over u < kernelH, v < kernelW of x[c, i*strideH + u, j*strideW + v]}.
 * Integers: with {@link WindowMean} the mean of the window's stored values, in the operand's encoding, with padding; otherwise the
 * exact sum of {@code x - zeroIn}, then {@link TensorRescale} whose multiplier holds {@code scale of x / (scale of y * window)}.
 *
 * @param kernelH window height, at least 1
 * @param kernelW window width, at least 1
 * @param strideH step between windows, at least 1
 * @param strideW step between windows, at least 1
 * @param layout  order of axes
 * @param integer integer form; empty before the INTEGER stage, and where {@code mean} is given
 * @param mean    the other integer form; empty before the INTEGER stage, and where {@code integer} is given
 */
public record AvgPool2d(int kernelH, int kernelW, int strideH, int strideW, Layout layout,
        Optional<TensorRescale> integer, Optional<WindowMean> mean) implements Op {
    static final Signature SIGNATURE = Signature.op("avg_pool2d", Engine.VECTOR, "Mean over windows")
            .in("x", Signature.ACTIVATION, "[1, C, H, W] or [1, H, W, C]")
            .out("y", Signature.ACTIVATION, "[1, C, H', W'] or [1, H', W', C]")
            .build();

    /** The form that the lowering emits; empty before it. */
    public AvgPool2d(int kernelH, int kernelW, int strideH, int strideW, Layout layout, Optional<TensorRescale> integer) {
        this(kernelH, kernelW, strideH, strideW, layout, integer, Optional.empty());
    }

    /** The average pool of TFLite's models, NHWC. */
    public static AvgPool2d windowMean(int kernelH, int kernelW, int strideH, int strideW, WindowMean mean) {
        return new AvgPool2d(kernelH, kernelW, strideH, strideW, Layout.NHWC, Optional.empty(), Optional.of(mean));
    }

    /** Windows of kernelH x kernelW that do not overlap, before the INTEGER stage. */
    public static AvgPool2d of(int kernelH, int kernelW, Layout layout) {
        return new AvgPool2d(kernelH, kernelW, kernelH, kernelW, layout, Optional.empty());
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 4, "x");
        Infer.require(kernelH >= 1 && kernelW >= 1 && strideH >= 1 && strideW >= 1, "kernel and stride must be at least 1");
        Shape x = in.get(0).shape();
        List<Integer> pads = pads();
        Infer.require(pads.size() == 4 && pads.stream().allMatch(p -> p >= 0),
                "pads must be four numbers of at least 0 (top, left, bottom, right), are %s", pads);
        int h = x.dim(layout.heightAxis()) + pads.get(0) + pads.get(2), w = x.dim(layout.widthAxis()) + pads.get(1) + pads.get(3);
        Infer.require(h >= kernelH && w >= kernelW, "window %dx%d is larger than x %s", kernelH, kernelW, x);
        return Infer.result(in.get(0), layout.shape(x.dim(0), x.dim(layout.channelAxis()),
                (h - kernelH) / strideH + 1, (w - kernelW) / strideW + 1));
    }

    private List<Integer> pads() {
        return mean.map(WindowMean::pads).orElse(List.of(0, 0, 0, 0));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.layout(check, layout);
        if (Verify.integerForm(check, integer, mean)) {
            integer.ifPresent(form -> form.verify(check));
            mean.ifPresent(form -> form.verify(check, kernelH, kernelW));
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        if (!Infer.isFloat(in) && mean.isPresent()) {
            evaluateMean(in.get(0), out.get(0), mean.get());
            return;
        }
        if (!Infer.isFloat(in)) {
            evaluateIntegers(in.get(0), out.get(0), Operands.integerForm(this, integer));
            return;
        }
        Shape x = in.get(0).shape();
        Shape y = out.get(0).shape();
        float[] xs = in.get(0).toFloats(), ys = out.get(0).toFloats();
        int ch = layout.channelAxis(), ha = layout.heightAxis(), wa = layout.widthAxis();
        for (int b = 0; b < y.dim(0); b++) {
            for (int c = 0; c < y.dim(ch); c++) {
                for (int i = 0; i < y.dim(ha); i++) {
                    for (int j = 0; j < y.dim(wa); j++) {
                        double sum = 0;
                        for (int u = 0; u < kernelH; u++) {
                            for (int v = 0; v < kernelW; v++) {
                                sum += xs[layout.index(x, b, c, i * strideH + u, j * strideW + v)];
                            }
                        }
                        ys[layout.index(y, b, c, i, j)] = (float) (sum / (kernelH * kernelW));
                    }
                }
            }
        }
    }

    private void evaluateIntegers(TensorData x, Tensor y, TensorRescale form) {
        Shape xs = x.shape(), ys = y.shape();
        int[] values = x.toInts();
        for (int b = 0; b < ys.dim(0); b++) {
            for (int c = 0; c < ys.dim(layout.channelAxis()); c++) {
                for (int i = 0; i < ys.dim(layout.heightAxis()); i++) {
                    for (int j = 0; j < ys.dim(layout.widthAxis()); j++) {
                        long sum = 0;
                        for (int u = 0; u < kernelH; u++) {
                            for (int v = 0; v < kernelW; v++) {
                                sum += values[layout.index(xs, b, c, i * strideH + u, j * strideW + v)] - form.zeroIn();
                            }
                        }
                        y.setLong(layout.index(ys, b, c, i, j), form.apply(sum));
                    }
                }
            }
        }
    }

    // x: [B, H, W, C] -> y: [B, H', W', C]
    private void evaluateMean(TensorData x, Tensor y, WindowMean form) {
        Shape xs = x.shape(), ys = y.shape();
        int[] values = x.toInts();
        for (int b = 0; b < ys.dim(0); b++) {
            for (int c = 0; c < ys.dim(layout.channelAxis()); c++) {
                for (int i = 0; i < ys.dim(layout.heightAxis()); i++) {
                    for (int j = 0; j < ys.dim(layout.widthAxis()); j++) {
                        int top = i * strideH - form.pads().get(0), left = j * strideW - form.pads().get(1);
                        int bottom = Math.min(xs.dim(layout.heightAxis()), top + kernelH);
                        int right = Math.min(xs.dim(layout.widthAxis()), left + kernelW);
                        long sum = 0;
                        for (int u = Math.max(0, top); u < bottom; u++) {
                            for (int v = Math.max(0, left); v < right; v++) {
                                sum += values[layout.index(xs, b, c, u, v)];
                            }
                        }
                        int count = (bottom - Math.max(0, top)) * (right - Math.max(0, left));
                        y.setLong(layout.index(ys, b, c, i, j), IntMean.of(sum, count, form.min(), form.max()));
                    }
                }
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, in.get(0).shape().elements(), in, out);
    }
}

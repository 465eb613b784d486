package org.autoneural.ir.op;

import java.util.List;
import java.util.Optional;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Mean over windows without padding: {@code y[c, i, j] = mean over u < kernelH, v < kernelW of x[c, i*strideH + u, j*strideW + v]}.
 * Integers: exact sum of {@code x - zeroIn}, then {@link TensorRescale} whose multiplier holds {@code scale of x / (scale of y * window)}.
 *
 * @param kernelH window height, at least 1
 * @param kernelW window width, at least 1
 * @param strideH step between windows, at least 1
 * @param strideW step between windows, at least 1
 * @param layout  order of axes
 * @param integer integer form; empty before the INTEGER stage
 */
public record AvgPool2d(int kernelH, int kernelW, int strideH, int strideW, Layout layout,
        Optional<TensorRescale> integer) implements Op {
    static final Signature SIGNATURE = Signature.op("avg_pool2d", Engine.VECTOR, "Mean over windows")
            .in("x", Signature.ACTIVATION, "[1, C, H, W] or [1, H, W, C]")
            .out("y", Signature.ACTIVATION, "[1, C, H', W'] or [1, H', W', C]")
            .build();

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
        int h = x.dim(layout.heightAxis()), w = x.dim(layout.widthAxis());
        Infer.require(h >= kernelH && w >= kernelW, "window %dx%d is larger than x %s", kernelH, kernelW, x);
        return Infer.result(in.get(0), layout.shape(x.dim(0), x.dim(layout.channelAxis()),
                (h - kernelH) / strideH + 1, (w - kernelW) / strideW + 1));
    }

    @Override
    public void verify(NodeCheck check) {
        Verify.layout(check, layout);
        if (Verify.integerForm(check, integer)) {
            integer.get().verify(check);
        }
    }

    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
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

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, in.get(0).shape().elements(), in, out);
    }
}

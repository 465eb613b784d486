package org.autoneural.ir.op;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Stage;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;
import org.autoneural.ir.math.Rescale;

/**
 * Greatest value of each window, then bounds: {@code y[i, j, c] = clamp(max over u < kernelH, v < kernelW of
 * x[i*strideH + u - top, j*strideW + v - left, c], min, max)}; padding does not take part. NHWC. The encoding does not change.
 * The bounds are those of the INTEGER stage; before it they take no part.
 *
 * @param kernelH window height, at least 1
 * @param kernelW window width, at least 1
 * @param strideH step between windows, at least 1
 * @param strideW step between windows, at least 1
 * @param pads    rows and columns added: top, left, bottom, right; smaller than the window
 * @param min     smallest result
 * @param max     largest result
 */
public record MaxPool2d(int kernelH, int kernelW, int strideH, int strideW, List<Integer> pads, int min, int max) implements Op {
    static final Signature SIGNATURE = Signature.op("max_pool2d", Engine.VECTOR, "Greatest value of windows")
            .in("x", Signature.ACTIVATION, "[B, H, W, C]")
            .out("y", Signature.ACTIVATION, "[B, H', W', C]")
            .build();

    public MaxPool2d {
        pads = List.copyOf(pads);
    }

    /** The float form: square windows, padding top, left, bottom, right. */
    public static MaxPool2d of(int kernel, int stride, List<Integer> pads) {
        return new MaxPool2d(kernel, kernel, stride, stride, pads, 0, 0);
    }

    @Override
    public Signature signature() {
        return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(List<TensorType> in) {
        Infer.rank(in.get(0), 4, "x");
        Infer.require(kernelH >= 1 && kernelW >= 1 && strideH >= 1 && strideW >= 1, "kernel and stride must be at least 1");
        Infer.require(pads.size() == 4 && pads.stream().allMatch(p -> p >= 0),
                "pads must be four numbers of at least 0 (top, left, bottom, right), are %s", pads);
        Shape x = in.get(0).shape();
        int h = x.dim(1) + pads.get(0) + pads.get(2), w = x.dim(2) + pads.get(1) + pads.get(3);
        Infer.require(h >= kernelH && w >= kernelW, "window %dx%d is larger than the padded x %s", kernelH, kernelW, x);
        return Infer.result(in.get(0), Shape.of(x.dim(0), (h - kernelH) / strideH + 1, (w - kernelW) / strideW + 1, x.dim(3)));
    }

    @Override
    public void verify(NodeCheck check) {
        if (check.stage() == Stage.INTEGER) {
            Verify.moved(check, 0);
            Verify.range(check, min, max);
        }
        Verify.window(check, pads, kernelH, kernelW);
    }

    // x: [B, H, W, C] -> y: [B, H', W', C]
    @Override
    public void evaluate(List<TensorData> in, List<Tensor> out) {
        boolean floats = Infer.isFloat(in);
        Tensor y = out.get(0);
        Shape xs = in.get(0).shape(), ys = y.shape();
        int c = xs.dim(3);
        int[] codes = floats ? new int[0] : in.get(0).toInts();
        float[] reals = floats ? in.get(0).toFloats() : new float[0];
        for (int b = 0; b < ys.dim(0); b++) {
            for (int i = 0; i < ys.dim(1); i++) {
                for (int j = 0; j < ys.dim(2); j++) {
                    int top = Math.max(0, i * strideH - pads.get(0)), left = Math.max(0, j * strideW - pads.get(1));
                    int bottom = Math.min(xs.dim(1), i * strideH - pads.get(0) + kernelH);
                    int right = Math.min(xs.dim(2), j * strideW - pads.get(1) + kernelW);
                    for (int k = 0; k < c; k++) {
                        int greatest = Integer.MIN_VALUE;
                        float greatestReal = Float.NEGATIVE_INFINITY;
                        for (int u = top; u < bottom; u++) {
                            for (int v = left; v < right; v++) {
                                int at = Layout.NHWC.index(xs, b, k, u, v);
                                if (floats) {
                                    greatestReal = Math.max(greatestReal, reals[at]);
                                } else {
                                    greatest = Math.max(greatest, codes[at]);
                                }
                            }
                        }
                        int at = Layout.NHWC.index(ys, b, k, i, j);
                        if (floats) {
                            y.setFloat(at, greatestReal);
                        } else {
                            y.setLong(at, Rescale.clamp(greatest, min, max));
                        }
                    }
                }
            }
        }
    }

    @Override
    public Cost cost(List<TensorType> in, List<TensorType> out) {
        return Cost.of(Engine.VECTOR, 0, out.get(0).shape().elements() * kernelH * kernelW, in, out);
    }
}

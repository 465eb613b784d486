package org.autoneural.ir.interpret;

import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.Layout;

/**
 * Convolutions of one picture: ungrouped ones as matrix products over patches, which are gathered block by block; depthwise
 * ones directly.
 */
final class FloatConvolutions {
    private final FloatProducts products;
    private final Team team;

    FloatConvolutions(FloatProducts products) {
        this.products = products;
        this.team = products.team();
    }

    /** Places of one convolution: extents of input, kernel and output. */
    private record Extents(int c, int h, int w, int kh, int kw, int o, int ho, int wo) {}

    /** False when this form of convolution is not among the fast ones; y is untouched then. */
    boolean evaluate(Conv2d op, List<TensorData> in, Tensor y) {
        Layout layout = op.layout();
        Shape x = in.get(0).shape();
        Extents e = new Extents(x.dim(layout.channelAxis()), x.dim(layout.heightAxis()), x.dim(layout.widthAxis()),
                op.kernelH(in.get(1).shape()), op.kernelW(in.get(1).shape()), y.shape().dim(layout.channelAxis()),
                y.shape().dim(layout.heightAxis()), y.shape().dim(layout.widthAxis()));
        boolean depthwise = op.groups() == e.c && e.o == e.c && e.c > 1;
        if (x.dim(0) != 1 || op.groups() != 1 && !depthwise) {
            return false;
        }
        float[] xs = in.get(0).toFloats(), ys = y.toFloats();
        if (layout == Layout.NCHW) {
            FastFloatOps.fillPlanes(in, ys, e.ho * e.wo);
        } else {
            FastFloatOps.fillRows(in, ys, e.o);
        }
        if (depthwise) {
            depthwise(op, e, xs, in.get(1).toFloats(), ys);
        } else if (layout == Layout.NCHW) {
            int depth = e.c * e.kh * e.kw;
            products.add(FloatProducts.rowsOf(in.get(1).toFloats(), 0, depth), e.o, depth, planes(op, e, xs), e.ho * e.wo, ys, 0);
        } else {
            int depth = e.kh * e.kw * e.c;
            products.add(isPointwise(op, e) ? FloatProducts.rowsOf(xs, 0, e.c) : patches(op, e, xs), e.ho * e.wo, depth,
                    FloatProducts.transposed(in.get(1), 0, depth), e.o, ys, 0);
        }
        return true;
    }

    private static boolean isPointwise(Conv2d op, Extents e) {
        return e.kh == 1 && e.kw == 1 && op.strideH() == 1 && op.strideW() == 1 && op.pads().stream().allMatch(p -> p == 0);
    }

    /** NCHW: row k = (c, u, v) of the panel holds what that tap reads for each output pixel. */
    private static FloatProducts.PanelSource planes(Conv2d op, Extents e, float[] x) {
        if (isPointwise(op, e)) {
            return FloatProducts.matrix(x, 0, e.h * e.w);
        }
        return (firstDepth, depth, firstColumn, columns, panel) -> {
            for (int k = 0; k < depth; k++) {
                int tap = (firstDepth + k) % (e.kh * e.kw);
                int plane = (firstDepth + k) / (e.kh * e.kw) * e.h * e.w;
                int down = tap / e.kw * op.dilationH() - op.pads().get(0);
                int right = tap % e.kw * op.dilationW() - op.pads().get(1);
                float[] p = panel[k];
                int i = firstColumn / e.wo, j = firstColumn % e.wo;
                for (int at = 0; at < columns; at++) {
                    int row = i * op.strideH() + down, column = j * op.strideW() + right;
                    p[at] = row >= 0 && row < e.h && column >= 0 && column < e.w ? x[plane + row * e.w + column] : 0;
                    if (++j == e.wo) {
                        j = 0;
                        i++;
                    }
                }
            }
        };
    }

    /** NHWC: a row holds the patch (u, v, c) of one output pixel. */
    private static FloatProducts.RowSource patches(Conv2d op, Extents e, float[] x) {
        int depth = e.kh * e.kw * e.c;
        return (first, count) -> {
            float[] rows = new float[count * depth];
            for (int r = 0; r < count; r++) {
                int i = (first + r) / e.wo, j = (first + r) % e.wo;
                for (int tap = 0; tap < e.kh * e.kw; tap++) {
                    int row = i * op.strideH() + tap / e.kw * op.dilationH() - op.pads().get(0);
                    int column = j * op.strideW() + tap % e.kw * op.dilationW() - op.pads().get(1);
                    if (row >= 0 && row < e.h && column >= 0 && column < e.w) {
                        System.arraycopy(x, (row * e.w + column) * e.c, rows, r * depth + tap * e.c, e.c);
                    }
                }
            }
            return new FloatProducts.Rows(rows, 0, depth);
        };
    }

    private void depthwise(Conv2d op, Extents e, float[] x, float[] w, float[] y) {
        if (op.layout() == Layout.NCHW) {
            team.forEach(e.c, c -> depthwisePlane(op, e, x, w, c, y));
            return;
        }
        int taps = e.kh * e.kw;
        float[] byTap = new float[w.length];
        for (int c = 0; c < e.c; c++) {
            for (int t = 0; t < taps; t++) {
                byTap[t * e.c + c] = w[c * taps + t];
            }
        }
        team.forEach(e.ho, i -> depthwiseRow(op, e, x, byTap, i, y));
    }

    /** NCHW, one channel. */
    private static void depthwisePlane(Conv2d op, Extents e, float[] x, float[] w, int c, float[] y) {
        for (int tap = 0; tap < e.kh * e.kw; tap++) {
            float weight = w[c * e.kh * e.kw + tap];
            int right = tap % e.kw * op.dilationW() - op.pads().get(1);
            int from = Math.max(0, Math.floorDiv(-right + op.strideW() - 1, op.strideW()));
            int to = Math.min(e.wo, Math.floorDiv(e.w - 1 - right, op.strideW()) + 1);
            for (int i = 0; i < e.ho; i++) {
                int row = i * op.strideH() + tap / e.kw * op.dilationH() - op.pads().get(0);
                if (row < 0 || row >= e.h) {
                    continue;
                }
                int xo = (c * e.h + row) * e.w + right, yo = (c * e.ho + i) * e.wo;
                for (int j = from; j < to; j++) {
                    y[yo + j] += weight * x[xo + j * op.strideW()];
                }
            }
        }
    }

    /** NHWC, one row of output pixels; w: [kh kw, C]. */
    private static void depthwiseRow(Conv2d op, Extents e, float[] x, float[] w, int i, float[] y) {
        for (int j = 0; j < e.wo; j++) {
            int yo = (i * e.wo + j) * e.c;
            for (int tap = 0; tap < e.kh * e.kw; tap++) {
                int row = i * op.strideH() + tap / e.kw * op.dilationH() - op.pads().get(0);
                int column = j * op.strideW() + tap % e.kw * op.dilationW() - op.pads().get(1);
                if (row < 0 || row >= e.h || column < 0 || column >= e.w) {
                    continue;
                }
                int xo = (row * e.w + column) * e.c, wo = tap * e.c;
                for (int c = 0; c < e.c; c++) {
                    y[yo + c] += w[wo + c] * x[xo + c];
                }
            }
        }
    }
}

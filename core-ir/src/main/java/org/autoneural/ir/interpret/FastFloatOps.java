package org.autoneural.ir.interpret;

import java.util.Arrays;
import java.util.List;
import org.autoneural.ir.Shape;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.op.Activation;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.ir.op.FloatMath;
import org.autoneural.ir.op.Linear;
import org.autoneural.ir.op.MatMul;
import org.autoneural.ir.op.Op;
import org.autoneural.ir.op.RmsNorm;
import org.autoneural.ir.op.Softmax;
import org.autoneural.ir.op.Transpose;

/** The ops that take the time, fast; {@link Op#evaluate} for the rest and for unusual forms. */
final class FastFloatOps {
    /** Up to this many rows of a linear layer, its weights are read row by row: packing them would take longer than the products. */
    private static final int FEW_ROWS = 8;
    private static final int ELEMENTS_PER_UNIT = 1 << 14;

    private final FloatProducts products;
    private final FloatConvolutions convolutions;
    private final FloatKernel kernel;
    private final Team team;

    FastFloatOps(FloatProducts products, FloatKernel kernel) {
        this.kernel = kernel;
        this.products = products;
        this.convolutions = new FloatConvolutions(products);
        this.team = products.team();
    }

    void evaluate(Op op, List<TensorData> in, List<Tensor> out) {
        boolean done = in.stream().anyMatch(t -> t.dtype().isFloat()) && tryFast(op, in, out.get(0));
        if (!done) {
            op.evaluate(in, out);
        }
    }

    private boolean tryFast(Op op, List<TensorData> in, Tensor y) {
        if (op instanceof Conv2d conv) {
            return convolutions.evaluate(conv, in, y);
        }
        if (op instanceof Linear) {
            linear(in, y);
        } else if (op instanceof MatMul matMul) {
            matMul(matMul, in, y);
        } else if (op instanceof RmsNorm norm) {
            rmsNorm(norm, in, y);
        } else if (op instanceof Activation activation) {
            float[] x = in.get(0).toFloats(), result = y.toFloats();
            team.forRanges(x.length, ELEMENTS_PER_UNIT, (from, to) -> FastFloatMath.activate(kernel, activation, x, from, to, result));
        } else if (op instanceof Softmax softmax) {
            softmax(softmax, in, y);
        } else if (op instanceof Transpose transpose) {
            transpose(transpose, in.get(0), y);
        } else {
            return false;
        }
        return true;
    }

    /** x: [..., K], w: [O, K], bias: [O] -> y: [..., O]. */
    private void linear(List<TensorData> in, Tensor y) {
        float[] x = in.get(0).toFloats(), ys = y.toFloats();
        TensorData w = in.get(1);
        int o = w.shape().dim(0), k = w.shape().dim(1), rows = x.length / k;
        fillRows(in, ys, o);
        if (rows <= FEW_ROWS) {
            products.addFewRows(x, rows, k, w, o, ys);
        } else {
            products.add(FloatProducts.rowsOf(x, 0, k), rows, k, FloatProducts.transposed(w, 0, k), o, ys, 0);
        }
    }

    /** a: [H, M, K], b: [G, K, N] or [G, N, K] -> y: [H, M, N]; the heads of a that share one of b lie one after another. */
    private void matMul(MatMul op, List<TensorData> in, Tensor y) {
        Shape as = in.get(0).shape();
        int groups = in.get(1).shape().dim(0), k = as.dim(2), n = y.shape().dim(2);
        int rows = as.dim(0) / groups * as.dim(1);
        float[] a = in.get(0).toFloats(), b = in.get(1).toFloats(), ys = y.toFloats();
        if (op.causal()) {
            int pos = position(in.get(2));
            int m = as.dim(1);
            team.forRanges(as.dim(0) * m, 4, (from, to) -> {
                for (int row = from; row < to; row++) {
                    causalRow(op, a, row, pos + row % m + 1, b, row / rows * k * n, k, n, ys);
                }
            });
            return;
        }
        for (int g = 0; g < groups; g++) {
            products.add(FloatProducts.rowsOf(a, g * rows * k, k), rows, k, op.transposeB()
                    ? FloatProducts.transposed(in.get(1), (long) g * k * n, k) : FloatProducts.matrix(b, g * k * n, n),
                    n, ys, g * rows * n);
        }
    }

    /** One row of a; what lies beyond {@code seen} tokens is never read: it may be stale cache. */
    private static void causalRow(MatMul op, float[] a, int row, int seen, float[] b, int bo, int k, int n, float[] y) {
        if (op.transposeB()) {
            for (int j = 0; j < Math.min(n, seen); j++) {
                y[row * n + j] = FloatMath.dot(a, row * k, b, bo + j * k, k);
            }
        } else {
            for (int j = 0; j < Math.min(k, seen); j++) {
                float factor = a[row * k + j];
                for (int c = 0; c < n; c++) {
                    y[row * n + c] += factor * b[bo + j * n + c];
                }
            }
        }
    }

    private static int position(TensorData pos) {
        if (pos.scalar() < 0) {
            throw new IllegalArgumentException("pos is " + pos.scalar() + ", must be at least 0");
        }
        return pos.scalar();
    }

    /** Along any axis; squares are summed in double as the op does it. */
    private void rmsNorm(RmsNorm op, List<TensorData> in, Tensor y) {
        Shape shape = in.get(0).shape();
        int c = shape.dim(op.axis()), inner = shape.inner(op.axis()), outer = shape.outer(op.axis());
        float[] x = in.get(0).toFloats(), gamma = in.get(1).toFloats(), ys = y.toFloats();
        // A unit is a strip of neighbouring pixels of one picture, or a row where the axis is innermost.
        int strip = Math.min(inner, 256);
        int strips = (inner + strip - 1) / strip;
        team.forRanges(outer * strips, Math.max(1, ELEMENTS_PER_UNIT / (c * strip)), (from, to) -> {
            for (int unit = from; unit < to; unit++) {
                int first = unit % strips * strip;
                FastFloatMath.rmsNorm(x, unit / strips * c * inner + first, c, inner, Math.min(strip, inner - first), gamma, op.epsilon(), ys);
            }
        });
    }

    private void softmax(Softmax op, List<TensorData> in, Tensor y) {
        Shape shape = in.get(0).shape();
        int n = shape.dim(-1);
        float[] x = in.get(0).toFloats(), ys = y.toFloats();
        int pos = op.causal() ? position(in.get(1)) : 0;
        team.forRanges(x.length / n, Math.max(1, ELEMENTS_PER_UNIT / n), (from, to) -> {
            for (int row = from; row < to; row++) {
                FastFloatMath.softmax(kernel, x, row * n, op.causal() ? Math.min(n, pos + row % shape.dim(1) + 1) : n, n, ys);
            }
        });
    }

    /** Blocks of innermost rows where these stay together, tiles of elements otherwise. */
    private void transpose(Transpose op, TensorData in, Tensor y) {
        Shape from = in.shape(), to = y.shape();
        int rank = to.rank();
        float[] x = in.toFloats(), ys = y.toFloats();
        int columns = to.dim(-1);
        int step = from.inner(op.permutation().get(rank - 1));
        team.forRanges(ys.length / columns, Math.max(1, ELEMENTS_PER_UNIT / columns), (first, last) -> {
            for (int row = first; row < last; row++) {
                int at = 0;
                int rest = row;
                for (int a = rank - 2; a >= 0; a--) {
                    at += rest % to.dim(a) * from.inner(op.permutation().get(a));
                    rest /= to.dim(a);
                }
                if (step == 1) {
                    System.arraycopy(x, at, ys, row * columns, columns);
                } else {
                    for (int j = 0; j < columns; j++) {
                        ys[row * columns + j] = x[at + j * step];
                    }
                }
            }
        });
    }

    /** Fills rows of {@code width} with {@code bias}, or nothing without one. */
    static void fillRows(List<TensorData> in, float[] y, int width) {
        if (in.size() > 2) {
            float[] bias = in.get(2).toFloats();
            for (int at = 0; at < y.length; at += width) {
                System.arraycopy(bias, 0, y, at, width);
            }
        }
    }

    /** Fills planes of {@code area} with their channel's bias, or nothing without one. */
    static void fillPlanes(List<TensorData> in, float[] y, int area) {
        if (in.size() > 2) {
            float[] bias = in.get(2).toFloats();
            for (int c = 0; c < bias.length; c++) {
                Arrays.fill(y, c * area, (c + 1) * area, bias[c]);
            }
        }
    }
}

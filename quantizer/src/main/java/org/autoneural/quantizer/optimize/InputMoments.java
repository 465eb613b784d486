package org.autoneural.quantizer.optimize;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.autoneural.ir.op.Conv2d;
import org.autoneural.quantizer.observe.TensorSink;

/**
 * First and second moments of a layer's inputs: for each channel group the sums {@code sum x} and {@code sum x x^T} over the
 * rows (linear) or patches (convolution) that calibration shows, patches in the order of the weight's axes, padding as zeros.
 * Rows are seen once and not kept; {@code 8 * groups * inputs^2} bytes are held. Deterministic: each element is summed in the
 * order of the rows, whatever the number of threads.
 *
 * <p>Of a piece with more than {@value #MOST_ROWS} rows every n-th is used.
 */
public final class InputMoments implements TensorSink {
    private static final int MOST_ROWS = 256;
    /** A multiple of 4. */
    private static final int BLOCK = 64;
    private static final int TILE = 64;

    private final Layer layer;
    private final int groups;
    private final int width;
    private final double[][] second;
    private final double[][] first;
    private long rows;

    /** Nothing seen yet. */
    public InputMoments(Layer layer) {
        this.layer = layer;
        this.groups = layer.groups();
        this.width = layer.inputs();
        this.second = new double[groups][width * width];
        this.first = new double[groups][width];
    }

    /** Bytes that the moments of {@code layer} take. */
    public static long bytes(Layer layer) {
        return 8L * layer.groups() * layer.inputs() * layer.inputs();
    }

    /** Rows taken in. */
    public long rows() {
        return rows;
    }

    /** Mean input of group {@code g}. */
    public double[] mean(int g) {
        double[] mean = new double[width];
        for (int k = 0; k < width; k++) {
            mean[k] = rows == 0 ? 0 : first[g][k] / rows;
        }
        return mean;
    }

    /**
     * Mean of {@code x x^T} of group {@code g}, row-major {@code [inputs, inputs]}, symmetric; {@code centered}: of
     * {@code (x - mean)(x - mean)^T}.
     */
    public double[] second(int g, boolean centered) {
        double[] mean = centered ? mean(g) : new double[width];
        double[] full = new double[width * width];
        for (int i = 0; i < width; i++) {
            for (int j = 0; j <= i; j++) {
                double v = rows == 0 ? 0 : second[g][i * width + j] / rows - mean[i] * mean[j];
                full[i * width + j] = v;
                full[j * width + i] = v;
            }
        }
        return full;
    }

    /**
     * {@link #second} as an estimate for inputs not seen: what different inputs have in common is multiplied by
     * {@code rows / (rows + inputs)}. Few rows show correlations that are not there, and an algorithm that trusts them rounds
     * for these rows alone (the shrinkage of Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance
     * matrices", 2004, with a fixed weight).
     */
    double[] estimate(int g, boolean centered) {
        double[] h = second(g, centered);
        double trust = rows / (double) (rows + width);
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < width; j++) {
                h[i * width + j] *= i == j ? 1 : trust;
            }
        }
        return h;
    }

    @Override
    public void observe(float[] values, int from, int count) {
        if (layer.node().op() instanceof Conv2d conv) {
            patches(conv, values, from);
            return;
        }
        int n = count / width;
        int step = (n + MOST_ROWS - 1) / MOST_ROWS;
        Rows block = new Rows(0);
        for (int r = 0; r < n; r += step) {
            widen(values, from + r * width, block.next(), 0, width);
        }
        block.flush();
        rows += (n + step - 1) / step;
    }

    private void patches(Conv2d conv, float[] values, int from) {
        int h = layer.xShape().dim(1);
        int w = layer.xShape().dim(2);
        int c = layer.xShape().dim(3);
        int kh = conv.kernelH(layer.data().shape());
        int kw = conv.kernelW(layer.data().shape());
        List<Integer> pads = conv.pads();
        int ho = (h + pads.get(0) + pads.get(2) - (kh - 1) * conv.dilationH() - 1) / conv.strideH() + 1;
        int wo = (w + pads.get(1) + pads.get(3) - (kw - 1) * conv.dilationW() - 1) / conv.strideW() + 1;
        int step = (ho * wo + MOST_ROWS - 1) / MOST_ROWS;
        int cg = c / groups;
        IntStream.range(0, groups).parallel().forEach(g -> {
            Rows block = new Rows(g);
            for (int p = 0; p < ho * wo; p += step) {
                double[] patch = block.next();
                for (int u = 0, at = 0; u < kh; u++) {
                    int y = p / wo * conv.strideH() + u * conv.dilationH() - pads.get(0);
                    for (int v = 0; v < kw; v++, at += cg) {
                        int x = p % wo * conv.strideW() + v * conv.dilationW() - pads.get(1);
                        if (y >= 0 && y < h && x >= 0 && x < w) {
                            widen(values, from + (y * w + x) * c + g * cg, patch, at, cg);
                        } else {
                            Arrays.fill(patch, at, at + cg, 0);
                        }
                    }
                }
            }
            block.flush();
        });
        rows += (ho * wo + step - 1) / step;
    }

    private static void widen(float[] values, int from, double[] target, int at, int count) {
        for (int i = 0; i < count; i++) {
            target[at + i] = values[from + i];
        }
    }

    /** Collects some rows of one group, then adds them tile by tile, so that a tile stays in the cache for all of them. */
    private final class Rows {
        private final int group;
        private final double[][] block = new double[BLOCK][width];
        private int filled;

        Rows(int group) {
            this.group = group;
        }

        double[] next() {
            if (filled == BLOCK) {
                flush();
            }
            return block[filled++];
        }

        void flush() {
            for (int r = filled; r % 4 != 0; r++) {
                Arrays.fill(block[r], 0); // rows are added four at a time
            }
            int tiles = (width + TILE - 1) / TILE;
            IntStream range = IntStream.range(0, tiles);
            (tiles > 2 ? range.parallel() : range).forEach(this::addTiles);
            for (int r = 0; r < filled; r++) {
                for (int k = 0; k < width; k++) {
                    first[group][k] += block[r][k];
                }
            }
            filled = 0;
        }

        private void addTiles(int tile) {
            double[] sums = second[group];
            int to = Math.min(width, (tile + 1) * TILE);
            for (int left = 0; left < to; left += TILE) {
                for (int r = 0; r < filled; r += 4) {
                    for (int i = tile * TILE; i < to; i++) {
                        addFour(block, r, i, left, Math.min(left + TILE, i + 1), sums, i * width);
                    }
                }
            }
        }
    }

    /** {@code sums[at + j] += x[r][i] * x[r][j]} for four rows r, one after another. */
    private static void addFour(double[][] x, int r, int i, int from, int to, double[] sums, int at) {
        double[] x0 = x[r];
        double[] x1 = x[r + 1];
        double[] x2 = x[r + 2];
        double[] x3 = x[r + 3];
        double f0 = x0[i];
        double f1 = x1[i];
        double f2 = x2[i];
        double f3 = x3[i];
        for (int j = from; j < to; j++) {
            sums[at + j] = sums[at + j] + f0 * x0[j] + f1 * x1[j] + f2 * x2[j] + f3 * x3[j];
        }
    }
}

package org.autoneural.ir.interpret;

import java.util.Arrays;
import org.autoneural.ir.DType;
import org.autoneural.ir.Tensor;
import org.autoneural.ir.TensorData;

/**
 * Matrix products {@code y[m, n] += sum over k of a[m, k] * b[k, n]} in blocks: columns of b are packed to panels
 * {@code [k][n]} of f32, a group of about 8 MiB at a time, and each panel meets all rows of a. Each element's sum runs over
 * k in ascending order, in blocks of {@link #DEPTH}.
 */
final class FloatProducts {
    /** Rows of a and b that meet in one block: such a panel, 256 KiB, stays in the second-level cache. */
    private static final int DEPTH = 256;
    private static final int WIDTH = 256;
    private static final int ROWS = 64;
    private static final long GROUP_ELEMENTS = 2 << 20;

    /** A block of rows of a: row r, element k is {@code values[offset + r * stride + k]}. */
    record Rows(float[] values, int offset, int stride) {}

    /** Gives rows of a: those of an array, or gathered into a new one. */
    @FunctionalInterface
    interface RowSource {
        Rows rows(int first, int count);
    }

    /** Fills {@code panel[k][j] = b[firstDepth + k, firstColumn + j]} for {@code k < depth} and {@code j < columns}. */
    @FunctionalInterface
    interface PanelSource {
        void fill(int firstDepth, int depth, int firstColumn, int columns, float[][] panel);
    }

    private final Team team;
    private final FloatKernel kernel;

    FloatProducts(Team team, FloatKernel kernel) {
        this.team = team;
        this.kernel = kernel;
    }

    Team team() {
        return team;
    }

    /** Rows of an array: row m begins at {@code offset + m * stride}. */
    static RowSource rowsOf(float[] values, int offset, int stride) {
        return (first, count) -> new Rows(values, offset + first * stride, stride);
    }

    /** Adds a [rows, depth] times b [depth, columns] to y, whose row m begins at {@code yo + m * columns}. */
    void add(RowSource a, int rows, int depth, PanelSource b, int columns, float[] y, int yo) {
        int tilesPerGroup = (int) Math.max(1, GROUP_ELEMENTS / ((long) depth * WIDTH));
        int tiles = (columns + WIDTH - 1) / WIDTH;
        for (int first = 0; first < tiles; first += tilesPerGroup) {
            int count = Math.min(tilesPerGroup, tiles - first);
            int firstTile = first;
            int blocks = (depth + DEPTH - 1) / DEPTH;
            float[][][][] panels = new float[count][blocks][][];
            team.forEach(count * blocks, unit -> {
                int t = unit / blocks, k = unit % blocks;
                panels[t][k] = pack(b, k * DEPTH, Math.min(DEPTH, depth - k * DEPTH), (firstTile + t) * WIDTH, columns);
            });
            // Neighbouring units share a panel, which thus stays in the cache.
            int chunks = (rows + ROWS - 1) / ROWS;
            team.forEach(count * chunks, unit -> {
                int t = unit / chunks, row = unit % chunks * ROWS;
                multiply(a, row, Math.min(ROWS, rows - row), panels[t], (firstTile + t) * WIDTH, columns, y, yo);
            });
        }
    }

    private static float[][] pack(PanelSource b, int firstDepth, int depth, int column, int columns) {
        int valid = Math.min(WIDTH, columns - column);
        float[][] panel = new float[depth][padded(valid)];
        b.fill(firstDepth, depth, column, valid, panel);
        return panel;
    }

    private static int padded(int columns) {
        return (columns + FloatKernel.COLUMNS - 1) / FloatKernel.COLUMNS * FloatKernel.COLUMNS;
    }

    /** Rows {@code row .. row+count-1} by the panels, one behind the other in depth, whose first column is {@code column}. */
    private void multiply(RowSource a, int row, int count, float[][][] panels, int column, int columns, float[] y, int yo) {
        Rows block = a.rows(row, count);
        int valid = Math.min(WIDTH, columns - column);
        int padded = padded(valid);
        boolean whole = valid == padded;
        // A block whose last columns are padding is computed beside y.
        float[] target = whole ? y : new float[count * padded];
        int at = whole ? yo + row * columns + column : 0;
        int stride = whole ? columns : padded;
        for (int r = 0; r < count && !whole; r++) {
            System.arraycopy(y, yo + (row + r) * columns + column, target, r * padded, valid);
        }
        for (int k = 0; k < panels.length; k++) {
            kernel.block(block.values, block.offset + k * DEPTH, block.stride, count, panels[k], panels[k].length, padded, target, at, stride);
        }
        for (int r = 0; r < count && !whole; r++) {
            System.arraycopy(target, r * padded, y, yo + (row + r) * columns + column, valid);
        }
    }

    /** Panels of b = transposed w, w: [columns, depth], stored in any floating type anywhere. */
    static PanelSource transposed(TensorData w, long offset, int depth) {
        int strip = 16;
        return (firstDepth, n, firstColumn, columns, panel) -> {
            float[] rows = new float[strip * n];
            for (int j = 0; j < columns; j += strip) {
                int count = Math.min(strip, columns - j);
                for (int r = 0; r < count; r++) {
                    w.readFloats(offset + (long) (firstColumn + j + r) * depth + firstDepth, rows, r * n, n);
                }
                for (int k = 0; k < n; k++) {
                    float[] p = panel[k];
                    for (int r = 0; r < count; r++) {
                        p[j + r] = rows[r * n + k];
                    }
                }
            }
        };
    }

    /** Panels of b: [depth, columns] in an array. */
    static PanelSource matrix(float[] b, int offset, int columns) {
        return (firstDepth, n, firstColumn, count, panel) -> {
            for (int k = 0; k < n; k++) {
                System.arraycopy(b, offset + (firstDepth + k) * columns + firstColumn, panel[k], 0, count);
            }
        };
    }

    /** Few rows: {@code y[m, n] += dot(x[m], w[n])} with w: [columns, depth] read once, row by row. */
    void addFewRows(float[] x, int rows, int depth, TensorData w, int columns, float[] y) {
        float[][] xs = new float[rows][];
        for (int m = 0; m < rows; m++) {
            xs[m] = Arrays.copyOfRange(x, m * depth, (m + 1) * depth);
        }
        boolean onHeap = w instanceof Tensor t && t.dtype() == DType.F32;
        team.forRanges(columns, 128, (from, to) -> {
            float[] ws = onHeap ? w.toFloats() : new float[depth];
            for (int n = from; n < to; n++) {
                if (!onHeap) {
                    w.readFloats((long) n * depth, ws, 0, depth);
                }
                for (int m = 0; m < rows; m++) {
                    y[m * columns + n] += kernel.dot(ws, onHeap ? n * depth : 0, xs[m], depth);
                }
            }
        });
    }
}

package org.autoneural.ir;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The storage layout {@code tile32} of a constant matrix [O, K] of s8 or s4 (a convolution's [O, kh, kw, C] with
 * K = kh * kw * C), made for kernels whose lanes are output channels.
 *
 * <pre>
 * tile t      rows 32t .. 32t+31, weight 0 for rows from O on; tiles follow each other
 * in a tile   for each group of G columns k (G = 4 for s8, 8 for s4; weight 0 for columns from K on):
 *             32 words of 4 bytes, word c = row 32t + c
 * word, s8    byte j = column k + j, signed
 * word, s4    byte j = column k + j in the low nibble, column k + 4 + j in the high one, each stored as w + 8
 * </pre>
 *
 * One word holds neighbouring columns of one row, so that a vector of words meets one broadcast of activations, and the words of a
 * group lie together whatever the width of a vector.
 *
 * @param dtype s8 or s4
 * @param rows  O
 * @param depth K
 */
public record Tile32(DType dtype, int rows, int depth) {
    /** Rows of a tile. */
    public static final int ROWS = 32;
    /** Bytes of one group of columns of a tile. */
    public static final int GROUP_BYTES = 4 * ROWS;
    /** What is added to a 4-bit weight when it is stored. */
    public static final int BIAS_4 = 8;

    /** The layout of a tensor that {@link #fits}: O is its first extent. */
    public Tile32(DType dtype, Shape shape) {
        this(dtype, shape.dim(0), shape.dim(0) == 0 ? 0 : Math.toIntExact(shape.elements() / shape.dim(0)));
    }

    /** Whether the tensor is a matrix of weights. */
    public static boolean fits(DType dtype, Shape shape) {
        return (dtype == DType.S8 || dtype == DType.S4) && shape.rank() >= 2
                && (shape.dim(0) == 0 || shape.elements() / shape.dim(0) <= Integer.MAX_VALUE - 8);
    }

    /** Columns in a word: G. */
    public int groupColumns() {
        return dtype == DType.S4 ? 8 : 4;
    }

    /** Groups of columns in a tile. */
    public int groups() {
        return (depth + groupColumns() - 1) / groupColumns();
    }

    /** Number of tiles. */
    public int tiles() {
        return (rows + ROWS - 1) / ROWS;
    }

    /** Bytes of one tile. */
    public long tileBytes() {
        return (long) groups() * GROUP_BYTES;
    }

    /** Bytes of all tiles. */
    public long sizeBytes() {
        return tiles() * tileBytes();
    }

    /** Where the word of row {@code row} and the group of column {@code column} begins. */
    public long wordOffset(int row, int column) {
        return row / ROWS * tileBytes() + (long) (column / groupColumns()) * GROUP_BYTES + row % ROWS * 4;
    }

    /** The weight in column {@code column} of a word: {@code word}'s bytes are little-endian. */
    public int weight(int word, int column) {
        int j = column & 3;
        if (dtype == DType.S8) {
            return (byte) (word >>> 8 * j);
        }
        return (word >>> 8 * j + (column & 4) & 15) - BIAS_4;
    }

    /**
     * Packs tiles {@code from .. to-1} of {@code data}, which has {@link #rows} times {@link #depth} elements, into
     * {@code target} from its position on, and moves it behind them. Reads each element once, row by row.
     *
     * @throws IllegalArgumentException naming the element that its type cannot hold
     */
    public void pack(TensorData data, int from, int to, ByteBuffer target) {
        int[] row = new int[groups() * groupColumns()];
        byte[] tile = new byte[Math.toIntExact(tileBytes())];
        for (int t = from; t < to; t++) {
            for (int c = 0; c < ROWS; c++) {
                int o = t * ROWS + c;
                if (o < rows) {
                    data.readInts((long) o * depth, row, 0, depth);
                    check(row, o);
                } else {
                    Arrays.fill(row, 0);
                }
                packRow(row, tile, c);
            }
            target.put(tile);
        }
    }

    private void check(int[] row, int o) {
        for (int k = 0; k < depth; k++) {
            if (row[k] < dtype.min() || row[k] > dtype.max()) {
                throw new IllegalArgumentException("element " + ((long) o * depth + k) + " = " + row[k] + " outside " + dtype.text()
                        + " [" + dtype.min() + ", " + dtype.max() + "]");
            }
        }
    }

    private void packRow(int[] row, byte[] tile, int c) {
        boolean nibbles = dtype == DType.S4;
        for (int k = 0, at = 4 * c; k < row.length; k += groupColumns(), at += GROUP_BYTES) {
            for (int j = 0; j < 4; j++) {
                tile[at + j] = (byte) (nibbles ? row[k + j] + BIAS_4 | row[k + 4 + j] + BIAS_4 << 4 : row[k + j]);
            }
        }
    }
}

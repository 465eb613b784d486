package org.autoneural.sim.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.StorageLayout;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorViews;
import org.autoneural.ir.Tile32;

/**
 * A constant matrix [O, K] of s8 or s4 in tiles ({@link Tile32}), where a compiled program stores them (a mapped file). The weights of
 * a program that was not compiled are packed when it is loaded.
 */
public final class Weights {
    /** Words of a cache line. */
    static final int LINE_WORDS = 16;

    private final ByteBuffer storage;
    private final IntBuffer words;
    private final LongBuffer longs;
    private final Tile32 tiles;

    /** @param data s8 or s4, [O, ...] with K elements in each of O rows */
    public Weights(TensorData data) {
        tiles = new Tile32(data.dtype(), data.shape());
        Optional<ByteBuffer> stored = data.layout() == StorageLayout.TILE32 ? data.storage() : Optional.empty();
        storage = stored.orElseGet(() -> pack(data)).order(ByteOrder.LITTLE_ENDIAN);
        words = storage.asIntBuffer();
        longs = storage.asLongBuffer();
    }

    /** Rows {@code first .. first+count-1} of {@code data}, as a matrix of its own: one group of a convolution. */
    static Weights ofRows(TensorData data, int first, int count) {
        return new Weights(TensorViews.rows(data, first, count));
    }

    private ByteBuffer pack(TensorData data) {
        ByteBuffer packed = ByteBuffer.allocate(Math.toIntExact(tiles.sizeBytes()));
        tiles.pack(data, 0, tiles.tiles(), packed);
        return packed.flip();
    }

    /** O. */
    public int rows() {
        return tiles.rows();
    }

    /** K. */
    public int depth() {
        return tiles.depth();
    }

    /** How the weights lie in the tiles. */
    public Tile32 tiles() {
        return tiles;
    }

    /** The tiles, little-endian, from 0 to the limit; of a mapped model a direct buffer that starts at a multiple of 64. */
    public ByteBuffer storage() {
        return storage.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean isNibbles() {
        return tiles.dtype() == DType.S4;
    }

    /** Greatest magnitude of a weight. */
    long bound() {
        return isNibbles() ? Tile32.BIAS_4 : 128;
    }

    /** All elements as ints in the order [K, O]: for small tensors that a kernel reads by channel. */
    static int[] byColumn(TensorData data) {
        int rows = data.shape().dim(0);
        int[] values = data.toInts();
        int[] all = new int[values.length];
        int depth = rows == 0 ? 0 : values.length / rows;
        for (int o = 0; o < rows; o++) {
            for (int k = 0; k < depth; k++) {
                all[k * rows + o] = values[o * depth + k];
            }
        }
        return all;
    }

    /** Copies {@code count} groups of columns of tile {@code tile} from group {@code group} on to {@code target[0 ..]}. */
    void fetch(int tile, int group, int count, byte[] target) {
        storage.get((tile * tiles.groups() + group) * Tile32.GROUP_BYTES, target, 0, count * Tile32.GROUP_BYTES);
    }

    /** Pairs of words; read at absolute indices only. */
    public LongBuffer longs() {
        return longs;
    }

    /** Where in {@link #longs} a group of columns of a tile begins. */
    public int firstLong(int tile, int group) {
        return (tile * tiles.groups() + group) * (Tile32.GROUP_BYTES / Long.BYTES);
    }

    /** Where a group of columns of a tile begins among the words. */
    int firstWord(int tile, int group) {
        return (tile * tiles.groups() + group) * Tile32.ROWS;
    }

    /**
     * Reads a word of each cache line of a group of columns of {@code count} tiles, to bring the lines into the cache: the group that
     * begins at {@code at} and, tile by tile, those in the same place. Returns something made of the words ({@link Scratch#seen}).
     */
    int readLines(int at, int count) {
        int step = tiles.groups() * Tile32.ROWS;
        int end = Math.min(words.limit(), at + count * step);
        int seen = 0;
        for (int i = at; i < end; i += step) {
            seen ^= words.get(i) ^ words.get(i + LINE_WORDS);
        }
        return seen;
    }

    /** Copies the words of groups of columns {@code group .. group+count-1} of tile {@code tile} to {@code target[g][at ..]}. */
    void fetchWords(int tile, int group, int count, int[][] target, int at) {
        int from = firstWord(tile, group);
        for (int g = 0; g < count; g++) {
            words.get(from + g * Tile32.ROWS, target[g], at, Tile32.ROWS);
        }
    }
}

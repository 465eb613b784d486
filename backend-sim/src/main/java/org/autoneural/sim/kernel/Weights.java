package org.autoneural.sim.kernel;

import java.nio.ByteBuffer;
import org.autoneural.ir.DType;
import org.autoneural.ir.TensorData;

/**
 * A constant matrix [O, K] of s8 or s4 where it is stored (a mapped file), read in blocks of rows. An s4 row begins in the
 * middle of a byte when K and its index are odd.
 */
final class Weights {
    private final ByteBuffer storage;
    private final boolean nibbles;
    private final int rows;
    private final int depth;

    /** @param data s8 or s4, [O, ...] with K elements in each of O rows */
    Weights(TensorData data) {
        nibbles = data.dtype() == DType.S4;
        rows = data.shape().dim(0);
        depth = rows == 0 ? 0 : Math.toIntExact(data.elements() / rows);
        storage = data.storage().orElseGet(() -> pack(data));
    }

    /** Heap tensors have no packed storage. */
    private static ByteBuffer pack(TensorData data) {
        int n = Math.toIntExact(data.elements());
        byte[] packed = new byte[Math.toIntExact(data.dtype().sizeBytes(n))];
        for (int i = 0; i < n; i++) {
            int v = (int) data.getLong(i);
            if (data.dtype() == DType.S4) {
                packed[i >> 1] |= (byte) ((v & 15) << ((i & 1) * 4));
            } else {
                packed[i] = (byte) v;
            }
        }
        return ByteBuffer.wrap(packed);
    }

    int rows() {
        return rows;
    }

    int depth() {
        return depth;
    }

    /** Greatest magnitude of a weight. */
    long bound() {
        return nibbles ? 8 : 128;
    }

    /** Whether every row is a whole number of bytes of two 4-bit weights. */
    boolean isPaired() {
        return nibbles && depth % 2 == 0;
    }

    /** Copies rows {@code row .. row+count-1} of pairs as they are; {@link #isPaired} holds. Returns nothing; a row has K/2 bytes. */
    void readPairs(int row, int count, byte[] target) {
        storage.get(row * (depth / 2), target, 0, count * (depth / 2));
    }

    /** Rows {@code row .. row+count-1} as bytes, K a row. */
    void read(int row, int count, byte[] target) {
        if (!nibbles) {
            storage.get(row * depth, target, 0, count * depth);
            return;
        }
        long first = (long) row * depth;
        int n = count * depth;
        int bytes = (int) (((first + n + 1) >> 1) - (first >> 1));
        // Packed bytes go to the end of the room and are spread out from there, front to back: reading stays ahead of writing.
        int from = n - bytes + 1;
        storage.get((int) (first >> 1), target, from, bytes);
        int i = 0;
        int at = from;
        if ((first & 1) != 0) {
            target[i++] = (byte) (target[at++] >> 4);
        }
        for (; i + 1 < n; i += 2) {
            int b = target[at++];
            target[i] = (byte) (b << 28 >> 28);
            target[i + 1] = (byte) (b >> 4);
        }
        if (i < n) {
            target[i] = (byte) (target[at] << 28 >> 28);
        }
    }

    /** Bytes of room that {@link #read} needs for {@code count} rows. */
    int room(int count) {
        return count * depth + 1;
    }

    /** All weights as ints in the order [K, O]: for small tensors that a kernel reads by channel. */
    int[] transposed() {
        byte[] row = new byte[room(1)];
        int[] all = new int[rows * depth];
        for (int o = 0; o < rows; o++) {
            read(o, 1, row);
            for (int k = 0; k < depth; k++) {
                all[k * rows + o] = row[k];
            }
        }
        return all;
    }
}

package org.autoneural.ir;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Read-only dense values, their elements numbered row-major. The values may lie on the heap ({@link Tensor}) or in a mapped
 * file, in whatever {@link #layout}; reading an element never copies the tensor.
 */
public interface TensorData {
    /** Type of the stored elements (a weight that the graph uses as f32 may be stored as bf16). */
    DType dtype();

    /** Extents of the axes; row-major, the last axis is the fastest. */
    Shape shape();

    /** Element {@code index} (row-major) as a float; integers convert exactly up to 24 bits. */
    float getFloat(long index);

    /** Element {@code index} (row-major) of an integer tensor. */
    long getLong(long index);

    /** Number of elements. */
    default long elements() {
        return shape().elements();
    }

    /** Copies elements {@code from .. from+count-1} as floats to {@code target[offset..]}. */
    default void readFloats(long from, float[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = getFloat(from + i);
        }
    }

    /** Copies elements {@code from .. from+count-1} of an integer tensor to {@code target[offset..]}. */
    default void readInts(long from, int[] target, int offset, int count) {
        for (int i = 0; i < count; i++) {
            target[offset + i] = Math.toIntExact(getLong(from + i));
        }
    }

    /** All elements as floats, in an array that the caller must not change. */
    default float[] toFloats() {
        float[] all = new float[Math.toIntExact(elements())];
        readFloats(0, all, 0, all.length);
        return all;
    }

    /** All elements of an integer tensor of at most 32 bits, in an array that the caller must not change. */
    default int[] toInts() {
        int[] all = new int[Math.toIntExact(elements())];
        readInts(0, all, 0, all.length);
        return all;
    }

    /** All elements of an integer tensor, in an array that the caller must not change. */
    default long[] toLongs() {
        long[] all = new long[Math.toIntExact(elements())];
        boolean narrow = dtype() != DType.S64 && dtype() != DType.U32;
        int[] ints = narrow ? toInts() : new int[0];
        for (int i = 0; i < all.length; i++) {
            all[i] = narrow ? ints[i] : getLong(i);
        }
        return all;
    }

    /**
     * Of an integer tensor, for each index of axis 0 the sum of the absolute values of its elements. Reads all of it in small
     * pieces, on all processors; tensors that compute their elements remember the result.
     */
    default long[] rowMagnitudes() {
        int rows = shape().dim(0);
        long length = rows == 0 ? 0 : elements() / rows;
        return IntStream.range(0, rows).parallel().mapToLong(row -> {
            int[] piece = new int[(int) Math.min(4096, length)];
            long sum = 0;
            for (long done = 0; done < length; done += piece.length) {
                int count = (int) Math.min(piece.length, length - done);
                readInts(row * length + done, piece, 0, count);
                for (int i = 0; i < count; i++) {
                    sum += Math.abs((long) piece[i]);
                }
            }
            return sum;
        }).toArray();
    }

    /** The first element of an index tensor such as {@code pos} or {@code n_valid}. */
    default int scalar() {
        return Math.toIntExact(getLong(0));
    }

    /** The order of the bytes in {@link #storage}, and of those that a model file is to hold. */
    default StorageLayout layout() {
        return StorageLayout.ROW_MAJOR;
    }

    /**
     * The packed bytes of all elements in the order of {@link #layout}, when they lie in one piece of memory: a read-only
     * view, so that kernels and writers can move blocks without touching single elements.
     */
    default Optional<ByteBuffer> storage() {
        return Optional.empty();
    }
}

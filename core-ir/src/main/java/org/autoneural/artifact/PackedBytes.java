package org.autoneural.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.StorageLayout;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.Tile32;

/**
 * The elements of a tensor as the bytes of a segment, in blocks, in the layout that the tensor asks for (row-major s4: the
 * high nibble behind the last element of an odd number is 0).
 */
final class PackedBytes {
    // Even, so that a block of s4 ends on a whole byte.
    private static final int BLOCK_ELEMENTS = 1 << 17;
    private static final int BLOCK_BYTES = 1 << 20;

    private PackedBytes() {}

    /** Takes the next bytes, between position and limit; may move the position. */
    @FunctionalInterface
    interface Sink {
        void write(ByteBuffer bytes) throws IOException;
    }

    /** Whether tensors of this type can be packed and read back exactly. */
    static boolean supports(DType dtype) {
        return dtype != DType.F64 && dtype != DType.F16;
    }

    /**
     * Sends all of {@code data} to {@code sink} without holding it in memory.
     *
     * @throws IllegalArgumentException naming the element when the tensor breaks the promise of its type
     */
    static void copy(TensorData data, Sink sink) throws IOException {
        Optional<ByteBuffer> storage = data.storage();
        if (storage.isPresent()) {
            copyStorage(data, storage.get(), sink);
            return;
        }
        if (data.layout() == StorageLayout.TILE32) {
            copyTiles(data, new Tile32(data.dtype(), data.shape()), sink);
            return;
        }
        ByteBuffer block = ByteBuffer.allocate((int) Math.min(data.dtype().sizeBytes(data.elements()),
                data.dtype().sizeBytes(BLOCK_ELEMENTS))).order(ByteOrder.LITTLE_ENDIAN);
        for (long from = 0; from < data.elements(); from += BLOCK_ELEMENTS) {
            pack(data, from, Math.min(data.elements(), from + BLOCK_ELEMENTS), block.clear());
            sink.write(block.flip());
        }
    }

    private static void copyStorage(TensorData data, ByteBuffer storage, Sink sink) throws IOException {
        long sizeBytes = data.layout().sizeBytes(data.dtype(), data.shape());
        if (storage.remaining() != sizeBytes) {
            throw new IllegalArgumentException("storage of " + storage.remaining() + " bytes for " + data.dtype().text()
                    + data.shape() + ", which takes " + sizeBytes);
        }
        boolean halfByte = data.layout() == StorageLayout.ROW_MAJOR && data.dtype() == DType.S4 && data.elements() % 2 != 0;
        int end = storage.limit() - (halfByte ? 1 : 0);
        for (int at = storage.position(); at < end; ) {
            int size = Math.min(BLOCK_BYTES, end - at);
            sink.write(storage.duplicate().limit(at + size).position(at));
            at += size;
        }
        if (halfByte) {
            sink.write(ByteBuffer.wrap(new byte[] {(byte) (storage.get(end) & 0xF)}));
        }
    }

    private static void copyTiles(TensorData data, Tile32 tiles, Sink sink) throws IOException {
        int step = (int) Math.max(1, BLOCK_BYTES / Math.max(1, tiles.tileBytes()));
        ByteBuffer block = ByteBuffer.allocate((int) Math.min(tiles.sizeBytes(), step * tiles.tileBytes()));
        for (int from = 0; from < tiles.tiles(); from += step) {
            tiles.pack(data, from, Math.min(tiles.tiles(), from + step), block.clear());
            sink.write(block.flip());
        }
    }

    private static void pack(TensorData data, long from, long to, ByteBuffer block) {
        DType dtype = data.dtype();
        for (long i = from; i < to; i++) {
            switch (dtype) {
                case F32 -> block.putInt(Float.floatToRawIntBits(data.getFloat(i)));
                case BF16 -> block.putShort(bf16(data, i));
                case S4 -> {
                    int low = (int) integer(data, i) & 0xF;
                    i++;
                    block.put((byte) (i < to ? low | (int) integer(data, i) << 4 : low));
                }
                case S8, U8, BOOL -> block.put((byte) integer(data, i));
                case S16, U16 -> block.putShort((short) integer(data, i));
                case S32, U32 -> block.putInt((int) integer(data, i));
                case S64 -> block.putLong(data.getLong(i));
                case F64, F16 -> throw new IllegalArgumentException("elements of type " + dtype.text());
            }
        }
    }

    private static long integer(TensorData data, long index) {
        long value = data.getLong(index);
        if (value < data.dtype().min() || value > data.dtype().max()) {
            throw new IllegalArgumentException("element " + index + " = " + value + " outside " + data.dtype().text() + " ["
                    + data.dtype().min() + ", " + data.dtype().max() + "]");
        }
        return value;
    }

    private static short bf16(TensorData data, long index) {
        int bits = Float.floatToRawIntBits(data.getFloat(index));
        if ((bits & 0xFFFF) != 0) {
            throw new IllegalArgumentException("element " + index + " = " + data.getFloat(index) + ", which is no bf16 number");
        }
        return (short) (bits >>> 16);
    }
}

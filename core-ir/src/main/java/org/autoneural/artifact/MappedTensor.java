package org.autoneural.artifact;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;
import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.StorageLayout;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.Tile32;

/** A constant whose elements stay in the mapped file; see {@link PackedBytes} for their form. Safe for several threads. */
final class MappedTensor implements TensorData {
    private final DType dtype;
    private final Shape shape;
    private final StorageLayout layout;
    /** Used by {@link StorageLayout#TILE32} alone. */
    private final Tile32 tiles;
    private final ByteBuffer bytes;

    /** @param bytes read-only, exactly the packed elements from 0 to the limit */
    MappedTensor(DType dtype, Shape shape, StorageLayout layout, ByteBuffer bytes) {
        this.dtype = dtype;
        this.shape = shape;
        this.layout = layout;
        tiles = layout == StorageLayout.TILE32 ? new Tile32(dtype, shape) : new Tile32(dtype, 0, 0);
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public float getFloat(long index) {
        return switch (dtype) {
            case F32 -> bytes.getFloat(Math.toIntExact(index * 4));
            case BF16 -> Float.intBitsToFloat(bytes.getShort(Math.toIntExact(index * 2)) << 16);
            default -> getLong(index);
        };
    }

    @Override
    public long getLong(long index) {
        if (layout == StorageLayout.TILE32) {
            int row = (int) (Objects.checkIndex(index, elements()) / tiles.depth());
            int column = (int) (index % tiles.depth());
            return tiles.weight(bytes.getInt((int) tiles.wordOffset(row, column)), column);
        }
        return switch (dtype) {
            case S4 -> {
                // An s4 segment below 2 GiB may have more than 2^31 elements.
                Objects.checkIndex(index, elements());
                yield (byte) (bytes.get((int) (index >> 1)) << (index % 2 == 0 ? 4 : 0)) >> 4;
            }
            case S8 -> bytes.get(Math.toIntExact(index));
            case U8, BOOL -> bytes.get(Math.toIntExact(index)) & 0xFF;
            case S16 -> bytes.getShort(Math.toIntExact(index * 2));
            case U16 -> bytes.getShort(Math.toIntExact(index * 2)) & 0xFFFF;
            case S32 -> bytes.getInt(Math.toIntExact(index * 4));
            case U32 -> Integer.toUnsignedLong(bytes.getInt(Math.toIntExact(index * 4)));
            case S64 -> bytes.getLong(Math.toIntExact(index * 8));
            case F64, F32, F16, BF16 -> throw new IllegalStateException("a " + dtype.text() + " tensor has no integer elements");
        };
    }

    /**
     * Multipliers, shifts, biases and tables are read so when a model is loaded, by code that is not compiled yet: in bulk. Of tiles each
     * word is read once.
     */
    @Override
    public void readInts(long from, int[] target, int offset, int count) {
        if (layout == StorageLayout.TILE32) {
            readTiles(from, target, offset, count);
            return;
        }
        if (dtype != DType.S32 && dtype != DType.S16 && dtype != DType.S8) {
            TensorData.super.readInts(from, target, offset, count);
            return;
        }
        Objects.checkFromIndexSize(from, count, elements());
        int bytesEach = dtype.bits() / 8;
        ByteBuffer range = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(Math.toIntExact(from * bytesEach));
        if (dtype == DType.S32) {
            range.asIntBuffer().get(target, offset, count);
        } else if (dtype == DType.S16) {
            short[] values = new short[count];
            range.asShortBuffer().get(values);
            for (int i = 0; i < count; i++) {
                target[offset + i] = values[i];
            }
        } else {
            byte[] values = new byte[count];
            range.get(values);
            for (int i = 0; i < count; i++) {
                target[offset + i] = values[i];
            }
        }
    }

    private void readTiles(long from, int[] target, int offset, int count) {
        Objects.checkFromIndexSize(from, count, elements());
        int row = count == 0 ? 0 : (int) (from / tiles.depth());
        int column = count == 0 ? 0 : (int) (from % tiles.depth());
        for (int i = 0; i < count; column = 0, row++) {
            int end = Math.min(tiles.depth(), column + count - i);
            while (column < end) {
                int word = bytes.getInt((int) tiles.wordOffset(row, column));
                int last = Math.min(end, (column / tiles.groupColumns() + 1) * tiles.groupColumns());
                for (; column < last; column++) {
                    target[offset + i++] = tiles.weight(word, column);
                }
            }
        }
    }

    @Override
    public StorageLayout layout() {
        return layout;
    }

    @Override
    public Optional<ByteBuffer> storage() {
        return Optional.of(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    @Override
    public String toString() {
        return dtype.text() + shape;
    }
}

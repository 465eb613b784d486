package org.autoneural.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Tile32Test {
    /** The layout as docs/artifact-format.md words it, element by element. */
    private static byte[] byTheBook(Tensor w) {
        boolean nibbles = w.dtype() == DType.S4;
        int rows = w.shape().dim(0);
        int depth = (int) w.elements() / rows;
        int g = nibbles ? 8 : 4;
        ByteBuffer out = ByteBuffer.allocate((rows + 31) / 32 * ((depth + g - 1) / g) * 128);
        for (int t = 0; t < rows; t += 32) {
            for (int k = 0; k < depth; k += g) {
                for (int o = t; o < t + 32; o++) {
                    for (int j = 0; j < 4; j++) {
                        int low = o < rows && k + j < depth ? (int) w.getLong((long) o * depth + k + j) : 0;
                        int high = o < rows && k + 4 + j < depth ? (int) w.getLong((long) o * depth + k + 4 + j) : 0;
                        out.put((byte) (nibbles ? low + 8 + (high + 8) * 16 : low));
                    }
                }
            }
        }
        return out.array();
    }

    private static Tensor random(DType type, Random random, int... dims) {
        Shape shape = Shape.of(dims);
        return Tensor.ofInts(type, shape, random.ints(shape.elements(), (int) type.min(), (int) type.max() + 1).toArray());
    }

    @Test
    void bytesStandWhereThePageSays() {
        Random random = new Random(3);
        for (DType type : List.of(DType.S4, DType.S8)) {
            for (int[] dims : new int[][] {{1, 1}, {31, 8}, {32, 4}, {33, 17}, {70, 3, 3, 5}, {64, 129}}) {
                Tensor w = random(type, random, dims);
                Tile32 tiles = new Tile32(type, w.shape());
                ByteBuffer packed = ByteBuffer.allocate((int) tiles.sizeBytes());
                tiles.pack(w, 0, tiles.tiles(), packed);
                assertThat(packed.hasRemaining()).isFalse();
                assertThat(packed.array()).as("%s", w).isEqualTo(byTheBook(w));
            }
        }
    }

    @Test
    void tilesCanBePackedApart() {
        Tensor w = random(DType.S4, new Random(4), 130, 19);
        Tile32 tiles = new Tile32(DType.S4, w.shape());
        ByteBuffer whole = ByteBuffer.allocate((int) tiles.sizeBytes());
        tiles.pack(w, 0, 5, whole);
        ByteBuffer parts = ByteBuffer.allocate((int) tiles.sizeBytes());
        for (int t = 0; t < 5; t++) {
            tiles.pack(w, t, t + 1, parts);
        }
        assertThat(parts.array()).isEqualTo(whole.array());
    }

    @Test
    void aWeightOutsideItsTypeIsNamed() {
        TensorData w = new TensorData() {
            @Override
            public DType dtype() {
                return DType.S4;
            }

            @Override
            public Shape shape() {
                return Shape.of(2, 3);
            }

            @Override
            public float getFloat(long index) {
                return index;
            }

            @Override
            public long getLong(long index) {
                return index == 4 ? 8 : 0;
            }
        };
        assertThatThrownBy(() -> new Tile32(DType.S4, w.shape()).pack(w, 0, 1, ByteBuffer.allocate(128)))
                .hasMessage("element 4 = 8 outside s4 [-8, 7]");
    }

    @Test
    void onlyMatricesOfWeightsFit() {
        assertThat(Tile32.fits(DType.S8, Shape.of(3, 4))).isTrue();
        assertThat(Tile32.fits(DType.S16, Shape.of(3, 4))).isFalse();
        assertThat(Tile32.fits(DType.S8, Shape.of(3))).isFalse();
        assertThatThrownBy(() -> TensorViews.stored(Tensor.index(1), StorageLayout.TILE32)).hasMessage("s32[1] cannot be stored as tile32");
        assertThatThrownBy(() -> StorageLayout.of("tile64")).hasMessage("the layout 'tile64', not one of row-major, tile32");
    }
}

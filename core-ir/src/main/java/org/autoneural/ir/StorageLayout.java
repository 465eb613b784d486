package org.autoneural.ir;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The order in which the packed bytes of a tensor stand. Elements are numbered row-major whatever it is. */
public enum StorageLayout {
    /** Row-major, little-endian, no gaps; s4: two in a byte, the element with the even index in the low nibble. */
    ROW_MAJOR("row-major"),
    /** Tiles of 32 rows for matrix kernels: {@link Tile32}. */
    TILE32("tile32");

    private final String text;

    StorageLayout(String text) {
        this.text = text;
    }

    /** The name in model files. */
    public String text() {
        return text;
    }

    /**
     * The layout called {@code text}.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static StorageLayout of(String text) {
        for (StorageLayout layout : values()) {
            if (layout.text.equals(text)) {
                return layout;
            }
        }
        throw new IllegalArgumentException("the layout '" + text + "', not one of "
                + Arrays.stream(values()).map(StorageLayout::text).collect(Collectors.joining(", ")));
    }

    /** Whether a tensor of this type and shape can be stored so. */
    public boolean fits(DType dtype, Shape shape) {
        return this == ROW_MAJOR || Tile32.fits(dtype, shape);
    }

    /** Bytes of a tensor that {@link #fits}. */
    public long sizeBytes(DType dtype, Shape shape) {
        return this == ROW_MAJOR ? dtype.sizeBytes(shape.elements()) : new Tile32(dtype, shape).sizeBytes();
    }
}

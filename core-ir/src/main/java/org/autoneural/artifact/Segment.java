package org.autoneural.artifact;

import org.autoneural.ir.DType;
import org.autoneural.ir.Shape;
import org.autoneural.ir.StorageLayout;

/**
 * Where the elements of a constant lie in the model file.
 *
 * @param name        name of the constant in every entry point that uses it
 * @param dtype       stored element type
 * @param layout      order of the stored bytes
 * @param offsetBytes from the start of the file; a multiple of 64
 * @param sizeBytes   at most 2 GiB - 64
 * @param sha256      of the stored bytes, 64 lower-case hex digits
 */
public record Segment(String name, DType dtype, Shape shape, StorageLayout layout, long offsetBytes, int sizeBytes,
        String sha256) {
    Place place() {
        return new Place("%" + name, offsetBytes, sizeBytes, sha256);
    }
}

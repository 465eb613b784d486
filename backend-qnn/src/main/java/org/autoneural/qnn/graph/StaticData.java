package org.autoneural.qnn.graph;

import java.nio.ByteBuffer;

/**
 * Bytes of a static tensor, made when they are asked for: the whole model is never on the heap. Implementations read the
 * constants of the compiled model and may be asked more than once.
 */
public interface StaticData {
    /** Bytes that {@link #writeTo} writes: elements times bytes of one element. */
    long sizeBytes();

    /** Writes all elements, row-major, little-endian, at the position of {@code target}, which has room for them. */
    void writeTo(ByteBuffer target);
}

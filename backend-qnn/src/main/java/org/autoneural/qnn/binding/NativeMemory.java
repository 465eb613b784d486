package org.autoneural.qnn.binding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Memory outside the Java heap, zeroed, freed by {@link #close}: where the library reads and writes tensors. */
public final class NativeMemory implements AutoCloseable {
    private final long sizeBytes;
    private final Pointer pointer;
    private final ByteBuffer buffer;
    private boolean open = true;

    /** @param sizeBytes at most 2 GiB - 1 */
    public NativeMemory(long sizeBytes) {
        this.sizeBytes = sizeBytes;
        pointer = Shim.aqnn_memory(sizeBytes);
        if (pointer == null) {
            throw QnnException.last();
        }
        buffer = new BytePointer(pointer).capacity(Math.toIntExact(sizeBytes)).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Its size. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** All of it, little-endian; must not be used after {@link #close}. */
    public ByteBuffer buffer() {
        return buffer;
    }

    Pointer pointer() {
        return pointer;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Shim.aqnn_memory_free(pointer);
        }
    }
}

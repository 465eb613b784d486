package org.autoneural.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A range of a file, mapped read-only. A buffer holds at most 2 GiB, so the range is mapped in segments of 1 GiB, each
 * {@link #WINDOW_BYTES} longer than that: every read of up to a window then lies in one buffer, wherever it starts.
 *
 * <p>The file must not be changed while it is mapped: the JVM reports an access past a new, earlier end as {@link InternalError}.
 */
final class MappedFile {
    /** Longest read that {@link #segment} promises, in bytes. */
    static final int WINDOW_BYTES = 1 << 20;
    private static final int SEGMENT_BITS = 30;
    private static final long SEGMENT_BYTES = 1L << SEGMENT_BITS;

    private final Path file;
    private volatile ByteBuffer[] segments;

    private MappedFile(Path file, ByteBuffer[] segments) {
        this.file = file;
        this.segments = segments;
    }

    /** Maps {@code sizeBytes} bytes from {@code startBytes} on; both inside the file. The channel may be closed afterwards. */
    static MappedFile map(Path file, FileChannel channel, long startBytes, long sizeBytes) throws IOException {
        ByteBuffer[] segments = new ByteBuffer[Math.toIntExact((sizeBytes + SEGMENT_BYTES - 1) >> SEGMENT_BITS)];
        for (int i = 0; i < segments.length; i++) {
            long offset = (long) i << SEGMENT_BITS;
            long size = Math.min(sizeBytes - offset, SEGMENT_BYTES + WINDOW_BYTES);
            segments[i] = channel.map(FileChannel.MapMode.READ_ONLY, startBytes + offset, size).order(ByteOrder.LITTLE_ENDIAN);
        }
        return new MappedFile(file, segments);
    }

    /** The little-endian buffer in which a window that starts at {@code offset} lies; read it with absolute gets only. */
    ByteBuffer segment(long offset) {
        ByteBuffer[] open = segments;
        if (open.length == 0) {
            throw new IllegalStateException(file + " is closed; its tensors can no longer be read");
        }
        return open[(int) (offset >> SEGMENT_BITS)];
    }

    /** Where {@code offset} lies in its segment. */
    static int position(long offset) {
        return (int) (offset & SEGMENT_BYTES - 1);
    }

    /** Lets go of the mapping. The memory is unmapped once no thread reads it any more, at a later garbage collection. */
    void close() {
        segments = new ByteBuffer[0];
    }
}

package org.autoneural.artifact;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.autoneural.artifact.ArtifactException.Code;

/**
 * The first {@value #SIZE_BYTES} bytes of a model file; the fields are listed at {@link ArtifactWriter}.
 *
 * @param fileBytes       length of the whole file
 * @param directoryOffset multiple of {@value #ALIGNMENT_BYTES}; the directory ends the file
 * @param directoryBytes  at most {@value #MAX_DIRECTORY_BYTES}
 * @param directorySha256 64 hex digits
 */
record Header(long fileBytes, long directoryOffset, int directoryBytes, String directorySha256) {
    static final int SIZE_BYTES = 128;
    /** Every segment, inner file and the directory start at a multiple of this. */
    static final int ALIGNMENT_BYTES = 64;
    /** Largest segment or inner file: with its padding it fits in one mapping. */
    static final int MAX_PART_BYTES = Integer.MAX_VALUE / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    /** The directory is read to the heap, and its objects take some ten times as much there. */
    static final int MAX_DIRECTORY_BYTES = 64 << 20;
    /** The version written; versions 1 to this are read. */
    static final int VERSION = 1;
    /** As in PNG: a high bit, a name, both line ends, end of file: a transfer that changes text is noticed at once. */
    private static final byte[] MAGIC = {(byte) 0x89, 'N', 'P', 'U', '\r', '\n', 0x1A, '\n'};
    private static final int HASHED_BYTES = 96;
    private static final String DAMAGED = "The file was damaged or cut off on its way: copy it again, or recompile the model.";

    /** {@code offset} rounded up to the alignment. */
    static long align(long offset) {
        return (offset + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    }

    ByteBuffer encode() {
        ByteBuffer b = ByteBuffer.allocate(SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        b.put(MAGIC).putInt(VERSION).putInt(SIZE_BYTES).putLong(fileBytes).putLong(directoryOffset).putLong(directoryBytes);
        b.put(HexFormat.of().parseHex(directorySha256));
        b.position(HASHED_BYTES);
        b.put(HexFormat.of().parseHex(Sha256.of(b.duplicate().flip())));
        return b.flip();
    }

    /**
     * Reads and checks a header.
     *
     * @param bytes     the first bytes of the file: {@value #SIZE_BYTES}, or all when it has fewer
     * @param fileBytes actual length of the file
     */
    static Header decode(Path file, ByteBuffer bytes, long fileBytes) {
        ByteBuffer b = bytes.order(ByteOrder.LITTLE_ENDIAN);
        byte[] start = new byte[Math.min(b.limit(), MAGIC.length)];
        b.get(0, start);
        if (start.length == 0 || !Arrays.equals(start, Arrays.copyOf(MAGIC, start.length))) {
            throw new ArtifactException(Code.AR002, file,
                    start.length == 0 ? "an empty file" : "the first bytes " + HexFormat.ofDelimiter(" ").formatHex(start),
                    "a model file, which starts with " + HexFormat.ofDelimiter(" ").formatHex(MAGIC),
                    "Give a file that the compiler wrote; a checkpoint must be compiled first.");
        }
        if (b.limit() < SIZE_BYTES) {
            throw damaged(file, "only " + b.limit() + " bytes", "at least the header's " + SIZE_BYTES);
        }
        long version = Integer.toUnsignedLong(b.getInt(8));
        if (version > VERSION) {
            throw new ArtifactException(Code.AR003, file, "a file made by a newer version, format " + version,
                    "this version reads formats 1 to " + VERSION, "Recompile the model, or update AutoNeural.");
        }
        if (version < 1 || b.getInt(12) != SIZE_BYTES) {
            throw damaged(file, "format " + version + " with a header of " + Integer.toUnsignedString(b.getInt(12)) + " bytes",
                    "formats 1 to " + VERSION + " with a header of " + SIZE_BYTES + " bytes");
        }
        if (!Sha256.of(b.duplicate().position(0).limit(HASHED_BYTES)).equals(hex(b, HASHED_BYTES))) {
            throw damaged(file, "a header whose hash differs", "the hash in its last 32 bytes");
        }
        long length = b.getLong(16);
        long directoryOffset = b.getLong(24);
        long directoryBytes = b.getLong(32);
        if (length != fileBytes) {
            throw damaged(file, fileBytes + " bytes", "exactly the " + length + " bytes that the header tells");
        }
        if (directoryBytes < 0 || directoryBytes > MAX_DIRECTORY_BYTES || directoryOffset < SIZE_BYTES
                || directoryOffset % ALIGNMENT_BYTES != 0 || directoryOffset != fileBytes - directoryBytes) {
            throw damaged(file, "a directory of " + directoryBytes + " bytes at " + directoryOffset,
                    "at most " + MAX_DIRECTORY_BYTES + " bytes at a multiple of " + ALIGNMENT_BYTES
                            + " behind the header that ends with the file at " + fileBytes);
        }
        return new Header(fileBytes, directoryOffset, (int) directoryBytes, hex(b, 40));
    }

    private static String hex(ByteBuffer b, int at) {
        byte[] hash = new byte[Sha256.SIZE_BYTES];
        b.get(at, hash);
        return HexFormat.of().formatHex(hash);
    }

    private static ArtifactException damaged(Path file, String found, String allowed) {
        return new ArtifactException(Code.AR004, file, found, allowed, DAMAGED);
    }
}

package org.autoneural.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.autoneural.artifact.ArtifactException.Code;
import org.autoneural.ir.Graph;
import org.autoneural.ir.Meter;
import org.autoneural.ir.StorageLayout;
import org.autoneural.ir.TensorData;
import org.autoneural.ir.TensorType;

/**
 * Writes a compiled model, {@code model.npu}. Numbers are little-endian; offsets count from the start of the file.
 *
 * <pre>
 * header, 128 bytes
 *     0  u8[8]   magic 89 4E 50 55 0D 0A 1A 0A
 *     8  u32     format version, 1; a reader refuses larger ones
 *    12  u32     length of the header, 128
 *    16  u64     length of the file
 *    24  u64     offset of the directory
 *    32  u64     length of the directory, at most 64 MiB
 *    40  u8[32]  SHA-256 of the directory
 *    72  u8[24]  zero
 *    96  u8[32]  SHA-256 of bytes 0 to 95
 * segments       elements of the constants, in the order of their first appearance in the entry points
 * files          inner files (tokenizer.json ...), sorted by name
 * directory      FlatBuffer of src/main/flatbuffers/artifact.fbs; ends the file
 * </pre>
 * Each segment, each inner file and the directory start at the next multiple of 64 after the end of the part before; the
 * bytes between are zero. The directory gives type, shape, layout, place and SHA-256 of every segment and inner file, and
 * the entry points as tables of values and nodes. A constant that several entry points use is stored once.
 *
 * <p>There is no time and no path in the file: the same content gives the same bytes.
 */
public final class ArtifactWriter {
    private final Path target;
    private final ReplacingFile file;
    private final Map<String, Stored> segments = new LinkedHashMap<>();
    private final List<Place> files = new ArrayList<>();
    private final Meter meter;
    private final long constantBytes;
    private long end = Header.SIZE_BYTES;
    private long written;

    /** A segment that is written, and the data it was first written from. */
    private record Stored(Segment segment, TensorData data) {}

    private ArtifactWriter(Path target, ReplacingFile file, Meter meter, long constantBytes) {
        this.target = target;
        this.file = file;
        this.meter = meter;
        this.constantBytes = constantBytes;
    }

    /**
     * Writes {@code content} to {@code target}, replacing a model file that is there. Constants are streamed, never held on
     * the heap as a whole. The file appears whole or not at all: when anything fails, what stood at {@code target} before is
     * untouched and nothing else is left behind.
     *
     * @param meter told the bytes of constants that are written
     * @throws ArtifactException AR008 when the file cannot be written (folder, rights, space, interrupt), AR009 when two
     *         entry points have different constants of one name, AR010 when a part cannot be stored
     */
    public static void write(Path target, ArtifactContent content, Meter meter) {
        write(target, content, meter, ArtifactWriter::freeBytes);
    }

    /** {@link #write(Path, ArtifactContent, Meter)} in silence. */
    public static void write(Path target, ArtifactContent content) {
        write(target, content, Meter.silent());
    }

    /** @param freeBytes what is free in a folder; empty when the system does not say */
    static void write(Path target, ArtifactContent content, Meter meter, Function<Path, OptionalLong> freeBytes) {
        requirePlace(target);
        requireStorable(target, content);
        Path folder = target.toAbsolutePath().getParent();
        long constantBytes = constantBytes(content);
        long needed = constantBytes + content.files().values().stream().mapToLong(ByteBuffer::remaining).sum();
        OptionalLong before = freeBytes.apply(folder);
        if (before.isPresent() && before.getAsLong() < needed) {
            throw new ArtifactException(Code.AR008, target, before.getAsLong() + " bytes free in " + folder, needed + " bytes or more",
                    "Make room, or write to another disk.");
        }
        try (ReplacingFile file = ReplacingFile.create(target)) {
            new ArtifactWriter(target, file, meter, Math.max(1, constantBytes)).write(content);
        } catch (IOException e) {
            OptionalLong after = freeBytes.apply(folder);
            throw new ArtifactException(Code.AR008, target, "while writing: " + e
                    + (after.isPresent() ? ", with " + after.getAsLong() + " bytes free in " + folder : ""),
                    "a folder that exists, may be written and has room for " + needed + " bytes or more",
                    "Check folder, rights and free space.", e);
        }
    }

    private static OptionalLong freeBytes(Path folder) {
        try {
            return OptionalLong.of(Files.getFileStore(folder).getUsableSpace());
        } catch (IOException | UnsupportedOperationException e) {
            return OptionalLong.empty();
        }
    }

    /** Bytes of all constants, each name once. */
    private static long constantBytes(ArtifactContent content) {
        Map<String, Long> sizes = new HashMap<>();
        content.program().entryPoints().forEach(g -> g.constants().forEach((name, data) ->
                sizes.put(name, data.layout().sizeBytes(data.dtype(), data.shape()))));
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * For callers that work long before they write.
     *
     * @throws ArtifactException AR008 when {@code target} is a folder, or there is no folder to write it to
     */
    public static void requirePlace(Path target) {
        if (Files.isDirectory(target)) {
            throw new ArtifactException(Code.AR008, target, "a folder", "the name of a file",
                    "Give a file name such as " + target.resolve("model.npu") + ".");
        }
        Path folder = target.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new ArtifactException(Code.AR008, target, "no folder " + folder, "a folder that exists", "Make the folder first.");
        }
    }

    private void write(ArtifactContent content) throws IOException {
        for (Graph graph : content.program().entryPoints()) {
            for (Map.Entry<String, TensorData> constant : graph.constants().entrySet()) {
                store(graph, constant.getKey(), constant.getValue());
            }
        }
        for (Map.Entry<String, ByteBuffer> inner : content.files().entrySet()) {
            int size = inner.getValue().remaining();
            if (size > Header.MAX_PART_BYTES) {
                throw unstorable(target, "file '" + inner.getKey() + "' of " + size + " bytes", "at most " + Header.MAX_PART_BYTES,
                        "Split the file.");
            }
            long offset = startPart();
            MessageDigest digest = Sha256.start();
            append(inner.getValue().duplicate(), digest);
            files.add(new Place(inner.getKey(), offset, size, Sha256.finish(digest)));
        }
        ByteBuffer directory = directory(content);
        int directoryBytes = directory.remaining();
        long directoryOffset = startPart();
        MessageDigest digest = Sha256.start();
        append(directory, digest);
        file.write(new Header(end, directoryOffset, directoryBytes, Sha256.finish(digest)).encode(), 0);
        file.commit();
    }

    /** AR010, before anything is written. */
    private static void requireStorable(Path target, ArtifactContent content) {
        Set<String> names = new HashSet<>();
        for (Graph graph : content.program().entryPoints()) {
            if (!names.add(graph.name())) {
                throw unstorable(target, "two entry points called '" + graph.name() + "'", "different names", "Rename one.");
            }
            graph.constants().forEach((name, data) -> requireStorable(target, place(graph, name), graph.type(name), data));
        }
    }

    private static void requireStorable(Path target, String place, TensorType type, TensorData data) {
        if (!data.shape().equals(type.shape())) {
            throw unstorable(target, place + "data of shape " + data.shape(), "the shape of its type, " + type,
                    "This is a fault of the pass that made it.");
        }
        if (!PackedBytes.supports(data.dtype())) {
            throw unstorable(target, place + "elements of type " + data.dtype().text(), "f32, bf16 and integers",
                    "Convert the constant to f32.");
        }
        // Elements times bits could overflow; the quotient cannot.
        if (data.elements() > Header.MAX_PART_BYTES * 8L / data.dtype().bits()
                || data.layout().sizeBytes(data.dtype(), data.shape()) > Header.MAX_PART_BYTES) {
            throw unstorable(target, place + data.dtype().text() + data.shape(), "at most " + Header.MAX_PART_BYTES
                    + " bytes in a constant", "Split the tensor.");
        }
    }

    private static String place(Graph graph, String constant) {
        return "graph " + graph.name() + ", constant %" + constant + ": ";
    }

    private void store(Graph graph, String name, TensorData data) throws IOException {
        String place = place(graph, name);
        Stored before = segments.get(name);
        if (before != null) {
            if (before.data() != data) {
                requireSame(place, before.segment(), data);
            }
            return;
        }
        long offset = startPart();
        MessageDigest digest = Sha256.start();
        pack(place, data, bytes -> {
            written += bytes.remaining();
            append(bytes, digest);
            meter.at(written, constantBytes);
        });
        segments.put(name, new Stored(new Segment(name, data.dtype(), data.shape(), data.layout(), offset,
                Math.toIntExact(end - offset), Sha256.finish(digest)), data));
    }

    private void requireSame(String place, Segment before, TensorData data) throws IOException {
        String found = data.dtype().text() + data.shape() + stored(data.layout());
        String allowed = before.dtype().text() + before.shape() + stored(before.layout());
        if (found.equals(allowed)) {
            MessageDigest digest = Sha256.start();
            pack(place, data, digest::update);
            String hash = Sha256.finish(digest);
            if (hash.equals(before.sha256())) {
                return;
            }
            found += " with SHA-256 " + hash;
            allowed += " with SHA-256 " + before.sha256();
        }
        throw new ArtifactException(Code.AR009, target, place + found, "as in an earlier entry point, " + allowed,
                "Constants that differ need different names.");
    }

    private static String stored(StorageLayout layout) {
        return layout == StorageLayout.ROW_MAJOR ? "" : " stored as " + layout.text();
    }

    private void pack(String place, TensorData data, PackedBytes.Sink sink) throws IOException {
        try {
            PackedBytes.copy(data, sink);
        } catch (IllegalArgumentException e) {
            throw new ArtifactException(Code.AR010, target, place + e.getMessage(), "what type and shape of the tensor promise",
                    "This is a fault of the tensor's source.", e);
        }
    }

    private ByteBuffer directory(ArtifactContent content) {
        ByteBuffer directory;
        try {
            directory = new DirectoryWriter().write(content, segments.values().stream().map(Stored::segment).toList(), files);
        } catch (IllegalArgumentException e) {
            throw new ArtifactException(Code.AR010, target, "a name or text in the directory: " + e.getMessage(),
                    "Unicode text", "Rename it.", e);
        }
        if (directory.remaining() > Header.MAX_DIRECTORY_BYTES) {
            throw unstorable(target, "a directory of " + directory.remaining() + " bytes", "at most " + Header.MAX_DIRECTORY_BYTES,
                    "The graphs have too many nodes, or too many scales per channel.");
        }
        return directory;
    }

    /** Moves to the next aligned offset and returns it; the bytes skipped are zero. */
    private long startPart() {
        end = Header.align(end);
        return end;
    }

    private void append(ByteBuffer bytes, MessageDigest digest) throws IOException {
        int size = bytes.remaining();
        digest.update(bytes.duplicate());
        file.write(bytes, end);
        end += size;
    }

    private static ArtifactException unstorable(Path target, String found, String allowed, String remedy) {
        return new ArtifactException(Code.AR010, target, found, allowed, remedy);
    }
}

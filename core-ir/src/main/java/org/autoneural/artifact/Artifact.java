package org.autoneural.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.autoneural.artifact.ArtifactException.Code;
import org.autoneural.backend.CompiledProgram;
import org.autoneural.ir.Program;
import org.autoneural.ir.TensorData;

/**
 * An opened model file; {@link ArtifactWriter} describes the format. Immutable and safe for use by several threads.
 *
 * <p>{@link #open} reads header and directory, checks their hashes and every place they name, and maps the rest: no weight is
 * read. {@link #file} checks the hash of what it gives; the segments' hashes are checked by {@link #verify} alone.
 *
 * <p>The memory is unmapped by the garbage collector once neither this object nor a constant that came from it is in use.
 * While it is mapped the file may be replaced (as the writer does it) but not changed or cut: the JVM reports an access past
 * a new, earlier end as {@link InternalError}.
 */
public final class Artifact implements AutoCloseable {
    /** What the names of the target's own files inside begin with. */
    static final String TARGET_FOLDER = "target/";

    private final Path path;
    private final String sha256;
    private final SortedMap<String, String> metadata;
    private final List<Segment> segments;
    private volatile Optional<Mapped> mapped;

    /** What lies in mapped memory. */
    private record Mapped(Program program, List<Part> parts, Map<String, Part> files) {}

    private Artifact(Path path, String sha256, SortedMap<String, String> metadata, List<Segment> segments, Mapped mapped) {
        this.path = path;
        this.sha256 = sha256;
        this.metadata = Collections.unmodifiableSortedMap(metadata);
        this.segments = List.copyOf(segments);
        this.mapped = Optional.of(mapped);
    }

    /**
     * Opens a model file.
     *
     * @throws ArtifactException AR001 to AR006 when the file cannot be opened, is none of ours, newer, cut off or damaged
     */
    public static Artifact open(Path path) {
        if (Files.isDirectory(path)) {
            throw new ArtifactException(Code.AR001, path, "a folder", "a model file",
                    "Give the file itself, such as " + path.resolve("model.npu") + ".");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return open(path, channel);
        } catch (NoSuchFileException e) {
            throw new ArtifactException(Code.AR001, path, "no such file", "a model file",
                    "Check the path, or compile the model first.", e);
        } catch (IOException e) {
            throw new ArtifactException(Code.AR001, path, "while opening: " + e, "a readable file",
                    "Check the rights of the file and the limit on mapped memory.", e);
        }
    }

    private static Artifact open(Path path, FileChannel channel) throws IOException {
        long fileBytes = channel.size();
        Header header = Header.decode(path, read(channel, 0, (int) Math.min(fileBytes, Header.SIZE_BYTES)), fileBytes);
        ByteBuffer directory = read(channel, header.directoryOffset(), header.directoryBytes());
        if (!Sha256.of(directory).equals(header.directorySha256())) {
            throw new ArtifactException(Code.AR005, path, "a directory with SHA-256 " + Sha256.of(directory),
                    header.directorySha256() + ", as the header tells",
                    "The file was damaged on its way: copy it again, or recompile the model.");
        }
        try {
            DirectoryReader reader = new DirectoryReader(directory);
            List<Segment> segments = reader.segments();
            List<Place> places = new ArrayList<>();
            segments.forEach(s -> places.add(s.place()));
            places.addAll(reader.files());
            List<Part> parts = Part.map(channel, places, header.directoryOffset());
            Map<String, Part> files = new LinkedHashMap<>();
            for (Part p : parts.subList(segments.size(), parts.size())) {
                if (files.put(p.place().name(), p) != null) {
                    throw new IllegalArgumentException(p.place() + " twice");
                }
            }
            List<TensorData> data = new ArrayList<>();
            for (Segment s : segments) {
                data.add(new MappedTensor(s.dtype(), s.shape(), s.layout(), parts.get(data.size()).bytes()));
            }
            Program program = new Program(reader.entryPoints(data));
            return new Artifact(path, header.directorySha256(), reader.metadata(), segments,
                    new Mapped(program, List.copyOf(parts), Collections.unmodifiableMap(files)));
        } catch (RuntimeException e) {
            // See DirectoryReader: a malformed FlatBuffer surfaces as any of several exceptions of the byte buffer.
            throw new ArtifactException(Code.AR006, path, "in the directory: " + e.getMessage(),
                    "what artifact.fbs and this version's ops define", "Recompile the model with this version of the compiler.", e);
        }
    }

    private static ByteBuffer read(FileChannel channel, long offset, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return bytes.flip();
    }

    /** The entry points; the elements of their constants lie in the file. */
    public Program program() {
        return mapped().program();
    }

    /**
     * What the back end compiled: the entry points and the target's own files.
     *
     * @throws ArtifactException AR007 when the bytes of a file do not have their hash
     */
    public CompiledProgram compiled() {
        Map<String, ByteBuffer> own = new TreeMap<>();
        files().stream().filter(name -> name.startsWith(TARGET_FOLDER))
                .forEach(name -> own.put(name.substring(TARGET_FOLDER.length()), file(name).orElseThrow()));
        return CompiledProgram.of(program(), own);
    }

    /** Facts about the model, sorted by key; see {@link MetadataKeys}. */
    public SortedMap<String, String> metadata() {
        return metadata;
    }

    /** The stored constants in the order in which they lie in the file. */
    public List<Segment> segments() {
        return segments;
    }

    /** Names of the files inside, sorted. */
    public Set<String> files() {
        return mapped().files().keySet();
    }

    /**
     * The bytes of the file inside called {@code name}: a read-only view of the mapping; empty when there is none.
     *
     * @throws ArtifactException AR007 when the bytes do not have their hash
     */
    public Optional<ByteBuffer> file(String name) {
        Optional<Part> part = Optional.ofNullable(mapped().files().get(name));
        part.ifPresent(p -> p.verify(path));
        return part.map(Part::bytes);
    }

    /** SHA-256 of the directory, 64 hex digits: as it holds the hashes of all parts, it names the whole content. */
    public String sha256() {
        return sha256;
    }

    /** The file that is mapped. */
    public Path path() {
        return path;
    }

    /**
     * Reads the whole file and checks the hash of every part and that the bytes between them are zero.
     *
     * @throws ArtifactException AR007 naming the first part that is damaged
     */
    public void verify() {
        mapped().parts().forEach(p -> p.verify(path));
    }

    /** Lets go of the mapping; constants that were handed out stay readable. */
    @Override
    public void close() {
        mapped = Optional.empty();
    }

    private Mapped mapped() {
        return mapped.orElseThrow(() -> new IllegalStateException(path + " is closed"));
    }
}

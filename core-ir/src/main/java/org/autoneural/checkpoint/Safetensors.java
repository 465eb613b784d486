package org.autoneural.checkpoint;

import static org.autoneural.checkpoint.StrictJson.quote;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One safetensors file, memory-mapped. Opening reads and checks the header alone; tensors are read from the mapping.
 * The file must not be changed while it is open. Safe for use by several threads.
 */
public final class Safetensors implements AutoCloseable {
    private final Path file;
    private final SafetensorsHeader header;
    private final MappedFile data;

    private Safetensors(Path file, SafetensorsHeader header, MappedFile data) {
        this.file = file;
        this.header = header;
        this.data = data;
    }

    /** Opens and checks a file of any size; {@link CheckpointException} when it breaks a rule of the format. */
    public static Safetensors open(Path file) {
        StrictJson.requireRegularFile(file);
        try (FileChannel channel = FileChannel.open(file)) {
            SafetensorsHeader header = SafetensorsHeader.read(file, channel);
            MappedFile data = MappedFile.map(file, channel, header.dataStartBytes(), header.dataSizeBytes());
            return new Safetensors(file, header, data);
        } catch (IOException e) {
            throw new CheckpointException(file, "the file cannot be read: " + e.getMessage(),
                    "Check its permissions and that nothing else is writing it.", e);
        }
    }

    /** The file that is mapped. */
    public Path file() {
        return file;
    }

    /** The free texts of the header ({@code __metadata__}), by key. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** The names of all tensors, sorted. */
    public List<String> tensors() {
        return List.copyOf(header.entries().keySet());
    }

    /** Whether there is a tensor of that name. */
    public boolean contains(String name) {
        return header.entries().containsKey(name);
    }

    /** The tensor of that name; {@link CheckpointException} when there is none. */
    public CheckpointTensor tensor(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new CheckpointException(file, "tensor " + quote(name) + " is missing; the file has "
                    + header.entries().size() + " other tensors", "Check that it belongs to this model.");
        }
        return new CheckpointTensor(file, entry, data);
    }

    /** Ends the use of the file; reading one of its tensors afterwards is an {@link IllegalStateException}. */
    @Override
    public void close() {
        data.close();
    }
}

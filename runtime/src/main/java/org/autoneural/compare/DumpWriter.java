package org.autoneural.compare;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.autoneural.ir.TensorData;

/**
 * Writes a {@link Dump}. The index comes last, with {@link #finish}: a folder without one is no dump, so a run that failed half-way
 * leaves none. Not thread-safe.
 *
 * <pre>{@code
 * DumpWriter dump = DumpWriter.create(folder, "my back end 1.2");
 * dump.run("decode");
 * dump.tensor("ids", "", ids);      // inputs and states, as they were before the run
 * dump.tensor("logits", "lm_head", logits);
 * dump.finish();
 * }</pre>
 */
public final class DumpWriter {
    private static final int LONGEST_NAME = 80;

    private final Path folder;
    private final String producer;
    private final List<Map<String, Object>> runs = new ArrayList<>();
    private List<Map<String, Object>> tensors = List.of();
    private String runFolder = "";

    private DumpWriter(Path folder, String producer) {
        this.folder = folder;
        this.producer = producer;
    }

    /**
     * Begins a dump in a folder that is empty or not there yet.
     *
     * @throws DumpException when something is in the folder, or it cannot be made
     */
    public static DumpWriter create(Path folder, String producer) {
        try {
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new DumpException(folder, "is a file; name a new folder for the dump");
            }
            Files.createDirectories(folder);
            try (Stream<Path> there = Files.list(folder)) {
                if (there.findAny().isPresent()) {
                    throw new DumpException(folder, "is not empty; name a new folder for the dump");
                }
            }
        } catch (IOException e) {
            throw new DumpException(folder, "cannot be made: " + e.getMessage(), e);
        }
        return new DumpWriter(folder, producer);
    }

    /** Begins a run of {@code entryPoint}; the tensors that follow belong to it. */
    public void run(String entryPoint) {
        tensors = new ArrayList<>();
        runFolder = runs.size() + "-" + fileName(entryPoint);
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("entry_point", entryPoint);
        run.put("tensors", tensors);
        runs.add(run);
    }

    /**
     * Writes a tensor of the current run.
     *
     * @param value  its name in the graph
     * @param source the checkpoint's module it comes from, or the empty text
     */
    public void tensor(String value, String source, TensorData data) {
        if (runs.isEmpty()) {
            throw new IllegalStateException("a dump's tensors belong to a run: call run(entryPoint) first");
        }
        String file = runFolder + "/" + String.format(Locale.ROOT, "%04d-%s.bin", tensors.size(), fileName(value));
        try {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.write(path, bytes(data));
        } catch (IOException e) {
            throw new DumpException(folder.resolve(file), "cannot be written: " + e.getMessage(), e);
        }
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("value", value);
        if (!source.isEmpty()) {
            entry.put("source", source);
        }
        entry.put("dtype", data.dtype().text());
        entry.put("shape", data.shape().dims());
        entry.put("file", file);
        tensors.add(entry);
    }

    private static byte[] bytes(TensorData data) {
        int n = Math.toIntExact(data.elements());
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(data.dtype().sizeBytes(n))).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < n; i++) {
            long v = data.getLong(i);
            switch (data.dtype()) {
                case S8, U8 -> bytes.put((byte) v);
                case S16, U16 -> bytes.putShort((short) v);
                case S32 -> bytes.putInt((int) v);
                case S64 -> bytes.putLong(v);
                default -> throw new IllegalArgumentException("a dump holds no tensors of " + data.dtype().text());
            }
        }
        return bytes.array();
    }

    private static String fileName(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.length() > LONGEST_NAME ? plain.substring(plain.length() - LONGEST_NAME) : plain;
    }

    /** Writes the index; nothing may follow. */
    public void finish() {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("format", Dump.FORMAT);
        index.put("version", Dump.VERSION);
        if (!producer.isEmpty()) {
            index.put("producer", producer);
        }
        index.put("runs", runs);
        Path target = folder.resolve(Dump.INDEX);
        try {
            Path temporary = folder.resolve("." + Dump.INDEX + ".tmp");
            Files.write(temporary, new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(index));
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new DumpException(target, "cannot be written: " + e.getMessage(), e);
        }
    }
}

package org.autoneural.checkpoint;

import static org.autoneural.checkpoint.StrictJson.quote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.autoneural.ir.Shape;

/**
 * The folder of a trained model: {@code config.json}, weights in {@code model.safetensors} or in the shards that
 * {@code model.safetensors.index.json} lists, and further JSON files. Shards are opened when a tensor of theirs is first
 * asked for. Safe for use by several threads.
 */
public final class Checkpoint implements AutoCloseable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final String REMEDY =
            "Check that config.json and the weights are of the same model, and that this kind of model is supported.";

    private final Path folder;
    private final SortedMap<String, Path> shards; // tensor name -> file
    private final Map<Path, Safetensors> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private Checkpoint(Path folder, SortedMap<String, Path> shards) {
        this.folder = folder;
        this.shards = shards;
    }

    /** Opens a folder. Reads the header or the index; the JSON files are read when asked for. */
    public static Checkpoint open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder, "this is no folder", "Give the folder that holds config.json and the weights.");
        }
        Path single = folder.resolve(SINGLE);
        if (Files.exists(single)) {
            Safetensors weights = Safetensors.open(single);
            SortedMap<String, Path> shards = new TreeMap<>();
            weights.tensors().forEach(name -> shards.put(name, single));
            Checkpoint checkpoint = new Checkpoint(folder, shards);
            checkpoint.open.put(single, weights);
            return checkpoint;
        }
        Path index = folder.resolve(INDEX);
        if (Files.exists(index)) {
            return new Checkpoint(folder, ShardIndex.read(index).shards());
        }
        throw new CheckpointException(folder, "the folder has neither " + SINGLE + " nor " + INDEX,
                "Give the folder of a checkpoint in safetensors form.");
    }

    /** The folder as it was opened. */
    public Path folder() {
        return folder;
    }

    /** The names of all tensors, sorted. */
    public List<String> tensors() {
        return List.copyOf(shards.keySet());
    }

    /** Whether there is a tensor of that name. */
    public boolean contains(String name) {
        return shards.containsKey(name);
    }

    /** The tensor of that name; {@link CheckpointException} when there is none, or its shard is damaged. */
    public CheckpointTensor tensor(String name) {
        Path shard = shards.get(name);
        if (shard == null) {
            throw new CheckpointException(folder, "tensor " + quote(name) + " is missing; there are " + shards.size()
                    + " other tensors", REMEDY);
        }
        if (closed) {
            throw new IllegalStateException(folder + " is closed; its tensors can no longer be read");
        }
        return open.computeIfAbsent(shard, this::openShard).tensor(name);
    }

    /** The tensor of that name, which must have shape {@code needed}. */
    public CheckpointTensor require(String name, Shape needed) {
        CheckpointTensor tensor = tensor(name);
        if (!tensor.shape().equals(needed)) {
            throw tensor.fail("its shape is " + tensor.shape() + "; the model needs " + needed, REMEDY);
        }
        return tensor;
    }

    /** {@code config.json}; {@link CheckpointException} when it is missing. */
    public Config config() {
        return Config.read(folder.resolve("config.json"));
    }

    /**
     * Another JSON file of the folder, such as {@code generation_config.json}, {@code preprocessor_config.json} or
     * {@code tokenizer_config.json}; empty when it does not exist.
     */
    public Optional<Config> json(String fileName) {
        Path file = folder.resolve(fileName);
        return Files.exists(file) ? Optional.of(Config.read(file)) : Optional.empty();
    }

    /** Ends the use of all shards; reading a tensor afterwards is an {@link IllegalStateException}. */
    @Override
    public void close() {
        closed = true;
        open.values().forEach(Safetensors::close);
    }

    // The index and a shard must tell the same story, or a weight would be taken from the wrong file or not at all.
    private Safetensors openShard(Path shard) {
        Safetensors weights = Safetensors.open(shard);
        for (Map.Entry<String, Path> listed : shards.entrySet()) {
            if (listed.getValue().equals(shard) && !weights.contains(listed.getKey())) {
                throw new CheckpointException(shard, "tensor " + quote(listed.getKey()) + " is missing, but " + INDEX
                        + " places it in this file", "Fetch the index and all shards again.");
            }
        }
        for (String name : weights.tensors()) {
            if (!shard.equals(shards.get(name))) {
                String listed = shards.containsKey(name) ? "places it in " + shards.get(name).getFileName() : "does not list it";
                throw new CheckpointException(shard, "the file holds tensor " + quote(name) + ", but " + INDEX + " " + listed,
                        "Fetch the index and all shards again.");
            }
        }
        return weights;
    }
}

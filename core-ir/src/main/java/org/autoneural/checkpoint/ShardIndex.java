package org.autoneural.checkpoint;

import static org.autoneural.checkpoint.StrictJson.quote;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which shard holds which tensor: the {@code weight_map} of {@code model.safetensors.index.json}.
 *
 * @param file   the index
 * @param shards tensor name to shard, a path below the index's folder
 */
record ShardIndex(Path file, SortedMap<String, Path> shards) {
    private static final int MAX_BYTES = SafetensorsHeader.MAX_HEADER_BYTES;

    static ShardIndex read(Path file) {
        SortedMap<String, Path> shards = new TreeMap<>();
        boolean[] mapSeen = {false};
        StrictJson.parse(file, "the index", StrictJson.bytes(file, MAX_BYTES), parser -> {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw fail(file, "the index is no JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isMap = parser.currentName().equals("weight_map");
                parser.nextToken();
                if (!isMap) {
                    parser.skipChildren();
                } else if (mapSeen[0]) {
                    throw fail(file, "weight_map occurs twice");
                } else {
                    mapSeen[0] = true;
                    readMap(file, parser, shards);
                }
            }
            return shards;
        });
        if (shards.isEmpty()) {
            throw fail(file, "weight_map is " + (mapSeen[0] ? "empty" : "missing") + "; needed is an object from tensor to shard");
        }
        for (Path shard : new TreeSet<>(shards.values())) {
            StrictJson.requireRegularFile(shard);
        }
        return new ShardIndex(file, shards);
    }

    private static void readMap(Path file, JsonParser parser, SortedMap<String, Path> shards) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw fail(file, "weight_map is " + quote(parser.getText()) + "; needed is an object from tensor to shard");
        }
        // One Path per shard, not per tensor.
        SortedMap<String, Path> known = new TreeMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String tensor = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw fail(file, "the shard of tensor " + quote(tensor) + " is no string");
            }
            String text = parser.getText();
            Path shard = known.computeIfAbsent(text, t -> below(file, t));
            if (shards.put(tensor, shard) != null) {
                throw fail(file, "tensor " + quote(tensor) + " is listed twice");
            }
        }
    }

    // An index may name files of its own folder only. Links inside the folder are the user's own and are followed.
    private static Path below(Path file, String text) {
        try {
            Path shard = Path.of(text);
            boolean plain = shard.getRoot() == null && !text.isEmpty();
            for (Path part : shard) {
                plain &= !part.toString().equals("..");
            }
            if (plain) {
                return file.resolveSibling(shard.normalize());
            }
        } catch (InvalidPathException e) {
            // falls through: no path at all
        }
        throw fail(file, "shard " + quote(text) + " is no path inside the folder of the index");
    }

    private static CheckpointException fail(Path file, String problem) {
        return new CheckpointException(file, problem, StrictJson.REMEDY + ".");
    }
}

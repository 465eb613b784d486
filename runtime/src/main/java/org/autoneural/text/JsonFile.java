package org.autoneural.text;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON files of a checkpoint with errors a user can act on. */
final class JsonFile {
    /** The largest tokenizer.json in use is below 40 MB. */
    private static final long MAX_SIZE_BYTES = 256L << 20;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private JsonFile() {
    }

    static byte[] bytes(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new TextException(file + " is " + (Files.exists(file) ? "not a file" : "missing")
                        + "; a checkpoint folder needs " + file.getFileName() + ".");
            }
            long sizeBytes = Files.size(file);
            if (sizeBytes > MAX_SIZE_BYTES) {
                throw new TextException(file + " has " + sizeBytes + " bytes, at most " + MAX_SIZE_BYTES + " are read.");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TextException(file + " cannot be read: " + e, e);
        }
    }

    /** The object in {@code json}; {@code name} is what errors call it. */
    static JsonNode object(byte[] json, String name) {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (!root.isObject()) {
                throw new TextException(name + " holds " + (root.isMissingNode() ? "nothing" : "a JSON " + root.getNodeType())
                        + ", a JSON object is needed.");
            }
            return root;
        } catch (JacksonException e) {
            throw new TextException(name + " is not JSON: " + e.getOriginalMessage() + " at line " + lineOf(e)
                    + ". Was it fetched completely?", e);
        } catch (IOException e) {
            throw new TextException(name + " cannot be read: " + e, e);
        }
    }

    private static String lineOf(JacksonException e) {
        return e.getLocation() == null ? "?" : e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
    }
}

package org.autoneural.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads JSON that nobody vouches for: valid UTF-8, one value, no duplicate keys, bounded size and nesting. */
final class StrictJson {
    static final String REMEDY = "Fetch or export the file again";
    private static final int MAX_QUOTED_CHARS = 80;

    // Names of tensors are all different: a table of known names would only grow, and collide on purpose-made names.
    // Python writes NaN and Infinity into config files, so they parse; whoever asks for a number checks it.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    private static final ObjectMapper MAPPER =
            JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

    private StrictJson() {
    }

    /** Turns the one value of a JSON text into a result. */
    interface Reader<T> {
        T read(JsonParser parser) throws IOException;
    }

    /**
     * Reads one JSON value that fills {@code utf8}, white space apart.
     *
     * @param part how messages name the text, such as "header"
     */
    static <T> T parse(Path file, String part, byte[] utf8, Reader<T> reader) {
        // A decoder made here reports malformed bytes; one made by the parser would replace or guess.
        InputStreamReader text =
                new InputStreamReader(new ByteArrayInputStream(utf8), StandardCharsets.UTF_8.newDecoder());
        try (JsonParser parser = FACTORY.createParser(text)) {
            T result = reader.read(parser);
            if (parser.nextToken() != null) {
                throw new CheckpointException(file, part + " has more after its JSON value, at character "
                        + parser.currentTokenLocation().getCharOffset() + "; allowed: white space", REMEDY + ".");
            }
            return result;
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file, part + " is not valid UTF-8", REMEDY + ".", e);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : ", at character " + e.getLocation().getCharOffset();
            throw new CheckpointException(
                    file, part + " is not valid JSON" + where + ": " + shorten(e.getOriginalMessage()), REMEDY + ".", e);
        } catch (IOException e) {
            throw new CheckpointException(file, part + " cannot be read: " + e.getMessage(), REMEDY + ".", e);
        }
    }

    /** The whole file as a tree. */
    static JsonNode tree(Path file, int maxBytes) {
        return tree(file, bytes(file, maxBytes));
    }

    /** The text {@code utf8} as a tree; messages call it {@code file}. */
    static JsonNode tree(Path file, byte[] utf8) {
        return parse(file, "the file", utf8, parser -> {
            JsonNode node = MAPPER.readTree(parser);
            return node == null ? MAPPER.missingNode() : node;
        });
    }

    /** The bytes of a regular file of at most {@code maxBytes}. */
    static byte[] bytes(Path file, int maxBytes) {
        requireRegularFile(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes);
            if (in.read() >= 0) {
                throw new CheckpointException(file, "the file is longer than " + maxBytes
                        + " bytes, the most allowed for it", "Check that it is the file its name says.");
            }
            return bytes;
        } catch (IOException e) {
            throw new CheckpointException(file, "the file cannot be read: " + e.getMessage(), "Check its permissions.", e);
        }
    }

    /** Refuses what is missing, and what could block for ever when opened (pipes, devices, folders). */
    static void requireRegularFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file, Files.exists(file) ? "this is not a regular file" : "there is no such file",
                    "Check the path, and that the download of the checkpoint is complete.");
        }
    }

    /** Text of a file as it may appear in a message: short, in quotes, without control characters. */
    static String quote(String text) {
        return '"' + shorten(text) + '"';
    }

    private static String shorten(String text) {
        StringBuilder out = new StringBuilder();
        int next = 0;
        for (int n = 0; n < MAX_QUOTED_CHARS && next < text.length(); n++) {
            int c = text.codePointAt(next);
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.appendCodePoint(c);
            }
            next += Character.charCount(c);
        }
        return next < text.length() ? out + "..." : out.toString();
    }
}

package org.autoneural.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A tokenizer read from {@code tokenizer.json}: text to token ids and back.
 *
 * <p>The work is done by the tokenizers library the file format comes from, bound by DJL, so that every pre-tokenizer,
 * normalizer and merge rule of the file means what it meant in training. It is loaded from bytes, needs no network, and one
 * object serves many threads. It holds native memory until {@link #close()}.
 */
public final class Tokenizer implements AutoCloseable {
    private static final int MAX_ID = 1 << 24;

    private final HuggingFaceTokenizer library;
    private final Map<String, Integer> ids;
    private final Set<Integer> specialIds;
    private final Set<String> specialTokens;
    private final int idLimit;

    private Tokenizer(HuggingFaceTokenizer library, Map<String, Integer> ids, Set<String> specialTokens) {
        this.library = library;
        this.ids = ids;
        this.specialTokens = Set.copyOf(specialTokens);
        Set<Integer> special = new HashSet<>();
        specialTokens.forEach(token -> special.add(ids.get(token)));
        this.specialIds = Set.copyOf(special);
        this.idLimit = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    }

    /**
     * Reads a {@code tokenizer.json} on disk.
     *
     * @throws TextException when the file is missing, is no tokenizer, or is damaged
     */
    public static Tokenizer load(Path file) {
        return of(JsonFile.bytes(file), file.toString());
    }

    /**
     * Reads the bytes of a {@code tokenizer.json}.
     *
     * @param name what errors call it
     * @throws TextException when the bytes are no tokenizer, or damaged
     */
    public static Tokenizer of(byte[] json, String name) {
        JsonNode root = JsonFile.object(json, name);
        Map<String, Integer> ids = new HashMap<>();
        vocabulary(root, name, ids);
        Set<String> special = new HashSet<>();
        for (JsonNode added : root.path("added_tokens")) {
            String content = added.path("content").asText();
            putId(ids, content, added.path("id"), name);
            if (added.path("special").asBoolean()) {
                special.add(content);
            }
        }
        return new Tokenizer(open(json, name), Map.copyOf(ids), special);
    }

    private static void vocabulary(JsonNode root, String name, Map<String, Integer> ids) {
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.isObject()) {
            vocabulary.properties().forEach(entry -> putId(ids, entry.getKey(), entry.getValue(), name));
        } else if (vocabulary.isArray()) {
            // Unigram models list [token, score] pairs; the id is the place in the list.
            for (int id = 0; id < vocabulary.size(); id++) {
                ids.put(vocabulary.get(id).path(0).asText(), id);
            }
        }
        if (ids.isEmpty()) {
            throw new TextException(name + " has no vocabulary (model.vocab); a tokenizer.json with one is needed.");
        }
    }

    private static void putId(Map<String, Integer> ids, String token, JsonNode id, String name) {
        if (!id.canConvertToInt() || id.asInt() < 0 || id.asInt() >= MAX_ID) {
            throw new TextException(name + ": token '" + token + "' has id " + id + ", allowed is 0 to " + (MAX_ID - 1) + ".");
        }
        ids.put(token, id.asInt());
    }

    private static HuggingFaceTokenizer open(byte[] json, String name) {
        // DJL reports its use over the network on some cloud machines, and fetches another native library where it finds
        // a GPU. Neither is wanted here; a user's own setting wins.
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("RUST_FLAVOR", "cpu");
        Map<String, String> options = Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
        } catch (IOException | RuntimeException e) {
            throw new TextException(name + " is not a tokenizer the tokenizers library reads: " + e.getMessage()
                    + ". Fetch tokenizer.json again, or save it with a current version of the library.", e);
        } catch (LinkageError e) {
            throw new TextException("The tokenizers library cannot be loaded on " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch") + ": " + e.getMessage()
                    + ". It unpacks to the folder of DJL_CACHE_DIR (default ~/.djl.ai), which must be writable.", e);
        }
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null && System.getenv(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Token ids of a text. Special and added tokens written out in the text become their one id; no start or end token is
     * added. A half of a surrogate pair counts as an unknown character.
     */
    public int[] encode(String text) {
        long[] wide = library.encode(text, false, false).getIds();
        int[] result = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            result[i] = Math.toIntExact(wide[i]);
        }
        return result;
    }

    /**
     * The text of token ids, special tokens left out. Bytes that are not UTF-8 become U+FFFD.
     *
     * @throws TextException when an id is not below {@link #idLimit()}
     */
    public String decode(int... tokenIds) {
        return decode(tokenIds, false);
    }

    /**
     * The text of token ids.
     *
     * @param withSpecialTokens whether special tokens are written out
     * @throws TextException when an id is not below {@link #idLimit()}
     */
    public String decode(int[] tokenIds, boolean withSpecialTokens) {
        long[] wide = new long[tokenIds.length];
        for (int i = 0; i < wide.length; i++) {
            if (tokenIds[i] < 0 || tokenIds[i] >= idLimit) {
                throw new TextException("Token id " + tokenIds[i] + " at position " + i + " is outside the vocabulary, 0 to "
                        + (idLimit - 1) + ". Do model and tokenizer belong together?");
            }
            wide[i] = tokenIds[i];
        }
        return library.decode(wide, !withSpecialTokens);
    }

    /** The id of a token as it is written in the vocabulary or among the added tokens. */
    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /**
     * The id of a token that must be there.
     *
     * @param purpose what it is for, used in the error
     * @throws TextException when the vocabulary has no such token
     */
    public int requireId(String token, String purpose) {
        return id(token).orElseThrow(() -> new TextException("The tokenizer has no token '" + token + "' (" + purpose
                + "). Do config.json and tokenizer.json belong together?"));
    }

    /** Whether an id stands for a special token, such as the start of a message. */
    public boolean isSpecial(int tokenId) {
        return specialIds.contains(tokenId);
    }

    /** Every special token as text. */
    public Set<String> specialTokens() {
        return specialTokens;
    }

    /** One more than the largest id. The model's logits may be wider, never narrower. */
    public int idLimit() {
        return idLimit;
    }

    /** Frees the native memory; later calls fail. */
    @Override
    public void close() {
        library.close();
    }
}

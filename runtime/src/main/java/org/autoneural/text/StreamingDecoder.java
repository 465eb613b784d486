package org.autoneural.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns ids into text as they are generated. A character whose bytes are spread over several tokens is held back until it is
 * complete, so what was given out never changes. Special tokens are left out. For one thread.
 */
public final class StreamingDecoder {
    /** What a decoder writes for bytes that are not, or not yet, a character. */
    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    /** Ids whose text is not finished, behind one finished id: some decoders treat the first token in a special way. */
    private final List<Integer> window = new ArrayList<>();
    /** Characters of the window's text already given out. */
    private int given;

    /** A decoder at the beginning of an answer. */
    public StreamingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Takes the next id and returns the text that is now complete, often empty.
     *
     * @throws TextException when the id is outside the vocabulary
     */
    public String push(int tokenId) {
        window.add(tokenId);
        String text = text();
        // Decoding goes from left to right, so only the last character can still change.
        int end = text.endsWith(String.valueOf(REPLACEMENT)) ? text.length() - 1 : text.length();
        String fresh = text.substring(Math.min(given, end), end);
        given = Math.max(given, end);
        if (end == text.length() && window.size() > 1) {
            window.subList(0, window.size() - 1).clear();
            given = text().length();
        }
        return fresh;
    }

    /** Ends the stream: returns what is still held back (U+FFFD for bytes that never became a character) and starts anew. */
    public String finish() {
        String text = text();
        String rest = text.substring(Math.min(given, text.length()));
        window.clear();
        given = 0;
        return rest;
    }

    private String text() {
        return tokenizer.decode(window.stream().mapToInt(Integer::intValue).toArray());
    }
}

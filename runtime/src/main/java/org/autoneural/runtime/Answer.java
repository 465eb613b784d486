package org.autoneural.runtime;

import java.util.List;

/**
 * What a model answered.
 *
 * @param text   decoded words, special tokens left out
 * @param ids    generated token ids, without the one that ended the answer
 * @param ending why it ended
 */
public record Answer(String text, List<Integer> ids, Ending ending) {
    /** Why an answer ended. */
    public enum Ending {
        /** The model gave a stop token. */
        STOP_TOKEN,
        /** {@code maxTokens} were generated. */
        MAX_TOKENS,
        /** The context is full. */
        CONTEXT_FULL,
        /** The caller cancelled. */
        CANCELLED
    }

    public Answer {
        ids = List.copyOf(ids);
    }
}

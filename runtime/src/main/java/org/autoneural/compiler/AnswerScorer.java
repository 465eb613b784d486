package org.autoneural.compiler;

import java.nio.file.Path;

/** Something that says how likely a given answer is; thread-safe. */
@FunctionalInterface
public interface AnswerScorer {
    /**
     * Reads picture, question and answer, each token of the answer after the right ones before it (teacher forcing).
     *
     * @param picture PNG or JPEG
     * @param answer  the right answer; the end of the turn is scored behind it
     */
    AnswerScore score(Path picture, String question, String answer);
}

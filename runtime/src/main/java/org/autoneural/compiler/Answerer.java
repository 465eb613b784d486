package org.autoneural.compiler;

import java.nio.file.Path;

/** Something that answers a question about a picture; thread-safe. */
@FunctionalInterface
public interface Answerer {
    /**
     * @param picture   PNG or JPEG
     * @param maxTokens most tokens of the answer, at least 1
     */
    String answer(Path picture, String question, int maxTokens);
}

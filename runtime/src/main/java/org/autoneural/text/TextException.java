package org.autoneural.text;

/**
 * A tokenizer, chat template or conversation that cannot be used; the message names the file or part, what was found against
 * what is allowed, and what to do.
 */
public final class TextException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    TextException(String message) {
        super(message);
    }

    TextException(String message, Throwable cause) {
        super(message, cause);
    }
}

package org.autoneural.compiler;

/** A file of questions cannot be used; the message names file, line and field, what was found and what is allowed. */
public final class QaException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    QaException(String message) {
        super(message);
    }

    QaException(String message, Throwable cause) {
        super(message, cause);
    }
}

package org.autoneural.backend;

/** A target's libraries or device failed, or are not those that a compiled program needs; the message says what to do. */
public class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was wrong, where, and what to do */
    public BackendException(String message) {
        super(message);
    }
}

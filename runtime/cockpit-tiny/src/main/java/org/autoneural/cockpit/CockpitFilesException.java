package org.autoneural.cockpit;

/** The built-in model's files cannot be put on disk; the message says which folder, why, and what to do. */
public final class CockpitFilesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CockpitFilesException(String message, Throwable cause) {
        super(message, cause);
    }

    CockpitFilesException(String message) {
        super(message);
    }
}

package org.autoneural.cli;

/** A file that was named on the command line cannot be used; the message says which, why, and what to do. */
final class InputException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    InputException(String message) {
        super(message);
    }

    InputException(String message, Throwable cause) {
        super(message, cause);
    }
}

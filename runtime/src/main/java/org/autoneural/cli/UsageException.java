package org.autoneural.cli;

/** Options that do not go together; the message says which, and what to do. */
final class UsageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}

package org.autoneural.compare;

import java.nio.file.Path;

/** A dump cannot be read, written or compared: which file, what is wrong with it, what is allowed. */
public final class DumpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DumpException(Path file, String message) {
        super(file + ": " + message);
    }

    DumpException(Path file, String message, Throwable cause) {
        super(file + ": " + message, cause);
    }
}

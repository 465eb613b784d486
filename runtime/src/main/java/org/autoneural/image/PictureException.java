package org.autoneural.image;

/**
 * A picture, or a preprocessing configuration, that cannot be used; the message names the file, what was found against what is
 * allowed, and what to do.
 */
public final class PictureException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    PictureException(String message) {
        super(message);
    }

    PictureException(String message, Throwable cause) {
        super(message, cause);
    }
}

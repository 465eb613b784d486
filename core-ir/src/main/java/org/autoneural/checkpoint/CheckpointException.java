package org.autoneural.checkpoint;

import java.nio.file.Path;

/**
 * A file of a checkpoint is missing, damaged or not what the model needs.
 * The message is meant for the user: {@code file: what was found against what is allowed. what to do}.
 */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param file    the file or folder at fault
     * @param problem what was found, where in the file, and what is allowed; without a final full stop
     * @param remedy  what the user can do about it; a sentence
     */
    public CheckpointException(Path file, String problem, String remedy) {
        super(file + ": " + problem + ". " + remedy);
    }

    /** As above, with the exception that revealed the problem. */
    public CheckpointException(Path file, String problem, String remedy, Throwable cause) {
        super(file + ": " + problem + ". " + remedy, cause);
    }
}

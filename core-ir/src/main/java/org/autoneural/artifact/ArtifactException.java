package org.autoneural.artifact;

import java.nio.file.Path;

/**
 * A model file cannot be read or written. The message is meant for the user:
 * {@code AR004 model.npu: found ...; allowed: .... What to do.}
 */
public final class ArtifactException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of fault it is; the name is the stable code in messages and docs. */
    public enum Code {
        AR001("the file cannot be opened"),
        AR002("not a model file"),
        AR003("made by a newer version"),
        AR004("the header is damaged or the file is cut off"),
        AR005("the directory is damaged: its hash differs"),
        AR006("the directory says something impossible"),
        AR007("a segment, an inner file or the padding is damaged"),
        AR008("the file cannot be written"),
        AR009("two constants of one name differ"),
        AR010("something cannot be stored in a model file");

        private final String summary;

        Code(String summary) {
            this.summary = summary;
        }

        /** A few words for lists and docs. */
        public String summary() {
            return summary;
        }
    }

    private final Code code;

    /**
     * @param file    the model file
     * @param found   what was found and where in the file
     * @param allowed what is allowed instead
     * @param remedy  what the user can do; a sentence
     */
    ArtifactException(Code code, Path file, String found, String allowed, String remedy) {
        super(code + " " + file + ": found " + found + "; allowed: " + allowed + ". " + remedy);
        this.code = code;
    }

    /** As above, with the exception that revealed the fault. */
    ArtifactException(Code code, Path file, String found, String allowed, String remedy, Throwable cause) {
        this(code, file, found, allowed, remedy);
        initCause(cause);
    }

    /** Which kind of trouble it is. */
    public Code code() {
        return code;
    }
}

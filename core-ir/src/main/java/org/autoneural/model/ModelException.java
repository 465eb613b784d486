package org.autoneural.model;

/** A checkpoint that the builders cannot turn into a graph: what is wrong, where, and what to do. */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param source  the checkpoint's folder
     * @param problem what was found, where, against what is allowed; without a final full stop
     * @param remedy  what to do about it; a sentence
     */
    public ModelException(String source, String problem, String remedy) {
        super(source + ": " + problem + ". " + remedy);
    }

    /** As above, with the exception that revealed the problem. */
    public ModelException(String source, String problem, String remedy, Throwable cause) {
        super(source + ": " + problem + ". " + remedy, cause);
    }
}

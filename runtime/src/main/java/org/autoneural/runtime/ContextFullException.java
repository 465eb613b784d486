package org.autoneural.runtime;

/** More tokens were fed than the compiled model has context for. */
public final class ContextFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ContextFullException(int position, int added, int context) {
        super("the context of " + context + " tokens is full: " + position + " are used and " + added
                + " more were to be fed. Start a new conversation, or compile the model with a longer --context");
    }
}

package org.autoneural.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/** Stops a generation from another thread: it ends after the token that it is working on. */
public final class Cancellation {
    private final AtomicBoolean cancelled = new AtomicBoolean();

    /** Asks for the end; may be called by any thread, any number of times. */
    public void cancel() {
        cancelled.set(true);
    }

    /** Whether the end was asked for. */
    public boolean isCancelled() {
        return cancelled.get();
    }
}

package org.autoneural.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/** Stops a generation from another thread: it ends after the token that it is working on. */
public final class Cancellation {
    private final AtomicBoolean cancelled = new AtomicBoolean();

    public void cancel() {
        cancelled.set(true);
    }

    public boolean isCancelled() {
        return cancelled.get();
    }
}

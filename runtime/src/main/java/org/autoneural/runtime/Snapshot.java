package org.autoneural.runtime;

import java.util.Map;
import org.autoneural.backend.TensorBuffer;

/** The state of a {@link Session} at one moment: independent of the session, restorable any number of times. */
public final class Snapshot {
    private final int position;
    private final Map<String, TensorBuffer> states;

    Snapshot(int position, Map<String, TensorBuffer> states) {
        this.position = position;
        this.states = Map.copyOf(states);
    }

    /** Tokens that had been fed. */
    public int position() {
        return position;
    }

    Map<String, TensorBuffer> states() {
        return states;
    }
}

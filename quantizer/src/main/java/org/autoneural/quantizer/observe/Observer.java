package org.autoneural.quantizer.observe;

import java.util.Optional;

/**
 * Sees the values of one tensor over many samples and says which range its encoding must cover. The result depends on the
 * values seen, not on their order: observers of parts of the data, merged, equal one observer of the whole.
 */
public interface Observer {
    /**
     * Takes in {@code values[from .. from+count-1]}.
     *
     * @throws IllegalArgumentException for a value that is not finite
     */
    void observe(float[] values, int from, int count);

    /**
     * Takes in all that {@code other} has seen.
     *
     * @throws IllegalArgumentException when {@code other} is not of the same kind
     */
    void merge(Observer other);

    /** The range to cover; empty before the first value. */
    Optional<Range> range();
}

package org.autoneural.quantizer.observe;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sees the values of one tensor over many samples and says which range its encoding must cover. The result depends on the
 * values seen, not on their order: observers of parts of the data, merged, equal one observer of the whole.
 */
public interface Observer extends TensorSink {
    /**
     * Takes in all that {@code other} has seen.
     *
     * @throws IllegalArgumentException when {@code other} is not of the same kind
     */
    void merge(Observer other);

    /** The range to cover; empty before the first value. */
    Optional<Range> range();

    /** The ranges of those that have seen something, by value. */
    static Map<String, Range> ranges(Map<String, ? extends TensorSink> sinks) {
        Map<String, Range> ranges = new TreeMap<>();
        sinks.forEach((value, sink) -> {
            if (sink instanceof Observer o) {
                o.range().ifPresent(r -> ranges.put(value, r));
            }
        });
        return ranges;
    }
}

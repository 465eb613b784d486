package org.autoneural.compare;

import java.util.List;
import java.util.Map;

/**
 * A tensor that is not what its op gives on the dumped operands.
 *
 * @param run          index of the run in the dump
 * @param entryPoint   its entry point
 * @param value        the tensor's name in our graph
 * @param op           name of the op that computes it
 * @param source       where it comes from in the checkpoint; may be empty
 * @param elements     elements of the tensor
 * @param departing    elements that differ
 * @param maxSteps     greatest difference, in stored steps
 * @param histogram    departing elements by difference in steps: "1", "2", "3..4", "5..8" and so on
 * @param worst        index of the first element with the greatest difference
 * @param ours         our integer there
 * @param dumped       the dump's integer there
 * @param unseen       computed operands, direct and through each other, that are not in the dump: the cause may be among them
 * @param tried        variants that were tried; 0 when the search was left out
 * @param explanations the best variants, those that explain everything first; empty when none explains anything
 */
public record Departure(int run, String entryPoint, String value, String op, String source, long elements, long departing,
        long maxSteps, Map<String, Long> histogram, int worst, long ours, long dumped, List<String> unseen, int tried,
        List<Explanation> explanations) {
    public Departure {
        histogram = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(histogram));
        unseen = List.copyOf(unseen);
        explanations = List.copyOf(explanations);
    }

    /** Whether {@code explanation} gives every element of the dump. */
    public boolean explainedBy(Explanation explanation) {
        return explanation.fits() == departing && explanation.breaks() == 0;
    }
}

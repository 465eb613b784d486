package org.autoneural.runtime;

import java.util.Set;

/**
 * Settings of one answer.
 *
 * @param sampling  how tokens are chosen
 * @param maxTokens most tokens to generate, at least 1
 * @param stopIds   ids that end the answer; they are not part of it
 */
public record Generation(Sampling sampling, int maxTokens, Set<Integer> stopIds) {
    public Generation {
        stopIds = Set.copyOf(stopIds);
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens is " + maxTokens + "; allowed: at least 1");
        }
    }

    /** The same with tokens chosen otherwise. */
    public Generation withSampling(Sampling other) {
        return new Generation(other, maxTokens, stopIds);
    }

    /** The same with at most {@code other} tokens, at least 1. */
    public Generation withMaxTokens(int other) {
        return new Generation(sampling, other, stopIds);
    }
}
